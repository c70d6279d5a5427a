/**
 * The simplest model of who is who under rules and decisions: all events at hand, links in a sorted list, sets of texts
 * joined one by one. It shares no code with the engine, so that the two agreeing means something.
 */
import {
  identifiersOf,
  type Namespace,
  type PlainDecision,
  type PlainRules,
  type RuledEvent,
} from "./ruled-script.ts";

interface NaiveLink {
  readonly ends: readonly [string, string];
  readonly trust: "verified" | "claimed";
  readonly at: number;
}

const GENERIC_AFTER_DEFAULT = 100;
const BLOCKED_DEFAULT = ["noreply@*"];

/** The members of every person, sorted. */
export function naiveGroups(
  events: readonly RuledEvent[],
  rules: PlainRules,
  decisions: readonly PlainDecision[],
): string[][] {
  const everybody = [...new Set(events.flatMap(identifiersOf))];
  const candidates = linksOf(events).filter(
    ({ ends, trust }) =>
      !ends.some((end) => isBlocked(end, rules)) &&
      (trust === "verified" || !ends.some((end) => of(end, rules).trust === "verified")),
  );
  const isGeneric = (text: string) => genericIn(candidates, text, rules);
  const walk = [
    ...joinsIn(decisions, rules).filter(
      ({ a, b, override }) =>
        override || ![a, b].some((end) => isBlocked(end, rules) || isGeneric(end)),
    ),
    ...candidates
      .filter(({ ends }) => !ends.some(isGeneric))
      .toSorted((left, right) => compareKeys(sortKey(left, rules), sortKey(right, rules)))
      .map(({ ends }) => ({ a: ends[0], b: ends[1], override: false })),
  ];
  const splits = decisions.filter(({ kind }) => kind === "split");
  const groups = new Map(everybody.map((text) => [text, new Set([text])]));
  for (const { a, b, override } of walk) {
    const [left, right] = [groups.get(a)!, groups.get(b)!];
    if (left === right) continue;
    if (splits.some((split) => parts(split, left, right))) continue;
    if (!override && exceeds(left, right, rules)) continue;
    for (const text of right) {
      left.add(text);
      groups.set(text, left);
    }
  }
  return [...new Set(groups.values())]
    .map((group) => [...group].toSorted())
    .toSorted((left, right) => (left[0]! < right[0]! ? -1 : 1));
}

function of(text: string, rules: PlainRules) {
  return rules.namespaces[text.slice(0, text.indexOf(":")) as Namespace] ?? {};
}

function linksOf(events: readonly RuledEvent[]): NaiveLink[] {
  const links = new Map<string, NaiveLink>();
  for (const event of events) {
    const [home, ...others] = identifiersOf(event);
    for (const other of others) {
      const ends = [home!, other].toSorted() as [string, string];
      const before = links.get(ends.join(" "));
      const verified = event.source !== "form" || before?.trust === "verified";
      links.set(ends.join(" "), {
        ends,
        trust: verified ? "verified" : "claimed",
        at: Math.min(event.t ?? Infinity, before?.at ?? Infinity),
      });
    }
  }
  return [...links.values()];
}

function isBlocked(text: string, rules: PlainRules): boolean {
  const value = text.slice(text.indexOf(":") + 1);
  const block = of(text, rules).block ?? (text.startsWith("email:") ? BLOCKED_DEFAULT : []);
  return block.some((pattern) =>
    pattern.endsWith("*") ? value.startsWith(pattern.slice(0, -1)) : value === pattern,
  );
}

function genericIn(links: readonly NaiveLink[], text: string, rules: PlainRules): boolean {
  const neighbours = links
    .filter(({ ends }) => ends.includes(text))
    .map(({ ends }) => ends.find((end) => end !== text)!)
    .map((end) => end.slice(0, end.indexOf(":")))
    .filter((namespace) => !text.startsWith(`${namespace}:`));
  const after = of(text, rules).genericAfter ?? GENERIC_AFTER_DEFAULT;
  return neighbours.some(
    (namespace) => neighbours.filter((other) => other === namespace).length > after,
  );
}

/** Those that override first, then by priority, then by the texts of their ends. */
function joinsIn(decisions: readonly PlainDecision[], rules: PlainRules): PlainDecision[] {
  const key = ({ a, b, override }: PlainDecision) => {
    const ends = [a, b].toSorted();
    return [override ? 0 : 1, priorityOf(ends, rules), ...ends];
  };
  return decisions
    .filter(({ kind }) => kind === "join")
    .toSorted((left, right) => compareKeys(key(left), key(right)));
}

function priorityOf(ends: readonly string[], rules: PlainRules): number {
  return Math.min(...ends.map((end) => of(end, rules).priority ?? Infinity));
}

function sortKey({ ends, trust, at }: NaiveLink, rules: PlainRules): (string | number)[] {
  return [trust === "verified" ? 0 : 1, priorityOf(ends, rules), at, ...ends];
}

function compareKeys(
  left: readonly (string | number)[],
  right: readonly (string | number)[],
): number {
  for (const [index, part] of left.entries())
    if (part !== right[index]) return part < right[index]! ? -1 : 1;
  return 0;
}

function parts({ a, b }: PlainDecision, left: Set<string>, right: Set<string>): boolean {
  return (left.has(a) && right.has(b)) || (left.has(b) && right.has(a));
}

function exceeds(left: Set<string>, right: Set<string>, rules: PlainRules): boolean {
  if (left.size + right.size > (rules.identifiersPerProfileMax ?? 1000)) return true;
  const count = (group: Set<string>, namespace: string) =>
    [...group].filter((text) => text.startsWith(`${namespace}:`)).length;
  return Object.entries(rules.namespaces).some(([namespace, { limit = Infinity }]) => {
    const [ours, theirs] = [count(left, namespace), count(right, namespace)];
    return ours > 0 && theirs > 0 && ours + theirs > limit;
  });
}
