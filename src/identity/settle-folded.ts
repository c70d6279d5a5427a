/**
 * Settles the groups of a batch that a rule touches: what the store has of their components, together with what the
 * batch brings, is derived anew, and the borders are redrawn.
 */
import type { BatchDraft, LinkDraft } from "./batch-draft.ts";
import type { BatchPlan } from "./batch-plan.ts";
import type { Found } from "./change-set.ts";
import { derive } from "./derive.ts";
import {
  joinGraphs,
  ORDER_OF_CREATED,
  type Graph,
  type GraphLink,
  type GraphNode,
} from "./graph.ts";
import { linkKey } from "./identifier.ts";
import { outcomeOf, type Objection } from "./objection.ts";
import { redraw, type Origin } from "./redraw.ts";
import type { Rules } from "./rules.ts";
import type { Seat, Settlement } from "./settlement.ts";
import type { IdentifiedEvent, Link, ProfileId } from "./types.ts";

const NOTHING_FOLDED: Settlement = {
  seats: new Map(),
  absorptions: [],
  moves: [],
  founders: [],
  refusals: new Map(),
  judged: [],
  decisions: [],
  changes: [],
  canonicalOf: () => undefined,
  orderOf: () => undefined,
};

/** All of them at once: groups have no link in common, so each is drawn as if it were alone. */
export function settleFolded(
  draft: BatchDraft,
  plan: BatchPlan,
  contents: Found["contents"],
  rules: Rules,
  fresh: () => number,
): Settlement {
  if (plan.folded.size === 0) return NOTHING_FOLDED;
  const assembly = assemble(draft, plan, contents);
  const { graph, places, drafts } = assembly;
  const derivation = derive(graph, rules, { barred: [] });
  const originOf = latestEvents(assembly, plan, derivation.profileOf);
  const redrawing = redraw(graph, derivation, originOf, fresh);

  const seats = new Map<ProfileId, Seat>();
  for (const [index, { id, profile }] of graph.nodes.entries())
    if (profile === undefined)
      seats.set(id, {
        place: redrawing.placeOf(index),
        component: redrawing.componentOf(index),
        founded: redrawing.canonicalOf(index) === id,
      });
  const refusals = new Map<string, Objection>();
  for (const [link, { key }] of drafts) {
    const objection = derivation.objections[link];
    if (outcomeOf(objection) === "refused") refusals.set(key, objection!);
  }
  return {
    seats,
    absorptions: [],
    moves: redrawing.moves,
    founders: redrawing.founders,
    refusals,
    judged: redrawing.judged
      .filter((link) => !draft.links.has(keyOfLink(graph, link)))
      .map((link) => {
        const { a } = graph.links[link]!;
        const origin = originOf(derivation.profileOf[a]!, a);
        return { ...linkAt(graph, link), objection: derivation.objections[link], origin };
      }),
    decisions: redrawing.decisions,
    changes: redrawing.changes,
    canonicalOf: (id) => {
      const place = places.get(id);
      return place === undefined ? undefined : redrawing.canonicalOf(place);
    },
    orderOf: (id) => {
      const place = places.get(id);
      return place === undefined ? undefined : graph.nodes[place]!.order;
    },
  };
}

function keyOfLink({ nodes, links }: Graph, place: number): string {
  const { a, b } = links[place]!;
  return linkKey(nodes[a]!, nodes[b]!);
}

function linkAt({ nodes, links }: Graph, place: number): Link {
  const { a, b, trust, evidenceAt } = links[place]!;
  return { a: nodes[a]!, b: nodes[b]!, trust, evidenceAt };
}

interface Assembly {
  readonly graph: Graph;
  /** Of every node. */
  readonly places: ReadonlyMap<ProfileId, number>;
  /** By place of the link: the batch's news of it. */
  readonly drafts: ReadonlyMap<number, { readonly key: string; readonly draft: LinkDraft }>;
  /** By node: the root of its group in the plan. */
  readonly groupOf: readonly number[];
}

/** What is known of the groups, what the batch creates in them, and its links with their values from now on. */
function assemble(draft: BatchDraft, plan: BatchPlan, contents: Found["contents"]): Assembly {
  const groupNamed = (id: ProfileId) => plan.groups.find(plan.unitOf(id));
  const known = joinGraphs([...contents.values()]);
  const groupOf = [...contents].flatMap(([key, { nodes }]) =>
    nodes.map(() => plan.groups.find(plan.unitCalled(key))),
  );
  const nodes: GraphNode[] = [...known.nodes];
  for (const { node } of draft.created.values()) {
    const group = groupNamed(node.id);
    if (!plan.folded.has(group)) continue;
    groupOf.push(group);
    nodes.push({
      ...node,
      order: ORDER_OF_CREATED + nodes.length,
      profile: undefined,
      component: undefined,
      generic: plan.isGeneric(node.id, node.identifier),
    });
  }
  const places = new Map<ProfileId, number>();
  for (const [place, { id }] of nodes.entries()) places.set(id, place);
  for (const { node } of plan.genericTurns) {
    const place = places.get(node.id);
    if (place !== undefined) nodes[place] = { ...nodes[place]!, generic: true };
  }

  const links = [...known.links];
  const standing = placesOfKnown(links, draft, places);
  const drafts = new Map<number, { key: string; draft: LinkDraft }>();
  for (const [key, link] of plan.inPlay()) {
    if (!plan.folded.has(groupNamed(link.a.id))) continue;
    const place = standing.get(key) ?? links.length;
    links[place] = drafted(link, places);
    drafts.set(place, { key, draft: link });
  }
  return { graph: { nodes, links, decisions: known.decisions }, places, drafts, groupOf };
}

/** By `linkKey`: where among the links those stand of which the batch brings more news. */
function placesOfKnown(
  links: readonly GraphLink[],
  draft: BatchDraft,
  places: ReadonlyMap<ProfileId, number>,
): Map<string, number> {
  const found = new Map<string, number>();
  const keys = new Map<number, string>();
  const pair = (a: number, b: number) => Math.min(a, b) * places.size + Math.max(a, b);
  for (const [key, { a, b, before }] of draft.links) {
    const [left, right] = [places.get(a.id), places.get(b.id)];
    if (before !== undefined && left !== undefined && right !== undefined)
      keys.set(pair(left, right), key);
  }
  if (keys.size === 0) return found;
  for (const [place, { a, b }] of links.entries()) {
    const key = keys.get(pair(a, b));
    if (key !== undefined) found.set(key, place);
  }
  return found;
}

function drafted(link: LinkDraft, places: ReadonlyMap<ProfileId, number>): GraphLink {
  const { a, b, trust, evidenceAt } = link;
  return {
    a: places.get(a.id)!,
    b: places.get(b.id)!,
    trust,
    evidenceAt,
    // What was held against it is past: there is news of it, and it may be followed.
    objection: undefined,
  };
}

/**
 * Which event brought a profile's borders about: the last that brought news of one of its links, else the last that
 * brought news to its group.
 */
function latestEvents(
  { graph, drafts, groupOf }: Assembly,
  plan: BatchPlan,
  profileOf: Int32Array,
): (profile: number, node: number) => Origin {
  const byProfile = new Map<number, IdentifiedEvent>();
  const byGroup = new Map<number, IdentifiedEvent>();
  for (const { node, event } of plan.genericTurns)
    byGroup.set(plan.groups.find(plan.unitOf(node.id)), event);
  for (const [link, { draft }] of drafts) {
    const { a, b } = graph.links[link]!;
    byGroup.set(groupOf[a]!, draft.event);
    byProfile.set(profileOf[a]!, draft.event).set(profileOf[b]!, draft.event);
  }
  return (profile, node) => {
    const event = byProfile.get(profile) ?? byGroup.get(groupOf[node]!)!;
    return { cause: { event: event.id }, at: event.receivedAt };
  };
}
