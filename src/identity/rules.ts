/**
 * The identity rules: what one profile may hold, which values join nobody, how far a source must be believed, and
 * which links come first. They are data; what follows from them is said in `objection.ts` and `fold.ts`.
 */
import type { Pattern } from "./pattern.ts";
import type { Identifier, Trust } from "./types.ts";

export interface NamespaceRules {
  /** Values that many people carry by accident; a link to one is not followed. */
  readonly block: readonly Pattern[];
  /** The trust a link through this namespace needs before it is followed. */
  readonly trust: Trust;
  /** How many distinct values of the namespace one profile may hold; Infinity for any number. */
  readonly limit: number;
  /** Linked with more identifiers of one other namespace than this, a value is generic and joins nobody. */
  readonly genericAfter: number;
  /** 1 is followed first; Infinity, where nothing is configured, last. */
  readonly priority: number;
}

export interface Rules {
  readonly namespaces: ReadonlyMap<string, NamespaceRules>;
  /** For every namespace that is not configured. */
  readonly elsewhere: NamespaceRules;
  readonly identifiersPerProfileMax: number;
  /** The one exception to invariant I1: a link that would make a component larger is refused as it arrives. */
  readonly identifiersPerComponentMax: number;
}

export function rulesFor(namespace: string, rules: Rules): NamespaceRules {
  return rules.namespaces.get(namespace) ?? rules.elsewhere;
}

/** How many of something there are, by namespace. */
export type Counts = Readonly<Record<string, number>>;

export const NO_COUNTS: Counts = {};

/** A namespace may be called like something every object has. */
export function countOf(counts: Counts, namespace: string): number {
  return Object.hasOwn(counts, namespace) ? counts[namespace]! : 0;
}

export function addCounts(left: Counts, right: Counts): Counts {
  const both: Record<string, number> = { ...left };
  for (const [namespace, count] of Object.entries(right))
    both[namespace] = count + countOf(left, namespace);
  return both;
}

export function oneMore(counts: Counts, namespace: string): Counts {
  return { ...counts, [namespace]: countOf(counts, namespace) + 1 };
}

export function countsOf(namespaces: Iterable<string>): Counts {
  const counts: Record<string, number> = {};
  for (const namespace of namespaces) counts[namespace] = countOf(counts, namespace) + 1;
  return counts;
}

export function totalOf(counts: Counts): number {
  let all = 0;
  for (const namespace of Object.keys(counts)) all += counts[namespace]!;
  return all;
}

/** `neighbours` counts the identifiers of every other namespace that a value is linked with by links that may count. */
export function isGeneric({ namespace }: Identifier, neighbours: Counts, rules: Rules): boolean {
  const { genericAfter } = rulesFor(namespace, rules);
  // Asked of both ends of every link, so without a list of pairs.
  for (const other of Object.keys(neighbours))
    if (other !== namespace && neighbours[other]! > genericAfter) return true;
  return false;
}

/** Whether so many identifiers, by namespace, may be one profile. */
export function isWithinLimits(holdings: Counts, rules: Rules): boolean {
  return (
    totalOf(holdings) <= rules.identifiersPerProfileMax &&
    Object.entries(holdings).every(
      ([namespace, count]) => count <= rulesFor(namespace, rules).limit,
    )
  );
}
