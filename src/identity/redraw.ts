/**
 * From people as the store keeps them to people as a derivation says they are: who moves where, which links are judged
 * otherwise, and what the feed has to tell. A profile keeps the place of the one it has most members of, so what is
 * written is bounded by the smaller sides (invariant I5) and never touches an event.
 */
import type { Cause, Change, ComponentPlace, DecisionChange, Move, Place } from "./change-set.ts";
import type { Derivation } from "./derive.ts";
import type { ComponentKey, Graph, GraphNode } from "./graph.ts";
import { isRefusal, sameObjection, type Objection } from "./objection.ts";
import type { Milliseconds, ProfileId } from "./types.ts";

export interface Redrawing {
  readonly moves: readonly Move[];
  readonly founders: readonly ProfileId[];
  /** The places, in the graph, of links that are judged otherwise than the store keeps. */
  readonly judged: readonly number[];
  readonly decisions: readonly DecisionChange[];
  readonly changes: readonly Change[];
  /** By node, also those that are not stored yet. */
  readonly placeOf: (node: number) => Place;
  readonly componentOf: (node: number) => ComponentPlace;
  readonly canonicalOf: (node: number) => ProfileId;
}

/** What brought a change about, and when. */
export interface Origin {
  readonly cause: Cause;
  readonly at: Milliseconds;
}

/** Of a profile, by the derivation's number of it and the place of its founder. */
type OriginOf = (profile: number, founder: number) => Origin;

/** `fresh` gives the next number of a new place, unique within the change set. */
export function redraw(
  graph: Graph,
  derivation: Derivation,
  originOf: OriginOf,
  fresh: () => number,
): Redrawing {
  const { nodes, links, decisions } = graph;
  const { profileOf, componentOf, touched } = derivation;
  const founders = foundersOf(nodes, profileOf);
  const profilePlaces = settle(
    nodes,
    profileOf,
    ({ profile }) => profile,
    () => true,
    fresh,
  );
  const componentPlaces = settle(
    nodes,
    componentOf,
    ({ component }) => component,
    (component) => touched.has(component),
    fresh,
  );
  const placeOf = (node: number): Place => profilePlaces.get(profileOf[node]!)!;
  const componentPlaceOf = (node: number): ComponentPlace =>
    componentPlaces.get(componentOf[node]!);
  const canonicalOf = (node: number) => nodes[founders.get(profileOf[node]!)!]!.id;

  const moves = nodes.flatMap((node, index): Move[] => {
    if (node.profile === undefined) return [];
    const place = placeOf(index);
    const component = componentPlaceOf(index);
    return isAt(place, node.profile) && isAt(component, node.component)
      ? []
      : [{ id: node.id, place, component }];
  });
  const judged = [...links.keys()].filter(
    (link) => !sameObjection(links[link]!.objection, derivation.objections[link]),
  );
  const judgedJoins = decisions.filter(
    ({ id, objection }) =>
      derivation.joinObjections.has(id) &&
      !sameObjection(objection, derivation.joinObjections.get(id)),
  );
  return {
    moves,
    founders: [...founders.values()]
      .map((founder) => nodes[founder]!)
      .filter(({ id, profile }) => profile !== undefined && profile !== id)
      .map(({ id }) => id),
    judged,
    decisions: judgedJoins.map(({ id }) => ({
      kind: "judged",
      id,
      objection: derivation.joinObjections.get(id),
    })),
    changes: borderChanges(nodes, profileOf, founders, originOf),
    placeOf,
    componentOf: componentPlaceOf,
    canonicalOf,
  };
}

function isAt(place: Place | ComponentPlace, former: string | undefined): boolean {
  if (place === undefined) return former === undefined;
  return "former" in place && place.former === former;
}

/** The first received of each profile: by the derivation's number, the place of the node. */
function foundersOf(nodes: readonly GraphNode[], profileOf: Int32Array): Map<number, number> {
  const founders = new Map<number, number>();
  for (const [node, profile] of profileOf.entries()) {
    const founder = founders.get(profile);
    if (founder === undefined || nodes[node]!.order < nodes[founder]!.order)
      founders.set(profile, node);
  }
  return founders;
}

/**
 * Gives every group its place: of the places that its members are in, the one with the most of them, unless another
 * group has still more members there; else a fresh one. Groups that `needsPlace` denies get none.
 */
function settle(
  nodes: readonly GraphNode[],
  groupOf: Int32Array,
  formerOf: (node: GraphNode) => ProfileId | ComponentKey | undefined,
  needsPlace: (group: number) => boolean,
  fresh: () => number,
): Map<number, { readonly former: string } | { readonly fresh: number }> {
  const counts = new Map<number, Map<string, number>>();
  for (const [node, group] of groupOf.entries()) {
    if (!needsPlace(group)) continue;
    const former = formerOf(nodes[node]!);
    const ofGroup = counts.get(group) ?? new Map<string, number>();
    counts.set(group, ofGroup);
    if (former !== undefined) ofGroup.set(former, (ofGroup.get(former) ?? 0) + 1);
  }
  const claims = [...counts].flatMap(([group, formers]) =>
    [...formers].map(([former, count]) => ({ group, former, count })),
  );
  const places = new Map<number, { readonly former: string } | { readonly fresh: number }>();
  const taken = new Set<string>();
  for (const { group, former } of claims.toSorted((left, right) => right.count - left.count)) {
    if (places.has(group) || taken.has(former)) continue;
    places.set(group, { former });
    taken.add(former);
  }
  for (const group of counts.keys()) if (!places.has(group)) places.set(group, { fresh: fresh() });
  return places;
}

/** Which former profiles went into which, whole (a merge) or in part (a split). */
function borderChanges(
  nodes: readonly GraphNode[],
  profileOf: Int32Array,
  founders: ReadonlyMap<number, number>,
  originOf: OriginOf,
): Change[] {
  const sizes = new Map<ProfileId, number>();
  const arrivals = new Map<number, Map<ProfileId, number>>();
  for (const [node, { profile }] of nodes.entries()) {
    if (profile === undefined) continue;
    sizes.set(profile, (sizes.get(profile) ?? 0) + 1);
    const group = profileOf[node]!;
    const ofGroup = arrivals.get(group) ?? new Map<ProfileId, number>();
    arrivals.set(group, ofGroup.set(profile, (ofGroup.get(profile) ?? 0) + 1));
  }
  const changes: Change[] = [];
  for (const [group, formers] of arrivals) {
    const founder = founders.get(group)!;
    const into = nodes[founder]!.id;
    const strangers = [...formers].filter(([former]) => former !== into);
    const isWhole = ([former, count]: readonly [ProfileId, number]) => count === sizes.get(former);
    const whole = strangers.filter(isWhole).map(([former]) => former);
    for (const [from] of strangers.filter((stranger) => !isWhole(stranger)))
      changes.push({ kind: "split", into, from: [from], ...originOf(group, founder) });
    if (whole.length > 0)
      changes.push({ kind: "merge", into, from: whole, ...originOf(group, founder) });
  }
  return changes;
}

/** The feed's word on a link that a rule keeps from being followed; undefined where there is nothing to tell. */
export function objectionChange(
  ends: { readonly a: ProfileId; readonly b: ProfileId },
  profiles: readonly [ProfileId, ProfileId],
  objection: Objection,
  { cause, at }: Origin,
): Change | undefined {
  const { rule, subject } = objection;
  const [into, other] = profiles;
  const from = into === other ? [] : [other];
  const { a, b } = ends;
  if (isRefusal(rule)) return { kind: "refusal", into, from, a, b, rule, subject, cause, at };
  if (rule === "trust") return { kind: "pending", into, from, a, b, rule, subject, cause, at };
  return undefined;
}
