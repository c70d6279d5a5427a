/**
 * Derives people again without any new event: after a decision, under other rules, or only to compare. The graph holds
 * whole components, of which the store has kept the last derivation; what comes out is the difference.
 */
import {
  NO_CHANGES,
  type Change,
  type ChangeSet,
  type DecisionChange,
  type IdentifierChange,
  type LinkChange,
} from "./change-set.ts";
import { barredLinks, derive, type Derivation, type DeriveOptions } from "./derive.ts";
import { differenceOf, type Difference } from "./difference.ts";
import type { CountedGraph, CountedNode, Graph, GraphDecision } from "./graph.ts";
import type { Objection } from "./objection.ts";
import { objectionChange, redraw, type Origin, type Redrawing } from "./redraw.ts";
import { countOf, isGeneric, type Counts, type Rules } from "./rules.ts";
import type { Decision, DecisionId, Milliseconds, ProfileId } from "./types.ts";

export interface Rederivation {
  readonly changes: ChangeSet;
  readonly difference: Difference;
  /** By `join`: why it is not followed. */
  readonly joinObjections: ReadonlyMap<DecisionId, Objection | undefined>;
}

/**
 * The whole graph, by these rules: how many neighbours everybody has is counted anew too. `afresh` is for rules that
 * are not those by which the graph was kept.
 */
export function rebuild(
  graph: CountedGraph,
  rules: Rules,
  origin: Origin,
  options: Pick<DeriveOptions, "afresh"> = {},
): Rederivation {
  const barred = barredLinks(graph, rules);
  const nodes = recounted(graph, barred, rules);
  const counted: Graph = { ...graph, nodes };
  const { changes, ...rest } = rederive(
    counted,
    derive(counted, rules, { ...options, barred }),
    origin,
  );
  const { updates, generics } = neighbourChanges(graph.nodes, nodes, origin);
  return { ...rest, changes: { ...changes, updates, changes: [...generics, ...changes.changes] } };
}

/** What a new decision changes, in the graph of the components of its ends. */
export function decide(graph: Graph, rules: Rules, decision: Decision): Rederivation {
  const { id, kind, override, a, b, at } = decision;
  const added: GraphDecision = { id, kind, override, a: a.id, b: b.id, objection: undefined };
  const decided = { ...graph, decisions: [...graph.decisions, added] };
  const derivation = derive(decided, rules, { barred: [], arriving: id });
  const result = rederive(decided, derivation, { cause: { decision: id }, at });
  const taken: DecisionChange = {
    kind: "taken",
    decision,
    objection: derivation.joinObjections.get(id),
  };
  const judged = result.changes.decisions.filter(
    (change) => change.kind !== "judged" || change.id !== id,
  );
  return { ...result, changes: { ...result.changes, decisions: [taken, ...judged] } };
}

/** What it changes to take a standing decision back. */
export function takeBack(
  graph: Graph,
  rules: Rules,
  id: DecisionId,
  at: Milliseconds,
): Rederivation {
  const decisions = graph.decisions.filter((decision) => decision.id !== id);
  const remaining = { ...graph, decisions };
  const origin: Origin = { cause: { decision: id, takenBack: true }, at };
  const result = rederive(remaining, derive(remaining, rules, { barred: [] }), origin);
  const taken: DecisionChange = { kind: "takenBack", id, at };
  return {
    ...result,
    changes: { ...result.changes, decisions: [taken, ...result.changes.decisions] },
  };
}

/** From what the store keeps of a graph to what its derivation says. */
export function rederive(graph: Graph, derivation: Derivation, origin: Origin): Rederivation {
  let places = 0;
  const redrawing = redraw(
    graph,
    derivation,
    () => origin,
    () => places++,
  );
  const links = redrawing.judged.map((link): LinkChange => {
    const { a, b, trust, evidenceAt } = graph.links[link]!;
    const objection = derivation.objections[link];
    return { a: graph.nodes[a]!, b: graph.nodes[b]!, trust, evidenceAt, isNew: false, objection };
  });
  return {
    changes: {
      ...NO_CHANGES,
      moves: redrawing.moves,
      founders: redrawing.founders,
      links,
      decisions: redrawing.decisions,
      changes: [...redrawing.changes, ...objectionsTold(graph, derivation, redrawing, origin)],
    },
    difference: differenceOf(graph, derivation, redrawing),
    joinObjections: derivation.joinObjections,
  };
}

function objectionsTold(
  graph: Graph,
  derivation: Derivation,
  redrawing: Redrawing,
  origin: Origin,
): Change[] {
  if (redrawing.judged.length === 0) return [];
  const orders = new Map(graph.nodes.map(({ id, order }) => [id, order] as const));
  const agedOf = (node: number) => {
    const id = redrawing.canonicalOf(node);
    return { id, order: orders.get(id)! };
  };
  return redrawing.judged.flatMap((link) => {
    const objection = derivation.objections[link];
    if (objection === undefined) return [];
    const { a, b } = graph.links[link]!;
    const ends = { a: graph.nodes[a]!.id, b: graph.nodes[b]!.id };
    const profiles = [agedOf(a), agedOf(b)] as const;
    const change = objectionChange(ends, profiles, objection, origin);
    return change === undefined ? [] : [change];
  });
}

/** The nodes with the number of their neighbours as it is: those that links join with them and that nothing bars. */
function recounted(
  { nodes, links }: CountedGraph,
  barred: readonly (Objection | undefined)[],
  rules: Rules,
): CountedNode[] {
  const namespaces = [...new Set(nodes.map(({ identifier }) => identifier.namespace))];
  const numbers = new Map(namespaces.map((namespace, number) => [namespace, number] as const));
  const numberOf = new Int32Array(nodes.length);
  for (let place = 0; place < nodes.length; place++)
    numberOf[place] = numbers.get(nodes[place]!.identifier.namespace)!;
  const counts = new Int32Array(nodes.length * namespaces.length);
  for (const [link, { a, b }] of links.entries()) {
    if (barred[link] !== undefined) continue;
    counts[a * namespaces.length + numberOf[b]!]!++;
    counts[b * namespaces.length + numberOf[a]!]!++;
  }
  return nodes.map((node, place) => {
    const from = place * namespaces.length;
    const isSame = namespaces.every(
      (namespace, number) => countOf(node.neighbours, namespace) === counts[from + number],
    );
    if (isSame) return ruled(node, node.neighbours, rules);
    const entries = namespaces.map(
      (namespace, number) => [namespace, counts[from + number]!] as const,
    );
    return ruled(node, Object.fromEntries(entries.filter(([, count]) => count > 0)), rules);
  });
}

/** The node with these neighbours, and as generic as they make it; itself where that is what it is. */
function ruled(node: CountedNode, neighbours: Counts, rules: Rules): CountedNode {
  const generic = isGeneric(node.identifier, neighbours, rules);
  return node.neighbours === neighbours && node.generic === generic
    ? node
    : { ...node, neighbours, generic };
}

function neighbourChanges(
  before: readonly CountedNode[],
  after: readonly CountedNode[],
  origin: Origin,
): { readonly updates: IdentifierChange[]; readonly generics: Change[] } {
  const updates: IdentifierChange[] = [];
  const generics: Change[] = [];
  for (const [place, node] of after.entries()) {
    if (node === before[place]) continue;
    const { id, neighbours, generic } = node;
    updates.push({ id, neighbours, generic });
    if (generic && !before[place]!.generic)
      generics.push({ kind: "generic", into: id, from: [], identifier: id, ...origin });
  }
  return { updates, generics };
}

/** A ruling that a new decision would contradict; both cannot stand. */
export function contradicted(
  graph: Graph,
  { kind, a, b }: Pick<Decision, "kind" | "a" | "b">,
): GraphDecision | undefined {
  const profiles = new Map(graph.nodes.map(({ id, profile }) => [id, profile] as const));
  const isPair = (decision: GraphDecision, left: ProfileId, right: ProfileId) =>
    (decision.a === left && decision.b === right) || (decision.a === right && decision.b === left);
  if (kind === "split")
    return graph.decisions.find(
      (decision) => decision.kind === "join" && isPair(decision, a.id, b.id),
    );
  // A join brings two whole profiles together, so it must not meet anybody who is kept apart from one of them.
  const [left, right] = [profiles.get(a.id), profiles.get(b.id)];
  return graph.decisions.find((decision) => {
    if (decision.kind !== "split") return false;
    const ends = new Set([profiles.get(decision.a), profiles.get(decision.b)]);
    return left !== right && ends.has(left) && ends.has(right);
  });
}
