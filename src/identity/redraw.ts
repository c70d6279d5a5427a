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
  /** The nodes whose profile is not what it was; all of a profile's nodes are among them, or none is. */
  readonly affected: readonly number[];
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
  const profiles = regroup(
    nodes,
    profileOf,
    ({ profile }) => profile,
    () => true,
  );
  const components = regroup(
    nodes,
    componentOf,
    ({ component }) => component,
    (group) => touched.has(group),
  );
  const founders = foundersOf(nodes, profileOf, profiles.nodes);
  const profilePlaces = settle(profiles, profileOf, fresh);
  const componentPlaces = settle(components, componentOf, fresh);
  // Where nothing is otherwise, everybody stays where he is.
  const placeOf = (node: number): Place =>
    profilePlaces.get(profileOf[node]!) ?? { former: nodes[node]!.profile! };
  const componentPlaceOf = (node: number): ComponentPlace => {
    const { component } = nodes[node]!;
    if (components.affected.has(componentOf[node]!)) return componentPlaces.get(componentOf[node]!);
    return component === undefined ? undefined : { former: component };
  };
  const isTouched = (node: number) =>
    profiles.affected.has(profileOf[node]!) || components.affected.has(componentOf[node]!);
  const canonicalOf = (node: number): ProfileId => {
    const founder = founders.get(profileOf[node]!);
    return founder === undefined ? nodes[node]!.profile! : nodes[founder]!.id;
  };

  return {
    affected: profiles.nodes,
    moves: movesOf(nodes, isTouched, placeOf, componentPlaceOf),
    founders: [...founders.values()]
      .map((founder) => nodes[founder]!)
      .filter(({ id, profile }) => profile !== undefined && profile !== id)
      .map(({ id }) => id),
    judged: judgedLinks(links, derivation),
    decisions: judgedJoins(decisions, derivation),
    changes: borderChanges(profiles, nodes, profileOf, founders, originOf),
    placeOf,
    componentOf: componentPlaceOf,
    canonicalOf,
  };
}

/** Of the nodes whose profile or component is otherwise, those that are not where they were. */
function movesOf(
  nodes: readonly GraphNode[],
  isTouched: (node: number) => boolean,
  placeOf: (node: number) => Place,
  componentPlaceOf: (node: number) => ComponentPlace,
): Move[] {
  const moves: Move[] = [];
  for (let node = 0; node < nodes.length; node++) {
    const { id, profile, component: formerComponent } = nodes[node]!;
    if (profile === undefined || !isTouched(node)) continue;
    const place = placeOf(node);
    const component = componentPlaceOf(node);
    if (!isAt(place, profile) || !isAt(component, formerComponent))
      moves.push({ id, place, component });
  }
  return moves;
}

/** The places of the links that are judged otherwise than the store keeps. */
function judgedLinks(links: Graph["links"], { objections }: Derivation): number[] {
  const judged: number[] = [];
  for (let link = 0; link < links.length; link++)
    if (!sameObjection(links[link]!.objection, objections[link])) judged.push(link);
  return judged;
}

function judgedJoins(
  decisions: Graph["decisions"],
  { joinObjections }: Derivation,
): DecisionChange[] {
  return decisions
    .filter(
      ({ id, objection }) =>
        joinObjections.has(id) && !sameObjection(objection, joinObjections.get(id)),
    )
    .map(({ id }) => ({ kind: "judged", id, objection: joinObjections.get(id) }));
}

/** What is otherwise in how nodes are grouped. */
interface Regrouping {
  /** The groups that are not what some former group was. */
  readonly affected: ReadonlySet<number>;
  /** Those of them that have a place. */
  readonly placed: ReadonlySet<number>;
  /** Their nodes. All nodes of a former group are among them, or none is. */
  readonly nodes: readonly number[];
  readonly formerOf: (node: number) => string | undefined;
}

/** Groups that `needsPlace` denies have none, and are as they were where none of their nodes was in one. */
function regroup(
  nodes: readonly GraphNode[],
  groupOf: Int32Array,
  formerOf: (node: GraphNode) => ComponentKey | undefined,
  needsPlace: (group: number) => boolean,
): Regrouping {
  const formers = new Map<string, number>();
  const formerSizes: number[] = [];
  const sizes = new Int32Array(nodes.length);
  const formerOfGroup = new Int32Array(nodes.length).fill(UNSEEN);
  // Counted loops: for a component of ten thousand these are what one more link costs.
  for (let node = 0; node < nodes.length; node++) {
    const group = groupOf[node]!;
    const key = formerOf(nodes[node]!);
    let former = NO_FORMER;
    if (key !== undefined) {
      former = formers.get(key) ?? formers.size;
      if (former === formers.size) formers.set(key, former);
      formerSizes[former] = (formerSizes[former] ?? 0) + 1;
    }
    sizes[group]!++;
    const seen = formerOfGroup[group]!;
    formerOfGroup[group] = seen === UNSEEN || seen === former ? former : MIXED;
  }
  const isAffected = (group: number): boolean => {
    const former = formerOfGroup[group]!;
    if (former === NO_FORMER) return needsPlace(group);
    return former === MIXED || !needsPlace(group) || formerSizes[former] !== sizes[group];
  };
  const affected = new Set<number>();
  for (let group = 0; group < sizes.length; group++)
    if (sizes[group]! > 0 && isAffected(group)) affected.add(group);
  return {
    affected,
    placed: new Set([...affected].filter(needsPlace)),
    nodes:
      affected.size === 0 ? [] : [...nodes.keys()].filter((node) => affected.has(groupOf[node]!)),
    formerOf: (node) => formerOf(nodes[node]!),
  };
}

const NO_FORMER = -1;
const MIXED = -2;
const UNSEEN = -3;

function isAt(place: Place | ComponentPlace, former: string | undefined): boolean {
  if (place === undefined) return former === undefined;
  return "former" in place && place.former === former;
}

/** The first received of each profile of these nodes: by the derivation's number, the place of the node. */
function foundersOf(
  nodes: readonly GraphNode[],
  profileOf: Int32Array,
  chosen: readonly number[],
): Map<number, number> {
  const founders = new Map<number, number>();
  for (const node of chosen) {
    const profile = profileOf[node]!;
    const founder = founders.get(profile);
    if (founder === undefined || nodes[node]!.order < nodes[founder]!.order)
      founders.set(profile, node);
  }
  return founders;
}

/**
 * Gives every affected group its place: of the places that its members are in, the one with the most of them, unless
 * another group has still more members there; else a fresh one.
 */
function settle(
  { placed, nodes, formerOf }: Regrouping,
  groupOf: Int32Array,
  fresh: () => number,
): Map<number, { readonly former: string } | { readonly fresh: number }> {
  const counts = new Map<number, Map<string, number>>();
  for (const node of nodes) {
    const group = groupOf[node]!;
    const former = formerOf(node);
    if (former === undefined || !placed.has(group)) continue;
    const ofGroup = counts.get(group) ?? new Map<string, number>();
    counts.set(group, ofGroup.set(former, (ofGroup.get(former) ?? 0) + 1));
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
  for (const group of placed) if (!places.has(group)) places.set(group, { fresh: fresh() });
  return places;
}

/** Which former profiles went into which, whole (a merge) or in part (a split). */
function borderChanges(
  { nodes: chosen }: Regrouping,
  nodes: readonly GraphNode[],
  profileOf: Int32Array,
  founders: ReadonlyMap<number, number>,
  originOf: OriginOf,
): Change[] {
  const sizes = new Map<ProfileId, number>();
  const arrivals = new Map<number, Map<ProfileId, number>>();
  for (const node of chosen) {
    const { profile } = nodes[node]!;
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

/** A canonical profile and when it was founded: of two that were to be one, the elder would take in the other. */
export interface Aged {
  readonly id: ProfileId;
  readonly order: number;
}

/** The feed's word on a link that a rule keeps from being followed; undefined where there is nothing to tell. */
export function objectionChange(
  ends: { readonly a: ProfileId; readonly b: ProfileId },
  profiles: readonly [Aged, Aged],
  { rule, subject }: Objection,
  { cause, at }: Origin,
): Change | undefined {
  // In one order, for the entry's id is made of them.
  const [a, b] = ends.a < ends.b ? [ends.a, ends.b] : [ends.b, ends.a];
  const isInOrder = profiles[0].order <= profiles[1].order;
  const [elder, younger] = isInOrder ? profiles : [profiles[1], profiles[0]];
  const into = elder.id;
  const from = younger.id === into ? [] : [younger.id];
  if (isRefusal(rule)) return { kind: "refusal", into, from, a, b, rule, subject, cause, at };
  if (rule === "trust") return { kind: "pending", into, from, a, b, rule, subject, cause, at };
  return undefined;
}
