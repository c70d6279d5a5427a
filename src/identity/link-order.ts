/**
 * The order in which a fold looks at links. It is total and depends on the links and the rules alone, so the same links
 * come in the same order wherever and whenever they are folded: what a person ruled first, then the better trusted,
 * then the namespace of the better priority, then the earlier evidence, then the identifiers' texts.
 */
import type { GraphNode } from "./graph.ts";
import { rulesFor, type Rules } from "./rules.ts";
import { compareTexts } from "./stamp.ts";
import type { Identifier, Milliseconds, Trust } from "./types.ts";

/** A link or a `join` as a fold sees it; the ends are places in the list of nodes. */
export interface Edge {
  readonly a: number;
  readonly b: number;
  readonly trust: Trust;
  readonly evidenceAt: Milliseconds | undefined;
  /** Set for what a person ruled. */
  readonly join?: { readonly override: boolean };
}

function compareIdentifiers(left: Identifier, right: Identifier): number {
  return compareTexts(left.namespace, right.namespace) || compareTexts(left.value, right.value);
}

/** 0 for a join that overrides rules, which must come before what the rules might refuse; then joins, then links. */
function rankOf({ join, trust }: Edge): number {
  if (join !== undefined) return join.override ? 0 : 1;
  return trust === "verified" ? 2 : 3;
}

/** The places of the chosen edges in their order. */
export function inOrder(
  chosen: readonly number[],
  edges: readonly Edge[],
  nodes: readonly GraphNode[],
  rules: Rules,
): number[] {
  const priorityOf = memoised((namespace) => rulesFor(namespace, rules).priority);
  // Made once for each edge, in plain numbers: they are compared some fifteen times each where there are ten thousand.
  const ranks = new Float64Array(edges.length);
  const priorities = new Float64Array(edges.length);
  const times = new Float64Array(edges.length);
  for (const place of chosen) {
    const edge = edges[place]!;
    ranks[place] = rankOf(edge);
    priorities[place] = Math.min(
      priorityOf(nodes[edge.a]!.identifier.namespace),
      priorityOf(nodes[edge.b]!.identifier.namespace),
    );
    times[place] = edge.evidenceAt ?? Infinity;
  }
  const compare = (left: number, right: number): number => {
    // No subtraction beyond ranks: Infinity equals itself.
    if (ranks[left] !== ranks[right]) return ranks[left]! - ranks[right]!;
    if (priorities[left] !== priorities[right])
      return priorities[left]! < priorities[right]! ? -1 : 1;
    if (times[left] !== times[right]) return times[left]! < times[right]! ? -1 : 1;
    return compareEnds(edges[left]!, edges[right]!, nodes);
  };
  return chosen.toSorted(compare);
}

function memoised(compute: (text: string) => number): (text: string) => number {
  const known = new Map<string, number>();
  return (text) => {
    const value = known.get(text) ?? compute(text);
    known.set(text, value);
    return value;
  };
}

function compareEnds(left: Edge, right: Edge, nodes: readonly GraphNode[]): number {
  const [leftFirst, leftSecond] = endsOf(left, nodes);
  const [rightFirst, rightSecond] = endsOf(right, nodes);
  return compareIdentifiers(leftFirst, rightFirst) || compareIdentifiers(leftSecond, rightSecond);
}

/** The lesser text first: which end has the lesser id is chance. */
function endsOf({ a, b }: Edge, nodes: readonly GraphNode[]): readonly [Identifier, Identifier] {
  const [left, right] = [nodes[a]!.identifier, nodes[b]!.identifier];
  return compareIdentifiers(left, right) <= 0 ? [left, right] : [right, left];
}
