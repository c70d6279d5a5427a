/**
 * Who remains when somebody is erased: what a fold of the remaining links, decisions and rules says, as if the events that
 * go had never come. Those who go stay in the graph, without a link, until everybody is derived again: so the others
 * part from them as from anybody else, and a profile whose founder goes is named after the next.
 */
import type { Change, ChangeSet, IdentifierChange, KnownLink, LinkChange } from "./change-set.ts";
import { derive } from "./derive.ts";
import type { CountedGraph, Graph, GraphLink } from "./graph.ts";
import { linkKey } from "./identifier.ts";
import { barredBy } from "./objection.ts";
import { rebuild, rederive, type Rederivation } from "./rederive.ts";
import type { Origin } from "./redraw.ts";
import { countOf, isGeneric, type Counts, type Rules } from "./rules.ts";
import type { Link, Node, ProfileId } from "./types.ts";

/** A link for which an event that goes was evidence; `after` is what the events that stay say of it. */
interface Touched {
  readonly a: Node;
  readonly b: Node;
  readonly before: KnownLink;
  readonly after: Pick<Link, "trust" | "evidenceAt"> | undefined;
}

/** An identifier that stays, with the number of its neighbours until now. */
interface Neighbour {
  readonly node: Node;
  readonly neighbours: Counts;
  readonly generic: boolean;
}

export interface Going {
  readonly identifiers: ReadonlySet<ProfileId>;
  /** The links of those who stay. */
  readonly links: readonly Touched[];
  readonly bystanders: readonly Neighbour[];
}

/** The number of neighbours of those who have fewer from now on. */
function fewerNeighbours({ links, bystanders }: Going, rules: Rules): IdentifierChange[] {
  const lost = new Map<ProfileId, Map<string, number>>();
  const lose = (id: ProfileId, { identifier }: Node) => {
    const counts = lost.get(id) ?? new Map<string, number>();
    lost.set(id, counts.set(identifier.namespace, (counts.get(identifier.namespace) ?? 0) + 1));
  };
  for (const link of links) {
    if (!counted(link.before) || countsStill(link, rules)) continue;
    lose(link.a.id, link.b);
    lose(link.b.id, link.a);
  }
  return bystanders.flatMap(({ node: { id, identifier }, neighbours }) => {
    const fewer = lost.get(id);
    if (fewer === undefined) return [];
    const left = Object.keys(neighbours)
      .map((name) => [name, countOf(neighbours, name) - (fewer.get(name) ?? 0)] as const)
      .filter(([, count]) => count > 0);
    const counts: Counts = Object.fromEntries(left);
    return [{ id, neighbours: counts, generic: isGeneric(identifier, counts, rules) }];
  });
}

/** A link that no rule bars by itself makes its ends neighbours, also where it is refused or an end is generic. */
function counted({ objection }: KnownLink): boolean {
  return objection?.rule !== "blocked" && objection?.rule !== "trust";
}

function countsStill({ a, b, after }: Touched, rules: Rules): boolean {
  return after !== undefined && barredBy({ a, b, ...after }, rules) === undefined;
}

/** Whether a value is generic no longer: then links are in play again that no component holds. */
export function freesAnybody(going: Going, rules: Rules): boolean {
  const generic = new Set(going.bystanders.flatMap((one) => (one.generic ? one.node.id : [])));
  return fewerNeighbours(going, rules).some((change) => generic.has(change.id) && !change.generic);
}

/** In the graph of all components that are touched; nobody may be generic no longer. */
export function eraseFrom(graph: Graph, going: Going, rules: Rules, origin: Origin): ChangeSet {
  const left = withoutEvidence(graph, going);
  const result = rederive(left, derive(left, rules), origin);
  return changesOf(result, going, rules, fewerNeighbours(going, rules));
}

/** In the graph of the whole database. */
export function eraseFromAll(
  graph: CountedGraph,
  going: Going,
  rules: Rules,
  origin: Origin,
): ChangeSet {
  const left = { ...withoutEvidence(graph, going), nodes: graph.nodes };
  const result = rebuild(left, rules, origin);
  return changesOf(result, going, rules, result.changes.updates);
}

/** The graph as the events that stay make it. */
function withoutEvidence(graph: Graph, { identifiers, links }: Going): Graph {
  const { nodes } = graph;
  const touched = new Map(links.map((link) => [linkKey(link.a, link.b), link] as const));
  const ends = new Set(links.flatMap(({ a, b }) => [a.id, b.id]));
  const isGone = (node: number) => identifiers.has(nodes[node]!.id);
  return {
    nodes,
    links: graph.links.flatMap((link): GraphLink[] => {
      if (isGone(link.a) || isGone(link.b)) return [];
      const [a, b] = [nodes[link.a]!, nodes[link.b]!];
      const change = ends.has(a.id) && ends.has(b.id) ? touched.get(linkKey(a, b)) : undefined;
      if (change === undefined) return [link];
      return change.after === undefined ? [] : [{ ...link, ...change.after }];
    }),
    decisions: graph.decisions.filter(({ a, b }) => !identifiers.has(a) && !identifiers.has(b)),
  };
}

function changesOf(
  { changes }: Rederivation,
  { identifiers, links }: Going,
  rules: Rules,
  updates: readonly IdentifierChange[],
): ChangeSet {
  const stays = ({ id }: { readonly id: ProfileId }) => !identifiers.has(id);
  return {
    ...changes,
    updates: updates.filter(stays),
    moves: changes.moves.filter(stays),
    founders: changes.founders.filter((id) => !identifiers.has(id)),
    links: linkChanges(changes.links, links, rules),
    changes: changes.changes.filter((change) => isOfRemaining(change, identifiers)),
  };
}

/** That those who go part from each other is nothing to tell. */
function isOfRemaining({ into }: Change, gone: ReadonlySet<ProfileId>): boolean {
  return into === null || !gone.has(into);
}

/** What is judged otherwise, and what is known otherwise. */
function linkChanges(
  judged: readonly LinkChange[],
  touched: readonly Touched[],
  rules: Rules,
): LinkChange[] {
  const changes = new Map(judged.map((link) => [linkKey(link.a, link.b), link] as const));
  for (const { a, b, before, after } of touched) {
    const key = linkKey(a, b);
    if (after === undefined || changes.has(key)) continue;
    if (after.trust === before.trust && after.evidenceAt === before.evidenceAt) continue;
    // One out of play is in no component's graph; what keeps it out keeps it out still.
    const objection = barredBy({ a, b, ...after }, rules) ?? before.objection;
    changes.set(key, { a, b, ...after, isNew: false, objection });
  }
  return [...changes.values()];
}
