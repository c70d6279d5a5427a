/**
 * Derives people from a graph: `profiles = fold(links, decisions, rules)`, for one component or for a whole database.
 *
 *     links and joins -> leave out the ineligible -> components -> fold those that a rule touches -> profiles
 *
 * A component that would break no rule as one profile, and on which nobody has decided, is *plain*: it is one profile,
 * whatever the order of its links. Only the others are folded.
 */
import { fold } from "./fold.ts";
import { placesOfEnds, type Graph, type GraphDecision, type GraphNode } from "./graph.ts";
import { Holdings, type Split } from "./holdings.ts";
import { edgeOrder, type Edge } from "./link-order.ts";
import {
  blockedBy,
  distrustedBy,
  eitherObjection,
  genericObjection,
  sameObjection,
  type Objection,
} from "./objection.ts";
import { countsOf, isGeneric, isWithinLimits, type Rules } from "./rules.ts";
import type { DecisionId } from "./types.ts";
import { UnionFind } from "./union-find.ts";

export interface Derivation {
  /** By node: the number of its component and of its profile. The members of one have the same number. */
  readonly componentOf: Int32Array;
  readonly profileOf: Int32Array;
  /** The numbers of the components that are not plain. */
  readonly touched: ReadonlySet<number>;
  /** By link: why it is not followed. */
  readonly objections: readonly (Objection | undefined)[];
  /** By `join`: the same. */
  readonly joinObjections: ReadonlyMap<DecisionId, Objection | undefined>;
}

/** `barred` says, link by link, what keeps it out whatever else there is; it is found where it is not given. */
export function derive(
  graph: Graph,
  rules: Rules,
  barred: readonly (Objection | undefined)[] = barredLinks(graph, rules),
): Derivation {
  const edges = edgesOf(graph, rules, barred);
  const order = edgeOrder(graph.nodes, rules);
  const components = connect(graph.nodes.length, edges, order, rules);
  const rulings = rulingsIn(graph, components);
  const touched = new Set(rulings.components);
  for (const root of excessiveComponents(graph.nodes, components, rules)) touched.add(root);
  const profiles = foldTouched(graph, edges, order, components, touched, rulings.splits, rules);

  const componentOf = Int32Array.from(graph.nodes, (_, node) => components.find(node));
  const profileOf = componentOf.map((component, node) =>
    touched.has(component) ? profiles.find(node) : component,
  );
  const { length } = graph.links;
  return {
    componentOf,
    profileOf,
    touched,
    objections: edges.objections.slice(0, length),
    joinObjections: new Map(
      edges.joins.map(({ id }, index) => [id, edges.objections[length + index]] as const),
    ),
  };
}

/** What keeps each link out by its ends and its trust alone. */
export function barredLinks({ nodes, links }: Graph, rules: Rules): (Objection | undefined)[] {
  const blocked = nodes.map(({ identifier }) => blockedBy(identifier, rules));
  return links.map(
    ({ a, b, trust }) =>
      eitherObjection(blocked[a], blocked[b]) ??
      distrustedBy(nodes[a]!.identifier, nodes[b]!.identifier, trust, rules),
  );
}

type EdgeOrder = ReturnType<typeof edgeOrder>;

/** Of two generic ends the one that the store has named already, since the second turned generic unseen. */
function genericEnd(
  a: Objection | undefined,
  b: Objection | undefined,
  stored: Objection | undefined,
): Objection | undefined {
  return [a, b].find((end) => sameObjection(end, stored)) ?? eitherObjection(a, b);
}

interface Edges {
  /** The links, then the joins whose ends are both in the graph. */
  readonly edges: readonly Edge[];
  /** By edge; filled up on the way. */
  readonly objections: (Objection | undefined)[];
  readonly joins: readonly GraphDecision[];
}

function edgesOf(
  { nodes, links, decisions }: Graph,
  rules: Rules,
  barred: readonly (Objection | undefined)[],
): Edges {
  const generic = nodes.map(({ identifier, neighbours }) =>
    isGeneric(identifier, neighbours, rules) ? genericObjection(identifier) : undefined,
  );
  const objections = links.map(
    ({ a, b, objection }, link) => barred[link] ?? genericEnd(generic[a], generic[b], objection),
  );
  const places = placesOfEnds(nodes, decisions);
  const edges: Edge[] = [...links];
  const joins: GraphDecision[] = [];
  for (const decision of decisions) {
    const [a, b] = [places.get(decision.a), places.get(decision.b)];
    if (decision.kind !== "join" || a === undefined || b === undefined) continue;
    const { override } = decision;
    joins.push(decision);
    edges.push({ a, b, trust: "verified", evidenceAt: undefined, join: { override } });
    objections.push(
      override
        ? undefined
        : (eitherObjection(
            blockedBy(nodes[a]!.identifier, rules),
            blockedBy(nodes[b]!.identifier, rules),
          ) ?? eitherObjection(generic[a], generic[b])),
    );
  }
  return { edges, objections, joins };
}

/** The components: what the edges without an objection connect. Notes the objection to those that would connect too much. */
function connect(
  nodes: number,
  { edges, objections }: Edges,
  order: EdgeOrder,
  rules: Rules,
): UnionFind {
  const components = new UnionFind(nodes);
  components.add(nodes);
  for (const [index, { a, b }] of edges.entries())
    if (objections[index] === undefined) components.union(a, b);
  const max = rules.identifiersPerComponentMax;
  const isCrowded = ({ a }: Edge, index: number) =>
    objections[index] === undefined && components.sizeOf(a) > max;
  if (!edges.some(isCrowded)) return components;

  const capped = new UnionFind(nodes);
  capped.add(nodes);
  const crowded: number[] = [];
  for (const [index, edge] of edges.entries()) {
    if (isCrowded(edge, index)) crowded.push(index);
    else if (objections[index] === undefined) capped.union(edge.a, edge.b);
  }
  for (const index of crowded.toSorted((left, right) => order(edges[left]!, edges[right]!))) {
    const { a, b } = edges[index]!;
    if (capped.same(a, b) || capped.sizeOf(a) + capped.sizeOf(b) <= max) capped.union(a, b);
    else objections[index] = { rule: "identifiersPerComponentMax", subject: "" };
  }
  return capped;
}

interface Rulings {
  /** The components that hold an end of a decision. */
  readonly components: readonly number[];
  readonly splits: readonly Split[];
}

function rulingsIn({ nodes, decisions }: Graph, components: UnionFind): Rulings {
  const places = placesOfEnds(nodes, decisions);
  const ends = [...places.values()];
  const splits = decisions.flatMap((decision) => {
    const [a, b] = [places.get(decision.a), places.get(decision.b)];
    return decision.kind === "split" && a !== undefined && b !== undefined
      ? [{ id: decision.id, a, b }]
      : [];
  });
  return { components: ends.map((end) => components.find(end)), splits };
}

/** The components that hold more than one profile may. */
function* excessiveComponents(
  nodes: readonly GraphNode[],
  components: UnionFind,
  rules: Rules,
): Generator<number, void> {
  for (const node of nodes.keys()) {
    if (components.find(node) !== node || components.sizeOf(node) === 1) continue;
    const members = components.members(node);
    if (!isWithinLimits(countsOf(namespacesOf(nodes, members)), rules)) yield node;
  }
}

function* namespacesOf(
  nodes: readonly GraphNode[],
  members: Iterable<number>,
): Generator<string, void> {
  for (const member of members) yield nodes[member]!.identifier.namespace;
}

function foldTouched(
  { nodes }: Graph,
  { edges, objections }: Edges,
  order: EdgeOrder,
  components: UnionFind,
  touched: ReadonlySet<number>,
  splits: readonly Split[],
  rules: Rules,
): UnionFind {
  const profiles = new UnionFind(nodes.length);
  profiles.add(nodes.length);
  if (touched.size === 0) return profiles;
  const identifierOf = (node: number) => nodes[node]!.identifier;
  const holdings = new Holdings(profiles, identifierOf, splits, rules);
  const walk = [...edges.keys()]
    .filter(
      (index) => objections[index] === undefined && touched.has(components.find(edges[index]!.a)),
    )
    .toSorted((left, right) => order(edges[left]!, edges[right]!));
  // One walk through all of them: components have no link in common, so none can tell that there are others.
  const refusals = fold(
    walk.map((index) => edges[index]!),
    profiles,
    holdings,
  );
  for (const [step, refusal] of refusals.entries()) objections[walk[step]!] = refusal;
  return profiles;
}
