/**
 * Erasing: a person and all that names them goes, for good (I12). What is kept by identifiers the store finds itself; where
 * nothing was mapped, texts are looked through, before the turn, and within it what came since. Who remains is derived
 * again, as if the events had never come, and all of it is one commit.
 */
import type { Settings } from "./config/config.ts";
import type { Change, ChangeSet } from "./identity/change-set.ts";
import { eraseFrom, eraseFromAll, freesAnybody, type Going } from "./identity/erase.ts";
import { joinGraphs } from "./identity/graph.ts";
import type { Origin } from "./identity/redraw.ts";
import type { EventId, Milliseconds, ProfileId } from "./identity/types.ts";
import { Leavings } from "./leavings.ts";
import type { References } from "./queries/references.ts";
import { restoredTraits } from "./restoring.ts";
import type { Rulebook } from "./rulebook.ts";
import type { KeptRecord } from "./store/deliveries.ts";
import type {
  ErasureCounts,
  ErasureId,
  ErasureRecord,
  ErasuresRequest,
  GoingIdentifier,
} from "./store/erasures.ts";
import type { Basis, Commit, LoadedFootprint, Store } from "./store/store.ts";
import { Tallies } from "./tallies.ts";
import { Tidying } from "./tidying.ts";
import { othersTurn, Traces } from "./traces.ts";
import type { Turns } from "./turns.ts";

export interface ErasureRequest {
  /** Any reference to the person. */
  readonly person: string;
  /** Whether the identifiers are refused from then on. */
  readonly suppress: boolean;
  readonly dryRun: boolean;
  readonly by: string | undefined;
}

export interface ErasureReceipt {
  /** Null where it was only tried. */
  readonly erasure: ErasureId | null;
  readonly at: Milliseconds;
  readonly by: string | undefined;
  /** The ids that were the person's, the canonical one first. */
  readonly profiles: readonly ProfileId[];
  readonly suppressed: boolean;
  readonly dryRun: boolean;
  readonly removed: ErasureCounts;
  /** Whether anything that was erased may still stand in the file. */
  readonly storage: "clean" | "pending";
}

export interface ErasingOptions {
  readonly settings: Pick<Settings, "sources">;
  readonly store: Store;
  readonly references: References;
  readonly rulebook: Rulebook;
  readonly turns: Turns;
  readonly clock: () => Milliseconds;
  readonly newErasureId: (at: Milliseconds) => ErasureId;
}

/** How often somebody may be found to hold more identifiers than were looked for, before the turn waits for the look. */
const LOOKS_MAX = 3;
/** More than these are read with everything else: one by one they would take longer. */
const COMPONENTS_MAX = 5000;
/** Of deliveries, before those who read have their turn. */
const BYTES_AT_ONCE = 2 ** 20;

export class Erasures {
  readonly #options: ErasingOptions;
  readonly #claimed: ReadonlySet<string>;
  readonly #tidying: Tidying;

  constructor(options: ErasingOptions) {
    this.#options = options;
    const sources = [...options.settings.sources.values()];
    this.#claimed = new Set(
      sources.flatMap(({ name, trust }) => (trust === "claimed" ? name : [])),
    );
    this.#tidying = new Tidying(options);
  }

  /** Undefined where nobody is known by the reference. Rejects with a StoreError. */
  async erase(request: ErasureRequest): Promise<ErasureReceipt | undefined> {
    const id = await this.#options.references.find(request.person);
    if (id === undefined) return undefined;
    for (let looks = 1; ; looks++) {
      const traces = await this.#look(id);
      if (traces === undefined) return undefined;
      const attempt = () => this.#erase(id, request, traces, looks < LOOKS_MAX);
      const erased = await this.#options.turns.take(attempt);
      if (erased === "grown") continue;
      if (erased === undefined) return undefined;
      const storage = await (request.dryRun ? this.#tidying.now() : this.#tidying.attempt());
      return { ...erased, storage };
    }
  }

  /** Looks for the person where nothing was mapped. */
  async #look(id: ProfileId): Promise<Traces | undefined> {
    const person = await this.#options.store.profile(id);
    if (person === undefined) return undefined;
    const identifiers = person.members.map(({ node }) => node);
    const traces = new Traces(this.#options, identifiers);
    await traces.look();
    return traces;
  }

  /** The last first. Rejects with a StoreError. */
  async list(request: ErasuresRequest): Promise<{
    readonly erasures: readonly ErasureReceipt[];
    readonly next: ErasureId | null;
  }> {
    // One more than is told tells whether there are more.
    const found = await this.#options.store.erasures({ ...request, limit: request.limit + 1 });
    const page = found.slice(0, request.limit);
    const next = found.length > page.length ? page.at(-1)!.id : null;
    return { erasures: page.map(receiptOf), next };
  }

  /** Tidies up what an earlier process left, by and by. Rejects with a StoreError. */
  resume(): Promise<void> {
    return this.#tidying.resume();
  }

  close(): Promise<void> {
    return this.#tidying.close();
  }

  /** `grown` where the person holds identifiers that were not looked for and `mayLookAgain`. */
  async #erase(
    id: ProfileId,
    { suppress, dryRun, by }: ErasureRequest,
    looked: Traces,
    mayLookAgain: boolean,
  ): Promise<Omit<ErasureReceipt, "storage"> | undefined | "grown" | "stale"> {
    const { store, rulebook, clock, newErasureId } = this.#options;
    const footprint = await store.footprint({ profile: id, claimed: this.#claimed });
    if (footprint === undefined) return undefined;
    await rulebook.requireVersion(footprint.rulesVersion);
    const members = footprint.members.map(({ node }) => node);
    if (!looked.covers(members) && mayLookAgain) return "grown";
    const traces = looked.covers(members) ? looked : new Traces(this.#options, members);
    await traces.look();
    const unmapped = await this.#unmapped(footprint, traces);
    const at = clock();
    const erasure = newErasureId(at);
    const origin = { cause: { erasure }, at };
    const remaining = await this.#remaining(footprint, origin);
    if (remaining === "stale") return "stale";
    const profiles = idsOf(footprint.members, footprint.profile);
    const removed = {
      ...footprint.counts,
      quarantined: unmapped.quarantined.length,
      anonymous: unmapped.anonymous.length,
    };
    const told = { at, by, profiles, suppressed: suppress, removed };
    // The id of an erasure that is never stored would be nobody's.
    if (dryRun) return { ...told, erasure: null, dryRun };
    const record = { ...told, id: erasure };
    const traits = await restoredTraits(this.#options, footprint.lostTraits);
    const changes = { ...remaining.changes, traits };
    const commit = commitOf(record, footprint, unmapped, changes, origin);
    if ((await store.commit(commit, remaining.basis)) === "stale") return "stale";
    return { ...told, erasure, dryRun };
  }

  /** What goes of what no path has mapped, and how the counts follow. */
  async #unmapped({ deliveries }: LoadedFootprint, traces: Traces): Promise<Unmapped> {
    const { store } = this.#options;
    const records: { readonly id: string; readonly events: KeptRecord["events"] }[] = [];
    let bytes = 0;
    for (const id of new Set([...deliveries, ...traces.deliveries])) {
      const record = await store.keptDelivery(id);
      if (record === undefined) continue;
      // Not with what was sent: of that there may be more than memory holds.
      records.push({ id, events: record.events });
      bytes += record.delivery.body.length;
      if (bytes <= BYTES_AT_ONCE) continue;
      bytes = 0;
      await othersTurn();
    }
    const quarantined = records.flatMap(({ events }) => events.map((event) => event.id));
    const events = [...quarantined, ...traces.anonymous];
    const { neighbourhood, kept } = await store.load({
      identifiers: [],
      pairs: [],
      traits: [],
      events,
    });
    const tallies = new Tallies();
    const leavings = new Leavings(kept);
    for (const { id, events: lying } of records)
      leavings.add({
        id,
        recounted: lying.length,
        outcomes: lying.map(() => "dropped" as const),
        released: lying.map((event) => event.id),
      });
    // Whoever else stands in the delivery may send their part of it again.
    const own = records.flatMap(({ id, events: lying }) =>
      lying.filter(({ place }) => traces.standsIn(id, place)).map((event) => event.id),
    );
    return {
      quarantined,
      own,
      // Some may have come to name somebody since they were looked at.
      anonymous: traces.anonymous.filter(
        (id) => neighbourhood.events.get(id)?.anonymousText !== undefined,
      ),
      leaving: { ...leavings.finish(tallies), tallies: tallies.list() },
    };
  }

  /** What changes for those who stay. */
  async #remaining(
    footprint: LoadedFootprint,
    origin: Origin,
  ): Promise<{ readonly changes: ChangeSet; readonly basis: Basis } | "stale"> {
    const { store, rulebook } = this.#options;
    const { members, orphans, links, bystanders, components } = footprint;
    const identifiers = new Set([...members, ...orphans].map(({ node }) => node.id));
    const going: Going = { identifiers, links, bystanders };
    const isWide = components.length > COMPONENTS_MAX || freesAnybody(going, rulebook.rules);
    const whole = isWide ? await store.readGraph() : undefined;
    const contents = isWide ? [] : components;
    // All of it is of the moment of the footprint, or it is past.
    const found = await store.deepen({ counts: [], contents }, footprint.basis);
    if (found === "stale") return "stale";
    if (whole !== undefined) {
      const changes = eraseFromAll(whole.graph, going, rulebook.rules, origin);
      return { changes, basis: whole.basis };
    }
    const graph = joinGraphs([...found.contents.values()]);
    const changes = eraseFrom(graph, going, rulebook.rules, origin);
    return { changes, basis: footprint.basis };
  }
}

interface Unmapped {
  /** All of the deliveries in which the person stands. */
  readonly quarantined: readonly EventId[];
  /** Those of them in which the person stands. */
  readonly own: readonly EventId[];
  readonly anonymous: readonly EventId[];
  readonly leaving: Pick<Commit, "released" | "keptStates" | "tallies">;
}

function commitOf(
  record: Omit<ErasureRecord, "tidiedAt">,
  { members, orphans, links }: LoadedFootprint,
  { own, anonymous, leaving }: Unmapped,
  changes: ChangeSet,
  origin: Origin,
): Commit {
  const gone = new Set([...members, ...orphans].map(({ node }) => node.id));
  const lost = links.filter(
    ({ a, b, after }) => after === undefined && !gone.has(a.id) && !gone.has(b.id),
  );
  const entries = erasureChanges(record.profiles, orphans, origin);
  return {
    changes: { ...changes, changes: [...changes.changes, ...entries] },
    kept: [],
    quarantined: [],
    ...leaving,
    erasure: {
      ...record,
      members: members.map(({ node }) => node.id),
      orphans: orphans.map(({ node }) => node.id),
      links: lost.map(({ a, b }) => [a.id, b.id] as const),
      anonymous,
      quarantined: own,
    },
  };
}

/** The ids by which canonical profiles were known, the present one first. */
function idsOf(going: readonly GoingIdentifier[], canonical: ProfileId): ProfileId[] {
  const founded = going.flatMap((one) => (one.founded ? one.node.id : []));
  return [canonical, ...founded.filter((id) => id !== canonical)];
}

/** One entry for the person, and one for each profile of others that lost identifiers whose ids were handed out. */
function erasureChanges(
  profiles: readonly ProfileId[],
  orphans: readonly GoingIdentifier[],
  origin: Origin,
): Change[] {
  const byProfile = new Map<ProfileId, ProfileId[]>();
  for (const { node, founded, profile } of orphans)
    if (founded) byProfile.set(profile, [...(byProfile.get(profile) ?? []), node.id]);
  return [profiles, ...byProfile.values()].map((from) => ({
    kind: "erasure",
    into: null,
    from,
    ...origin,
  }));
}

function receiptOf({ id, tidiedAt, ...record }: ErasureRecord): ErasureReceipt {
  const storage = tidiedAt === undefined ? "pending" : "clean";
  return { ...record, erasure: id, dryRun: false, storage };
}
