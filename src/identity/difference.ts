/**
 * What a derivation changes, for people: the profiles that merge and those that split, with their identifiers, and the
 * links that make the difference.
 */
import type { Change } from "./change-set.ts";
import type { Derivation } from "./derive.ts";
import { placesOfEnds, type Graph, type GraphNode } from "./graph.ts";
import type { Objection } from "./objection.ts";
import type { DecisionId, Node, ProfileId } from "./types.ts";

export interface NamedProfile {
  readonly id: ProfileId;
  readonly members: readonly Node[];
}

/** A link or a `join`, and what is made of it from now on. */
export interface JudgedEdge {
  readonly a: Node;
  readonly b: Node;
  readonly objection: Objection | undefined;
  /** Set for a `join`. */
  readonly decision?: DecisionId;
}

export interface MergeDifference {
  /** As it is then. */
  readonly into: NamedProfile;
  /** As they were. */
  readonly from: readonly NamedProfile[];
  /** Followed from now on, between profiles that were apart. */
  readonly links: readonly JudgedEdge[];
}

export interface SplitDifference {
  /** As it was. */
  readonly from: NamedProfile;
  /** As its parts are then. */
  readonly into: readonly NamedProfile[];
  /** Not followed from now on, within the profile that was. */
  readonly links: readonly JudgedEdge[];
}

export interface Difference {
  /** All profiles that are otherwise from now on, as they were and as they are then. */
  readonly before: readonly NamedProfile[];
  readonly after: readonly NamedProfile[];
  readonly merges: readonly MergeDifference[];
  readonly splits: readonly SplitDifference[];
}

/** `changes` are the feed's entries of the derivation; `canonicalOf` names a node's profile after it. */
export function differenceOf(
  graph: Graph,
  derivation: Derivation,
  changes: readonly Change[],
  canonicalOf: (node: number) => ProfileId,
): Difference {
  const formerOf = (node: number) => graph.nodes[node]!.profile;
  const merges = changes.filter(({ kind }) => kind === "merge");
  const torn = new Set(changes.filter(({ kind }) => kind === "split").flatMap(({ from }) => from));
  const partsOf = new Map<ProfileId, Set<ProfileId>>([...torn].map((id) => [id, new Set()]));
  if (torn.size > 0)
    for (const node of graph.nodes.keys())
      partsOf.get(formerOf(node) ?? "")?.add(canonicalOf(node));

  const before = membersBy(graph, formerOf, [
    ...torn,
    ...merges.flatMap(({ into, from }) => [into, ...from]),
  ]);
  const after = membersBy(graph, canonicalOf, [
    ...merges.map(({ into }) => into),
    ...[...partsOf.values()].flatMap((parts) => [...parts]),
  ]);
  const { uniting, dividing } = decisiveEdges(graph, derivation, canonicalOf);
  return {
    before: named(before),
    after: named(after),
    merges: merges.map(({ into, from }) => ({
      into: { id: into, members: after.get(into)! },
      from: from.map((id) => ({ id, members: before.get(id)! })),
      links: uniting.get(into) ?? [],
    })),
    splits: [...partsOf].map(([id, parts]) => ({
      from: { id, members: before.get(id)! },
      into: [...parts].map((part) => ({ id: part, members: after.get(part)! })),
      links: dividing.get(id) ?? [],
    })),
  };
}

/** Those that have members: the id of a new profile was, before, nobody's. */
function named(members: ReadonlyMap<ProfileId, readonly Node[]>): NamedProfile[] {
  return [...members].flatMap(([id, nodes]) =>
    nodes.length === 0 ? [] : [{ id, members: nodes }],
  );
}

/** The members of the profiles that are asked for. */
function membersBy(
  { nodes }: Graph,
  profileOf: (node: number) => ProfileId | undefined,
  wanted: readonly ProfileId[],
): Map<ProfileId, Node[]> {
  const members = new Map<ProfileId, Node[]>(wanted.map((id) => [id, []]));
  if (members.size > 0)
    for (const [place, { id, identifier }] of nodes.entries())
      members.get(profileOf(place) ?? "")?.push({ id, identifier });
  return members;
}

type EdgesByProfile = Map<ProfileId, JudgedEdge[]>;

/**
 * The edges that make the difference: those followed between profiles that were apart, by the profile that is, and
 * those not followed within a profile that was, by that one, whose ends are apart now.
 */
function decisiveEdges(
  graph: Graph,
  derivation: Derivation,
  canonicalOf: (node: number) => ProfileId,
): { readonly uniting: EdgesByProfile; readonly dividing: EdgesByProfile } {
  const uniting: EdgesByProfile = new Map();
  const dividing: EdgesByProfile = new Map();
  for (const { ends, objection, decision } of edgesOf(graph, derivation)) {
    const [left, right] = ends.map((end) => graph.nodes[end]!) as [GraphNode, GraphNode];
    const wereOne = left.profile !== undefined && left.profile === right.profile;
    const into = canonicalOf(ends[0]);
    const areOne = into === canonicalOf(ends[1]);
    if (wereOne === areOne || areOne === (objection !== undefined)) continue;
    const edge = {
      a: { id: left.id, identifier: left.identifier },
      b: { id: right.id, identifier: right.identifier },
      objection,
      ...(decision === undefined ? {} : { decision }),
    };
    const [lists, key] = areOne ? [uniting, into] : [dividing, left.profile!];
    lists.set(key, [...(lists.get(key) ?? []), edge]);
  }
  return { uniting, dividing };
}

interface DerivedEdge {
  readonly ends: readonly [number, number];
  readonly objection: Objection | undefined;
  readonly decision: DecisionId | undefined;
}

function* edgesOf(
  { nodes, links, decisions }: Graph,
  { objections, joinObjections }: Derivation,
): Generator<DerivedEdge, void> {
  for (const [link, { a, b }] of links.entries())
    yield { ends: [a, b], objection: objections[link], decision: undefined };
  const places = placesOfEnds(nodes, decisions);
  for (const { id, a, b } of decisions) {
    if (!joinObjections.has(id)) continue;
    const ends = [places.get(a)!, places.get(b)!] as const;
    yield { ends, objection: joinObjections.get(id), decision: id };
  }
}
