/** `explain`: why two ids are one person, or why they are not. */
import { Command } from "commander";
import xxhash from "xxhash-wasm";
import { explain, type Explanation } from "../queries/explain.ts";
import { createIdScheme } from "../identity/ids.ts";
import type { LinkView } from "../queries/link-view.ts";
import { createReferences } from "../queries/references.ts";
import type { DecisionRecord, Store } from "../store/store.ts";
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
  const store = openExisting(settings.database, { readonly: true });
  try {
    const hasher = await xxhash();
    const ids = createIdScheme((text, seed) => hasher.h64(text, seed), store.seeds);
    const references = createReferences(store, ids, settings.limits);
    const known = [];
    for (const reference of [a, b]) {
      const node = await references.node(reference);
      if (node === undefined) throw new CommandError(1, unknownText(reference));
      known.push(node.id);
    }
    // Rules that are configured and not in force yet have not made the reasons.
    const areInForce = (await store.rules())?.text === settings.rulesText;
    const rules = areInForce ? settings.rules : undefined;
    const explanation = (await explain(store, rules, known[0]!, known[1]!))!;
    const joins = await joinsOf(store, explanation);
    print(json, explanation, explanationText(a, b, explanation, joins));
  } finally {
    await store.close();
  }
}

/** Who has the reference from an address has it URL-encoded. */
function unknownText(reference: string): string {
  const decoded = decodedOf(reference);
  const hint =
    decoded === reference ? "" : `; on the command line it is not URL-encoded: ${decoded}`;
  return `nobody is known by ${reference}${hint}`;
}

function decodedOf(reference: string): string {
  try {
    return decodeURIComponent(reference);
  } catch {
    // A percent sign that encodes nothing is one of the reference itself.
    return reference;
  }
}

type Joins = ReadonlyMap<string, DecisionRecord>;

/** The decisions among the links, which name them by id alone. */
async function joinsOf(store: Store, explanation: Explanation): Promise<Joins> {
  const links = explanation.samePerson ? explanation.path : explanation.because;
  const ids = links.flatMap(({ decision }) => (decision === undefined ? [] : [decision]));
  const found = await Promise.all(ids.map((id) => store.decision(id)));
  return new Map(found.flatMap((join) => (join === undefined ? [] : [[join.id, join] as const])));
}

function explanationText(a: string, b: string, explanation: Explanation, joins: Joins): string {
  const stepText = (link: LinkView) => linkText(link, joins.get(link.decision ?? ""));
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
      ({ id, at, by, reason }) => `  ${rulingText({ id, at, by: by ?? undefined, reason })}`,
    ),
  ].join("\n");
}

function rulingText(ruling: {
  readonly id: string;
  readonly at: string;
  readonly by: string | undefined;
  readonly reason: string;
}): string {
  const { id, at, by, reason } = ruling;
  return `decision ${id} of ${at}${by === undefined ? "" : ` by ${by}`}: ${reason}`;
}

function linkText(link: LinkView, join: DecisionRecord | undefined): string {
  const { outcome, reason, trust, events, firstSeenAt, lastSeenAt, evidence } = link;
  const when = events === 1 ? `event of ${firstSeenAt}` : `events ${firstSeenAt} to ${lastSeenAt}`;
  const more = events > evidence.length ? ", …" : "";
  const proof =
    join === undefined
      ? `${events} ${trust} ${when}: ${evidence.join(", ")}${more}`
      : rulingText({ id: join.id, at: firstSeenAt, by: join.by, reason: join.reason });
  const told = outcome === "followed" ? "followed" : `${outcome}: ${reason}`;
  return `  ${link.a} – ${link.b}  ${told}\n    ${proof}`;
}
