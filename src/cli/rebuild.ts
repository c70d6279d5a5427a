/** `rebuild`: derives everybody again from links, decisions and rules. */
import { Command } from "commander";
import { Rulebook, type RebuildReport } from "../rulebook.ts";
import { Turns } from "../turns.ts";
import { differs, rebuildDetails, rebuildSummary } from "./rebuild-report.ts";
import {
  CommandError,
  configOption,
  databaseOption,
  jsonOption,
  openExisting,
  print,
  settingsOf,
  type ConfigChoice,
} from "./shared.ts";

interface RebuildChoice extends ConfigChoice {
  readonly check: boolean;
  readonly json: boolean;
}

export function rebuildCommand(): Command {
  return new Command("rebuild")
    .description(
      "derive components and profiles again from links, decisions and the configured rules",
    )
    .addOption(configOption())
    .addOption(databaseOption())
    .option("--check", "only compare; exits with 1 where anything differs", false)
    .addOption(jsonOption())
    .action(rebuild);
}

async function rebuild({ check, json, ...choice }: RebuildChoice): Promise<void> {
  const settings = settingsOf(choice);
  const store = openExisting(settings.database, { mustExist: true });
  try {
    const compiled = { rules: settings.rules, text: settings.rulesText };
    const rulebook = new Rulebook({ store, turns: new Turns(), compiled, clock: Date.now });
    const report = await rulebook.rebuild({ check });
    print(json, report, [...rebuildDetails(report), rebuildSummary(report, check)].join("\n"));
    if (check && differs(report)) throw new CommandError(1, checkText(report));
  } finally {
    await store.close();
  }
}

/** Rules that wait to be applied are no fault of the database, and are not to sound like one. */
function checkText({ rulesChanged }: RebuildReport): string {
  return rulesChanged
    ? "the configured rules are not those in force; rebuild without --check, or serve --apply-rules, puts them in force"
    : "the database is not what its links, its decisions and the rules in force say; rebuild without --check mends it";
}
