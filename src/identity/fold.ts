/**
 * The fold: who is one person within a component, as a function of its links, the decisions and the rules and of
 * nothing else; not of the order of arrival, not of how often or in which batches anything came (invariant I1).
 *
 * It is Kruskal's algorithm with constraints: walk the links in their one order and join the two profiles of each,
 * unless what they would become breaks a rule; such a link is refused. What a profile holds only ever grows during the
 * walk, so a pair that was refused stays apart, and a link is looked at once.
 */
import type { Holdings } from "./holdings.ts";
import type { Edge } from "./link-order.ts";
import type { Objection } from "./objection.ts";
import type { UnionFind } from "./union-find.ts";

/**
 * Joins, in `profiles`, the ends of every edge that may be followed. The edges come in their order, and are all that
 * the component has in play. Tells of each, by its place in the list, why it is refused.
 */
export function fold(
  edges: readonly Edge[],
  profiles: UnionFind,
  holdings: Holdings,
): (Objection | undefined)[] {
  return edges.map(({ a, b, join }) => {
    const left = profiles.find(a);
    const right = profiles.find(b);
    if (left === right) return undefined;
    const objection = holdings.objectionTo(left, right, join?.override ?? false);
    if (objection === undefined) holdings.join(left, right);
    return objection;
  });
}
