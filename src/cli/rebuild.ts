/** `rebuild`: derives everybody again from links, decisions and rules. */
import { Command } from "commander";
import { Rulebook, type RebuildReport } from "../rulebook.ts";
import { SqliteStore } from "../store/sqlite/sqlite-store.ts";
import { Turns } from "../turns.ts";
import { isSame, rebuildDetails, rebuildText } from "./rebuild-report.ts";
import {
  CommandError,
  configOption,
  databaseOption,
  jsonOption,
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
  const store = new SqliteStore(settings.database, { mustExist: true });
  try {
    const compiled = { rules: settings.rules, text: settings.rulesText };
    const rulebook = new Rulebook({ store, turns: new Turns(), compiled, clock: Date.now });
    const report = await rulebook.rebuild({ check });
    print(json, report, [...rebuildDetails(report), summary(report, check)].join("\n"));
    if (check && !isSame(report))
      throw new CommandError(
        1,
        "the database is not what its links, its decisions and the configured rules say; rebuild without --check makes it so",
      );
  } finally {
    await store.close();
  }
}

function summary(report: RebuildReport, check: boolean): string {
  const { identifiers, links, rulesVersion } = report;
  const told = isSame(report) || !check ? "" : "would change: ";
  return `${identifiers} identifiers, ${links} links, rules version ${rulesVersion}: ${told}${rebuildText(report)}`;
}
