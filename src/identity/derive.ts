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
import { inOrder, type Edge } from "./link-order.ts";
import {
  blockedBy,
  distrustedBy,
  eitherObjection,
  genericObjection,
  sameObjection,
  type Objection,
} from "./objection.ts";
import { countsOf, isWithinLimits, rulesFor, type Rules } from "./rules.ts";
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

export interface DeriveOptions {
  /**
   * What keeps each link out whatever else there is; it is found where it is not given. Of links that these rules have
   * let into play already, nothing does.
   */
  readonly barred?: readonly (Objection | undefined)[];
  /**
   * Whether links that were refused because too much hung together already are looked at afresh. As a rule they stay
   * refused: that depends on what came first, and a derivation by the same rules must not change anybody.
   */
  readonly afresh?: boolean;
  /** A new `join`, which is refused where it would make too much hang together, rather than cutting what does. */
  readonly arriving?: DecisionId;
}

export function derive(graph: Graph, rules: Rules, options: DeriveOptions = {}): Derivation {
  const edges = edgesOf(graph, rules, options);
  const components = connect(graph.nodes, edges, rules);
  const rulings = rulingsIn(graph, components);
  const touched = new Set(rulings.components);
  for (const root of excessiveComponents(graph.nodes, components, rules)) touched.add(root);
  const profiles = foldTouched(graph, edges, components, touched, rulings.splits, rules);

  const componentOf = new Int32Array(graph.nodes.length);
  for (let node = 0; node < componentOf.length; node++) componentOf[node] = components.find(node);
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
  /** The place of the edge that has only just come. */
  readonly arriving: number | undefined;
}

function edgesOf(graph: Graph, rules: Rules, options: DeriveOptions): Edges {
  const { nodes, links, decisions } = graph;
  const { barred = barredLinks(graph, rules), afresh = false } = options;
  const standing = (objection: Objection | undefined) =>
    !afresh && objection?.rule === "identifiersPerComponentMax" ? objection : undefined;
  const generic = nodes.map((node) =>
    node.generic ? genericObjection(node.identifier) : undefined,
  );
  const objections = links.map(
    ({ a, b, objection }, link) =>
      barred[link] ?? standing(objection) ?? genericEnd(generic[a], generic[b], objection),
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
    const ruledOut = override
      ? undefined
      : (eitherObjection(
          blockedBy(nodes[a]!.identifier, rules),
          blockedBy(nodes[b]!.identifier, rules),
        ) ?? genericEnd(generic[a], generic[b], decision.objection));
    objections.push(standing(decision.objection) ?? ruledOut);
  }
  const arriving = joins.findIndex(({ id }) => id === options.arriving);
  return {
    edges,
    objections,
    joins,
    arriving: arriving < 0 ? undefined : links.length + arriving,
  };
}

/** The components: what the edges without an objection connect. Notes the objection to those that would connect too much. */
function connect(
  nodes: readonly GraphNode[],
  { edges, objections, arriving }: Edges,
  rules: Rules,
): UnionFind {
  const components = setsOf(nodes);
  const max = rules.identifiersPerComponentMax;
  // Counted loops: over a whole database, and over one component with every link that comes to it.
  for (let index = 0; index < edges.length; index++)
    if (objections[index] === undefined && index !== arriving)
      components.union(edges[index]!.a, edges[index]!.b);
  const isCrowded = ({ a }: Edge, index: number) =>
    objections[index] === undefined && index !== arriving && components.sizeOf(a) > max;
  const connected = edges.some(isCrowded)
    ? connectInOrder(nodes, { edges, objections }, isCrowded, rules)
    : components;
  if (arriving !== undefined && objections[arriving] === undefined)
    objections[arriving] = connectWithin(connected, edges[arriving]!, max);
  return connected;
}

/** The same where some of it would be too large: there the links are followed in their order, as long as there is room. */
function connectInOrder(
  nodes: readonly GraphNode[],
  { edges, objections }: Pick<Edges, "edges" | "objections">,
  isCrowded: (edge: Edge, index: number) => boolean,
  rules: Rules,
): UnionFind {
  const components = setsOf(nodes);
  const crowded: number[] = [];
  for (const [index, edge] of edges.entries()) {
    if (isCrowded(edge, index)) crowded.push(index);
    else if (objections[index] === undefined) components.union(edge.a, edge.b);
  }
  for (const index of inOrder(crowded, edges, nodes, rules))
    objections[index] = connectWithin(components, edges[index]!, rules.identifiersPerComponentMax);
  return components;
}

function connectWithin(components: UnionFind, { a, b }: Edge, max: number): Objection | undefined {
  const isTooLarge = !components.same(a, b) && components.sizeOf(a) + components.sizeOf(b) > max;
  if (isTooLarge) return { rule: "identifiersPerComponentMax", subject: "" };
  components.union(a, b);
  return undefined;
}

function setsOf(nodes: readonly unknown[]): UnionFind {
  const sets = new UnionFind(nodes.length);
  sets.add(nodes.length);
  return sets;
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
  const isLimited = new Set(
    [...new Set(nodes.map(({ identifier }) => identifier.namespace))].filter(
      (namespace) => rulesFor(namespace, rules).limit !== Infinity,
    ),
  );
  const limited = function* (members: Iterable<number>): Generator<string, void> {
    for (const member of members) {
      const { namespace } = nodes[member]!.identifier;
      if (isLimited.has(namespace)) yield namespace;
    }
  };
  for (const node of nodes.keys()) {
    if (components.find(node) !== node || components.sizeOf(node) === 1) continue;
    const isTooLarge = components.sizeOf(node) > rules.identifiersPerProfileMax;
    if (isTooLarge || !isWithinLimits(countsOf(limited(components.members(node))), rules))
      yield node;
  }
}

function foldTouched(
  { nodes }: Graph,
  { edges, objections }: Edges,
  components: UnionFind,
  touched: ReadonlySet<number>,
  splits: readonly Split[],
  rules: Rules,
): UnionFind {
  const profiles = setsOf(nodes);
  if (touched.size === 0) return profiles;
  const identifierOf = (node: number) => nodes[node]!.identifier;
  const holdings = new Holdings(profiles, identifierOf, splits, rules);
  const isWalked = (index: number) =>
    objections[index] === undefined && touched.has(components.find(edges[index]!.a));
  const walk = inOrder([...edges.keys()].filter(isWalked), edges, nodes, rules);
  // One walk through all of them: components have no link in common, so none can tell that there are others.
  const refusals = fold(
    walk.map((index) => edges[index]!),
    profiles,
    holdings,
  );
  for (const [step, refusal] of refusals.entries()) objections[walk[step]!] = refusal;
  return profiles;
}
