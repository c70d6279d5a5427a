/**
 * Who is who, in the simplest way: everything at hand, every rule in a line or two, nothing kept between two calls. It
 * shares no code with the engine, so that the two agreeing on a scenario means something.
 */
import type { Pair, Unfollowed } from "./candidate.ts";

export interface NaiveLink {
  readonly a: string;
  readonly b: string;
  readonly verified: boolean;
  /** The earliest time an event gave; Infinity where none did. */
  readonly at: number;
  /** Refused as it arrived, because its component would have become too large. */
  readonly outside: boolean;
}

export interface NaiveDecision {
  readonly id: string;
  readonly kind: "join" | "split";
  readonly a: string;
  readonly b: string;
  readonly override: boolean;
}

interface NaiveNamespace {
  readonly block?: readonly (string | { readonly regex: string })[];
  readonly trust?: "claimed" | "verified";
  readonly limit?: number;
  readonly genericAfter?: number;
  readonly priority?: number;
}

export interface NaiveRules {
  readonly namespaces: Readonly<Record<string, NaiveNamespace>>;
  readonly identifiersPerProfileMax: number;
  readonly identifiersPerComponentMax: number;
}

export interface Folded {
  /** By identifier: everybody in the same person. */
  readonly personOf: ReadonlyMap<string, ReadonlySet<string>>;
  readonly people: ReadonlySet<ReadonlySet<string>>;
  readonly followed: readonly Pair[];
  readonly unfollowed: readonly Unfollowed[];
  readonly generic: ReadonlySet<string>;
}

interface Candidate {
  readonly pair: Pair;
  readonly human: boolean;
  readonly override: boolean;
  readonly rank: readonly (number | string)[];
}

const MACHINES = /^(no-?_?reply|do[-_]?not[-_]?reply|mailer-daemon|postmaster)@/;
const GENERIC_AFTER = 100;

function namespaceOf(identifier: string): string {
  return identifier.slice(0, identifier.indexOf(":"));
}

function rulesOf(identifier: string, rules: NaiveRules): NaiveNamespace {
  return rules.namespaces[namespaceOf(identifier)] ?? {};
}

function expressionOf(pattern: string | { readonly regex: string }, namespace: string): RegExp {
  if (typeof pattern === "object") return new RegExp(pattern.regex);
  const written = /^\/(.*)\/$/s.exec(pattern)?.[1];
  if (written !== undefined) return new RegExp(written);
  const literal = (piece: string) => piece.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const text = namespace === "email" ? pattern.toLowerCase() : pattern;
  return new RegExp(`^${text.split("*").map(literal).join(".*")}$`, "s");
}

function isBlocked(identifier: string, rules: NaiveRules): boolean {
  const value = identifier.slice(identifier.indexOf(":") + 1);
  const { block } = rulesOf(identifier, rules);
  if (block === undefined) return namespaceOf(identifier) === "email" && MACHINES.test(value);
  return block.some((pattern) => expressionOf(pattern, namespaceOf(identifier)).test(value));
}

/** What keeps a link out before its turn, but for generic values. */
export function barredBy({ a, b, verified }: NaiveLink, rules: NaiveRules): string | undefined {
  if (isBlocked(a, rules) || isBlocked(b, rules)) return "blocked";
  const asked = [a, b].some((end) => rulesOf(end, rules).trust === "verified");
  return asked && !verified ? "trust" : undefined;
}

export function genericValues(links: readonly NaiveLink[], rules: NaiveRules): Set<string> {
  const neighbours = new Map<string, Map<string, Set<string>>>();
  const note = (value: string, other: string) => {
    const byNamespace = neighbours.get(value) ?? new Map<string, Set<string>>();
    const found = byNamespace.get(namespaceOf(other)) ?? new Set();
    neighbours.set(value, byNamespace.set(namespaceOf(other), found.add(other)));
  };
  for (const link of links) {
    if (barredBy(link, rules) !== undefined) continue;
    note(link.a, link.b);
    note(link.b, link.a);
  }
  const generic = new Set<string>();
  for (const [value, byNamespace] of neighbours)
    for (const [namespace, found] of byNamespace)
      if (
        namespace !== namespaceOf(value) &&
        found.size > (rulesOf(value, rules).genericAfter ?? GENERIC_AFTER)
      )
        generic.add(value);
  return generic;
}

function compare(left: Candidate, right: Candidate): number {
  for (const [place, value] of left.rank.entries()) {
    const other = right.rank[place]!;
    if (value !== other) return value < other ? -1 : 1;
  }
  return 0;
}

function candidate(
  a: string,
  b: string,
  rules: NaiveRules,
  {
    override,
    human,
    verified,
    at,
  }: Record<"override" | "human" | "verified", boolean> & {
    at: number;
  },
): Candidate {
  const [first, second] = [a, b].toSorted();
  const priority = Math.min(...[a, b].map((end) => rulesOf(end, rules).priority ?? Infinity));
  const rank = [human ? 0 : 1, verified ? 0 : 1, priority, at, first!, second!];
  return { pair: [a, b], human, override, rank };
}

function tally(people: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const one of people) counts.set(namespaceOf(one), (counts.get(namespaceOf(one)) ?? 0) + 1);
  return counts;
}

/** A limit is broken by what makes it worse: what a human has overridden once may go on growing elsewhere. */
function limitBroken(
  left: ReadonlySet<string>,
  right: ReadonlySet<string>,
  rules: NaiveRules,
): string | undefined {
  const [ours, theirs] = [tally(left), tally(right)];
  for (const [namespace, count] of ours) {
    const more = theirs.get(namespace) ?? 0;
    if (more > 0 && count + more > (rules.namespaces[namespace]?.limit ?? Infinity)) return "limit";
  }
  return left.size + right.size > rules.identifiersPerProfileMax
    ? "identifiersPerProfileMax"
    : undefined;
}

export function fold(
  identifiers: Iterable<string>,
  links: readonly NaiveLink[],
  decisions: readonly NaiveDecision[],
  rules: NaiveRules,
): Folded {
  const personOf = new Map<string, Set<string>>();
  for (const one of identifiers) personOf.set(one, new Set([one]));
  const unfollowed: Unfollowed[] = [];
  const followed: Pair[] = [];
  const candidates: Candidate[] = [];
  const generic = genericValues(links, rules);
  const splits = decisions.filter(({ kind }) => kind === "split");
  const isGeneric = ({ a, b }: { a: string; b: string }) => generic.has(a) || generic.has(b);

  for (const link of links) {
    const bar = barredBy(link, rules) ?? (isGeneric(link) ? "generic" : undefined);
    const rule = bar ?? (link.outside ? "identifiersPerComponentMax" : undefined);
    if (rule !== undefined) unfollowed.push({ link: [link.a, link.b], rule });
    else
      candidates.push(candidate(link.a, link.b, rules, { ...link, human: false, override: false }));
  }
  for (const { kind, a, b, override } of decisions) {
    if (kind !== "join") continue;
    const blocked = [a, b].some((end) => isBlocked(end, rules));
    const bar = blocked ? "blocked" : isGeneric({ a, b }) ? "generic" : undefined;
    if (bar !== undefined && !override) unfollowed.push({ link: [a, b], rule: bar });
    else
      candidates.push(
        candidate(a, b, rules, { override, human: true, verified: true, at: Infinity }),
      );
  }

  for (const { pair, override } of candidates.toSorted(compare)) {
    const [left, right] = pair.map((end) => personOf.get(end)!) as [Set<string>, Set<string>];
    const torn = splits.some(
      ({ a, b }) => (left.has(a) && right.has(b)) || (left.has(b) && right.has(a)),
    );
    const rule =
      left === right
        ? undefined
        : torn
          ? "split"
          : override
            ? undefined
            : limitBroken(left, right, rules);
    if (rule !== undefined) {
      unfollowed.push({ link: pair, rule });
      continue;
    }
    followed.push(pair);
    if (left === right) continue;
    const [large, small] = left.size < right.size ? [right, left] : [left, right];
    for (const one of small) personOf.set(one, large.add(one));
  }
  return { personOf, people: new Set(personOf.values()), followed, unfollowed, generic };
}
