/**
 * What a derivation changes, for people: the profiles that merge and those that split, with their identifiers, and the
 * links that make the difference.
 */
import type { Derivation } from "./derive.ts";
import { placesOfEnds, type Graph, type GraphNode } from "./graph.ts";
import type { Objection } from "./objection.ts";
import type { Redrawing } from "./redraw.ts";
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

/** A profile that is made of several. */
interface MergeDifference {
  /** As it is then. */
  readonly into: NamedProfile;
  /** As they were: all that it has members of. */
  readonly from: readonly NamedProfile[];
  /** Followed from now on, between profiles that were apart. */
  readonly links: readonly JudgedEdge[];
}

/** A profile that is several from now on. */
interface SplitDifference {
  /** As it was. */
  readonly from: NamedProfile;
  /** As they are then: all that have members of it. */
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

/** Of the stored nodes whose profiles are not what they were; all of a profile's nodes are among them, or none is. */
export function differenceOf(
  graph: Graph,
  derivation: Derivation,
  { affected, canonicalOf }: Redrawing,
): Difference {
  const before = new Map<ProfileId, Node[]>();
  const after = new Map<ProfileId, Node[]>();
  const sides = new Map<ProfileId, Set<ProfileId>>();
  const parts = new Map<ProfileId, Set<ProfileId>>();
  for (const place of affected) {
    const { id, identifier, profile } = graph.nodes[place]!;
    if (profile === undefined) continue;
    const then = canonicalOf(place);
    append(before, profile, { id, identifier });
    append(after, then, { id, identifier });
    sides.set(then, (sides.get(then) ?? new Set()).add(profile));
    parts.set(profile, (parts.get(profile) ?? new Set()).add(then));
  }
  const named = (members: ReadonlyMap<ProfileId, readonly Node[]>, id: ProfileId) => ({
    id,
    members: members.get(id)!,
  });
  const { uniting, dividing } = decisiveEdges(graph, derivation, canonicalOf);
  return {
    before: [...before.keys()].map((id) => named(before, id)),
    after: [...after.keys()].map((id) => named(after, id)),
    merges: [...sides].flatMap(([id, from]) =>
      from.size < 2
        ? []
        : [
            {
              into: named(after, id),
              from: [...from].map((side) => named(before, side)),
              links: uniting.get(id) ?? [],
            },
          ],
    ),
    splits: [...parts].flatMap(([id, into]) =>
      into.size < 2
        ? []
        : [
            {
              from: named(before, id),
              into: [...into].map((part) => named(after, part)),
              links: dividing.get(id) ?? [],
            },
          ],
    ),
  };
}

function append<Key, Value>(lists: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
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
    if (areOne) append(uniting, into, edge);
    else append(dividing, left.profile!, edge);
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
