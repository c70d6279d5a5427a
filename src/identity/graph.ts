/**
 * A graph of identifiers: one component, several that are about to meet, or the whole database. It is what a fold
 * works on, and it says beside what is known of every node and link what the store has kept of the last fold, so that
 * the difference can be told.
 */
import type { Objection } from "./objection.ts";
import type { Counts } from "./rules.ts";
import type { Decision, DecisionId, Identifier, Milliseconds, ProfileId, Trust } from "./types.ts";

/**
 * What a store calls a component. A *plain* one, which no rule and no decision touches, is one profile and is known by
 * that profile's id; any other has a name of the store's own.
 */
export type ComponentKey = string;

export interface GraphNode {
  readonly id: ProfileId;
  readonly identifier: Identifier;
  /** Rises with first receipt. */
  readonly order: number;
  /** The canonical profile that the store keeps it in; undefined for an identifier that is not stored yet. */
  readonly profile: ProfileId | undefined;
  /** The component that the store keeps it in, where that is not plain; else undefined. */
  readonly component: ComponentKey | undefined;
  /** Whether so many are linked with it that it joins nobody. */
  readonly generic: boolean;
}

/** What the whole database is told with, and one component is not: it takes time to read. */
export interface CountedNode extends GraphNode {
  /** How many identifiers of each namespace it is linked with, by links that may count. */
  readonly neighbours: Counts;
}

/** What a batch creates is newer than anything a store has received; whole numbers are exact up to twice this. */
export const ORDER_OF_CREATED = 2 ** 52;

export interface GraphLink {
  /** Places in the graph's nodes. */
  readonly a: number;
  readonly b: number;
  readonly trust: Trust;
  readonly evidenceAt: Milliseconds | undefined;
  /** What the store keeps against it; undefined where it was followed, or is not stored yet. */
  readonly objection: Objection | undefined;
}

/** A standing decision. Its ends are identifiers' ids, and one of them may lie outside of the graph. */
export interface GraphDecision extends Pick<Decision, "id" | "kind" | "override"> {
  readonly a: ProfileId;
  readonly b: ProfileId;
  /** What the store keeps against a `join`. */
  readonly objection: Objection | undefined;
}

export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly links: readonly GraphLink[];
  /** Every standing decision with an end among the nodes, each once. */
  readonly decisions: readonly GraphDecision[];
}

/** A whole database. */
export interface CountedGraph extends Graph {
  readonly nodes: readonly CountedNode[];
}

/** Several graphs without common nodes as one. */
export function joinGraphs(graphs: readonly Graph[]): Graph {
  const nodes: GraphNode[] = [];
  const links: GraphLink[] = [];
  const decisions = new Map<DecisionId, GraphDecision>();
  for (const graph of graphs) {
    const offset = nodes.length;
    for (const node of graph.nodes) nodes.push(node);
    for (const link of graph.links)
      links.push(offset === 0 ? link : { ...link, a: link.a + offset, b: link.b + offset });
    for (const decision of graph.decisions) decisions.set(decision.id, decision);
  }
  return { nodes, links, decisions: [...decisions.values()] };
}

/** The places, among the nodes, of the identifiers that decisions are about. */
export function placesOfEnds(
  nodes: readonly GraphNode[],
  decisions: readonly GraphDecision[],
): Map<ProfileId, number> {
  const ends = new Set(decisions.flatMap(({ a, b }) => [a, b]));
  const places = new Map<ProfileId, number>();
  if (ends.size > 0)
    for (const [place, { id }] of nodes.entries()) if (ends.has(id)) places.set(id, place);
  return places;
}
