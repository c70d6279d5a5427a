/** `explain`: why two ids are one person, or why they are not. */
import { Command } from "commander";
import xxhash from "xxhash-wasm";
import { explain, type Explanation } from "../queries/explain.ts";
import { createIdScheme } from "../identity/ids.ts";
import type { LinkView } from "../queries/link-view.ts";
import { createReferences } from "../queries/references.ts";
import { SqliteStore } from "../store/sqlite/sqlite-store.ts";
import {
  CommandError,
  configOption,
  databaseOption,
  jsonOption,
  print,
  settingsOf,
  type ConfigChoice,
} from "./shared.ts";

export function explainCommand(): Command {
  return new Command("explain")
    .description("tell why two ids are one person, or why they are not")
    .argument("<a>", "a profile id or namespace:value")
    .argument("<b>", "another")
    .addOption(configOption())
    .addOption(databaseOption())
    .addOption(jsonOption())
    .action(explainPair);
}

async function explainPair(
  a: string,
  b: string,
  { json, ...choice }: ConfigChoice & { readonly json: boolean },
): Promise<void> {
  const settings = settingsOf(choice);
  const store = new SqliteStore(settings.database, { readonly: true });
  try {
    const hasher = await xxhash();
    const ids = createIdScheme((text, seed) => hasher.h64(text, seed), store.seeds);
    const references = createReferences(store, ids, settings.limits);
    const known = [];
    for (const reference of [a, b]) {
      const node = await references.node(reference);
      if (node === undefined) throw new CommandError(1, `nobody is known by ${reference}`);
      known.push(node.id);
    }
    // Rules that are configured and not in force yet have not made the reasons.
    const areInForce = (await store.rules())?.text === settings.rulesText;
    const rules = areInForce ? settings.rules : undefined;
    const explanation = (await explain(store, rules, known[0]!, known[1]!))!;
    print(json, explanation, explanationText(a, b, explanation));
  } finally {
    await store.close();
  }
}

function explanationText(a: string, b: string, explanation: Explanation): string {
  if (explanation.samePerson) {
    const { profile, path } = explanation;
    return [`${a} and ${b} are one person, ${profile}`, ...path.map(stepText)].join("\n");
  }
  const { because, decisions, summary } = explanation;
  const [left, right] = explanation.profiles;
  return [
    `${a} and ${b} are two people, ${left} and ${right}`,
    ...because.map(stepText),
    ...(because.length === 0 ? [`  ${summary}`] : []),
    ...decisions.map(
      ({ id, at, by, reason }) =>
        `  decision ${id} of ${at}${by === null ? "" : ` by ${by}`}: ${reason}`,
    ),
  ].join("\n");
}

function stepText(link: LinkView): string {
  const { outcome, reason, trust, events, firstSeenAt, lastSeenAt, evidence, decision } = link;
  const when = events === 1 ? `event of ${firstSeenAt}` : `events ${firstSeenAt} to ${lastSeenAt}`;
  const more = events > evidence.length ? ", …" : "";
  const proof =
    decision === undefined
      ? `${events} ${trust} ${when}: ${evidence.join(", ")}${more}`
      : `decision ${decision} of ${firstSeenAt}`;
  const told = outcome === "followed" ? "followed" : `${outcome}: ${reason}`;
  return `  ${link.a} – ${link.b}  ${told}\n    ${proof}`;
}
