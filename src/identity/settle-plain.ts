/**
 * Settles the groups of a batch that no rule touches: each is one profile, by one union a link. Known profiles are one
 * node each whatever the number of their identifiers, so a merge of large profiles costs as much as one of small ones.
 * Merges are told event by event, as the links came to count.
 */
import type { BatchDraft } from "./batch-draft.ts";
import type { BatchPlan } from "./batch-plan.ts";
import type { Absorption, Change, Neighbourhood, Place } from "./change-set.ts";
import { ORDER_OF_CREATED, type ComponentKey } from "./graph.ts";
import { totalOf, type Counts } from "./rules.ts";
import type { Seat, Settlement } from "./settlement.ts";
import type { IdentifiedEvent, ProfileId } from "./types.ts";
import { UnionFind } from "./union-find.ts";

/** `counts` has the sizes of all known components that meet others; `fresh` gives the next number of a new place. */
export function settlePlain(
  draft: BatchDraft,
  plan: BatchPlan,
  neighbourhood: Neighbourhood,
  counts: ReadonlyMap<ComponentKey, Counts>,
  fresh: () => number,
): Pick<Settlement, "seats" | "absorptions" | "changes" | "canonicalOf" | "orderOf"> {
  const profiles = new PlainProfiles(draft, plan, neighbourhood);
  const linksByEvent = new Map<IdentifiedEvent, (readonly [number, number])[]>();
  for (const [, { a, b, turnedBy, event }] of plan.inPlay()) {
    const ends = [plan.unitOf(a.id), plan.unitOf(b.id)] as const;
    if (!profiles.isPlain(ends[0])) continue;
    const by = turnedBy ?? event;
    const links = linksByEvent.get(by);
    if (links === undefined) linksByEvent.set(by, [ends]);
    else links.push(ends);
  }

  const changes: Change[] = [];
  const founded = new Set<ProfileId>();
  for (const { event, created } of draft.events) {
    const links = linksByEvent.get(event);
    // Nearly every event brings none.
    const merges = links === undefined ? [] : profiles.join(links, created);
    for (const { into, from } of merges)
      changes.push({ kind: "merge", into, from, cause: { event: event.id }, at: event.receivedAt });
    // Also one that founds a profile until a later event of the batch: the feed names it.
    for (const id of created) if (profiles.founderOf(plan.unitOf(id)) === id) founded.add(id);
  }

  const { absorptions, placeOf } = profiles.places(counts, fresh);
  const seats = new Map<ProfileId, Seat>();
  for (const id of draft.created.keys()) {
    const unit = plan.unitOf(id);
    if (profiles.isPlain(unit))
      seats.set(id, { place: placeOf(unit), component: undefined, founded: founded.has(id) });
  }
  return {
    seats,
    absorptions,
    changes,
    canonicalOf: (id) => {
      const unit = plan.unitOf(id);
      return profiles.isPlain(unit) ? profiles.founderOf(unit) : undefined;
    },
    orderOf: (id) => profiles.orderOf(id),
  };
}

interface Meeting {
  readonly into: ProfileId;
  readonly from: readonly ProfileId[];
}

class PlainProfiles {
  readonly #plan: BatchPlan;
  readonly #profiles = new UnionFind();
  /** By unit; a known profile is older than anything the batch creates, and that is numbered as received. */
  readonly #orders: number[] = [];
  readonly #orderByKey = new Map<ComponentKey, number>();
  /** By root: the unit of the oldest. */
  readonly #founders: number[] = [];

  constructor(draft: BatchDraft, plan: BatchPlan, neighbourhood: Neighbourhood) {
    this.#plan = plan;
    const orders = this.#orderByKey;
    // Of the neighbourhood what the batch names: it may hold more.
    for (const id of draft.named) {
      plan.unitOf(id);
      const known = neighbourhood.identifiers.get(id);
      if (known === undefined) continue;
      const { component, canonical, canonicalOrder } = known;
      orders.set(component, canonicalOrder).set(canonical, canonicalOrder);
    }
    for (const id of draft.created.keys()) orders.set(id, ORDER_OF_CREATED + orders.size);
    this.#profiles.add(plan.units.length);
    for (const [number, { key }] of plan.units.entries()) {
      this.#orders.push(orders.get(key)!);
      this.#founders.push(number);
    }
  }

  /** Of a canonical profile, or an identifier that the batch creates. */
  orderOf(id: ProfileId): number | undefined {
    return this.#orderByKey.get(id);
  }

  /** Whether the unit is part of a group that is settled here. */
  isPlain(unit: number): boolean {
    return this.#plan.units[unit]!.isPlain && !this.#plan.folded.has(this.#plan.groups.find(unit));
  }

  founderOf(unit: number): ProfileId {
    return this.#plan.units[this.#founders[this.#profiles.find(unit)]!]!.key;
  }

  /** Joins the ends of one event's links, and tells which profiles that stood before it have met. */
  join(links: readonly (readonly [number, number])[], bornHere: ReadonlySet<ProfileId>): Meeting[] {
    const before = new Map<number, ProfileId>();
    for (const [left, right] of links)
      before
        .set(this.#profiles.find(left), this.founderOf(left))
        .set(this.#profiles.find(right), this.founderOf(right));
    for (const [left, right] of links) this.#union(left, right);
    const met = new Map<number, ProfileId[]>();
    for (const [former, founder] of before) {
      if (bornHere.has(founder)) continue;
      const root = this.#profiles.find(former);
      met.set(root, [...(met.get(root) ?? []), founder]);
    }
    return [...met].flatMap(([root, founders]) => {
      const into = this.founderOf(root);
      const from = founders.filter((id) => id !== into);
      return from.length === 0 ? [] : [{ into, from }];
    });
  }

  #union(left: number, right: number): void {
    const one = this.#founders[this.#profiles.find(left)]!;
    const other = this.#founders[this.#profiles.find(right)]!;
    const root = this.#profiles.union(left, right);
    this.#founders[root] = this.#orders[one]! <= this.#orders[other]! ? one : other;
  }

  /** The largest of the known profiles that met takes in the others; what is all new has a new place. */
  places(counts: ReadonlyMap<ComponentKey, Counts>, fresh: () => number) {
    const knownByRoot = new Map<number, ProfileId[]>();
    for (const [number, { key, isKnown }] of this.#plan.units.entries()) {
      if (!isKnown || !this.isPlain(number)) continue;
      const root = this.#profiles.find(number);
      const known = knownByRoot.get(root);
      if (known === undefined) knownByRoot.set(root, [key]);
      else known.push(key);
    }
    const absorptions: Absorption[] = [];
    const places = new Map<number, Place>();
    for (const [root, known] of knownByRoot) {
      const [into, ...from] =
        known.length === 1
          ? known
          : known.toSorted(
              (left, right) => totalOf(counts.get(right)!) - totalOf(counts.get(left)!),
            );
      places.set(root, { former: into! });
      if (from.length > 0) absorptions.push({ into: into!, from });
    }
    const placeOf = (unit: number): Place => {
      const root = this.#profiles.find(unit);
      const place = places.get(root) ?? { fresh: fresh() };
      places.set(root, place);
      return place;
    };
    return { absorptions, placeOf };
  }
}
