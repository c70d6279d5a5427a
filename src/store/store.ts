/**
 * The store: what keeps identifiers, links, traits and events, and what every implementation owes its one caller, the
 * engine. The interface is coarse (a batch at a time) and returns promises, so that it fits an embedded database and a
 * network alike; no callback and no transaction crosses it.
 *
 * The caller's duties:
 *
 * 1. **Load, resolve, commit.** A commit is computed from one `load` or `readGraph`, and from what `deepen` adds to it,
 *    and hands the basis back untouched. What was read covers everything the change set speaks of, and every pair that
 *    an event names together has its link, known before or in the set.
 * 2. **Stale means again.** A commit that answers `stale` changed nothing: somebody else has changed what the load
 *    saw. Load again and resolve again, the whole batch; never patch the old change set.
 * 3. **One commit at a time per store object**, from its load on. Other processes may commit whenever they like.
 * 4. **Answer after the commit.** Nothing is told to anybody before `committed` came back.
 * 5. **A failure is not an outcome.** After a `StoreError` the batch may or may not be stored (the connection may have
 *    died after the commit). Deliver it again: events that are known then come back as duplicates.
 *
 * The store's duties:
 *
 * 1. A commit is all or nothing, and on disk when it answers `committed` (invariant I2).
 * 2. An event row is written once and never again, but for an anonymous one, which is `replaced` by the same event where
 *    it comes again and names somebody; a merge writes rows in proportion to the identifiers of the smaller
 *    sides (I5).
 * 3. Of two identifiers, the one first committed has the lower order; within one change set, the one listed first.
 * 4. Every id that was ever committed is found for as long as the identifier stands (I3); it goes with an erasure alone,
 *    and then with every row that came of it (I12).
 * 5. Reads see whole commits only, and a stream sees one moment.
 *
 * An implementation with many processes makes `stale` from conditional updates and may replay a commit itself on
 * serialisation failures, so long as nothing of it was visible.
 */
import type {
  Change,
  ChangeSet,
  Found,
  Missing,
  Neighbourhood,
  TraitChange,
} from "../identity/change-set.ts";
import type { CountedGraph, Graph } from "../identity/graph.ts";
import type { Seeds } from "../identity/ids.ts";
import { outcomeOf, type Objection } from "../identity/objection.ts";
import type {
  Decision,
  DecisionId,
  EventId,
  IdentifiedEvent,
  Identifier,
  Link,
  Milliseconds,
  Node,
  ProfileId,
  Stamp,
} from "../identity/types.ts";
import type {
  DeliveriesPage,
  DeliveriesRequest,
  DeliveryRecord,
  KeptHold,
  KeptRecord,
  KeptRequest,
  KeptSummary,
  QuarantineChanges,
} from "./deliveries.ts";
import type { History, HistoryRequest, Pause } from "./histories.ts";
import type { KeyRecord, NewKey } from "./keys.ts";
import type { SearchRequest } from "./search.ts";
import type {
  AnonymousText,
  ErasedBefore,
  ErasureCommit,
  ErasureRecord,
  ErasuresRequest,
  Footprint,
  FootprintRequest,
  TextsRequest,
} from "./erasures.ts";

export interface LoadRequest {
  readonly identifiers: Iterable<ProfileId>;
  /** Pairs of identifiers, both among `identifiers`, whose link is asked for. */
  readonly pairs: Iterable<readonly [ProfileId, ProfileId]>;
  /** Provisional profiles, among `identifiers`, and the names of the traits asked for. */
  readonly traits: Iterable<readonly [ProfileId, string]>;
  readonly events: Iterable<EventId>;
}

/** What a load saw, for the store alone to read: by it a commit knows whether it is stale. */
export interface Basis {
  readonly store: "memory" | "sqlite";
}

export interface Loaded extends ErasedBefore {
  readonly neighbourhood: Neighbourhood;
  readonly basis: Basis;
  /** The deliveries in which the events asked for lie in quarantine, by id. */
  readonly kept: ReadonlyMap<string, KeptHold>;
  /** The version of the rules in force, 0 before there are any. Who works by other rules must not commit. */
  readonly rulesVersion: number;
}

/** Everything there is of who is who. */
export interface WholeGraph {
  readonly graph: CountedGraph;
  readonly basis: Basis;
  /** The version of the rules in force at that moment, 0 before there are any. */
  readonly rulesVersion: number;
}

/** Rules as they are kept: a canonical text, so that equal rules have equal texts. */
export interface RulesRecord {
  /** Rises by one with every change of the rules; the first is 1. */
  readonly version: number;
  readonly text: string;
  readonly at: Milliseconds;
}

/**
 * How many deliveries and events of a source ended in one way. Counts in a commit are added to what stands, and may be
 * negative where what lay in quarantine ended otherwise; a tally that comes to nothing is not kept.
 */
export interface Tally {
  readonly source: string;
  readonly outcome: string;
  readonly deliveries: number;
  readonly events: number;
}

export interface Commit extends QuarantineChanges {
  readonly changes: ChangeSet;
  readonly tallies: readonly Tally[];
  /** Rules that are in force from this commit on. */
  readonly rules?: RulesRecord;
  /** Somebody who is erased with this commit; the change set says who remains, and names nobody who goes. */
  readonly erasure?: ErasureCommit;
}

/** What goes with a person, of the moment of the basis. */
export interface LoadedFootprint extends Footprint {
  readonly basis: Basis;
  /** As of a load. */
  readonly rulesVersion: number;
}

export type CommitOutcome = "committed" | "stale";

/** Why a store cannot do its work now. All of them may pass; none of them has half-changed anything. */
export type StoreFault = "busy" | "full" | "unavailable" | "superseded";

export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly fault: StoreFault;

  constructor(fault: StoreFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.fault = fault;
  }
}

/** One identifier of a canonical profile. */
export interface Member {
  readonly node: Node;
  readonly founded: boolean;
  readonly sources: readonly string[];
  /** When the first and the last event that named it occurred. */
  readonly firstSeenAt: Milliseconds;
  readonly lastSeenAt: Milliseconds;
}

/** The newest value of a trait of one provisional profile. */
export type KeptTrait = Omit<TraitChange, "profile">;

export interface ProfileRecord {
  readonly id: ProfileId;
  /** In the order of first receipt; the first is the founder. */
  readonly members: readonly Member[];
  /** Of all members; the same name may stand there several times. */
  readonly traits: readonly KeptTrait[];
  readonly eventCount: number;
}

/** An event as it is read back. */
export interface EventRecord extends Omit<IdentifiedEvent, "home" | "others" | "traits" | "trust"> {
  /** The provisional profile it is kept under. */
  readonly provisional: ProfileId;
}

export interface JourneyRequest {
  /** Any id of the profile. */
  readonly profile: ProfileId;
  /** Events that occurred at or after. */
  readonly from?: Milliseconds | undefined;
  /** Events that occurred before. */
  readonly to?: Milliseconds | undefined;
  readonly type?: string | undefined;
  readonly source?: string | undefined;
  readonly order: "asc" | "desc";
  readonly limit: number;
  /** The page ends before its payloads exceed this, though never before its first event. */
  readonly bytesMax: number;
  /** Only events behind this place in the order asked for. */
  readonly after?: Stamp | undefined;
}

export interface JourneyPage {
  /** The canonical profile. */
  readonly profile: ProfileId;
  readonly events: readonly EventRecord[];
  /** Whether there are events behind the last of these. */
  readonly more: boolean;
}

/** People who match, in the order of their places. It may be short, or empty, though there are more. */
export interface SearchPage {
  readonly profiles: readonly ProfileRecord[];
  /** Behind which place the next page starts; undefined where this was the last. */
  readonly next: number | undefined;
}

/** A link of a profile with its evidence. */
export interface LinkRecord extends Link {
  /** Undefined where it is followed. */
  readonly objection: Objection | undefined;
  /** When the first and the last event that named both occurred, or were received where they gave no time. */
  readonly firstSeenAt: Milliseconds;
  readonly lastSeenAt: Milliseconds;
  /** How many events named both. */
  readonly events: number;
  /** The earliest of them, a few. */
  readonly evidence: readonly EventId[];
  /** The canonical profiles of the two ends. */
  readonly profiles: readonly [ProfileId, ProfileId];
}

/** A link or a join that is not followed, without its evidence: what a search over many of them can afford. */
export interface UnfollowedEdge {
  readonly a: Node;
  readonly b: Node;
  readonly objection: Objection;
  /** The canonical profiles of the two ends. */
  readonly profiles: readonly [ProfileId, ProfileId];
  /** Set for a join. */
  readonly decision: DecisionId | undefined;
}

/** An entry of the feed. The sequence rises by one from entry to entry, without gaps. */
export type ChangeRecord = Change & { readonly sequence: number };

export interface DecisionRecord extends Decision {
  /** Undefined where it stands. */
  readonly takenBackAt: Milliseconds | undefined;
  /** Why a `join` that stands is not followed. */
  readonly objection: Objection | undefined;
}

export interface DecisionRequest {
  /** Those behind this one, in the order in which they were taken. */
  readonly after?: DecisionId | undefined;
  readonly limit: number;
  /** Whether those that were taken back are told too. */
  readonly takenBack: boolean;
}

/** How many there are of what, now. */
export interface Totals {
  readonly profiles: number;
  /** Components that are one profile and those that are not, or on which somebody has decided. */
  readonly components: number;
  readonly contested: number;
  /** Links that are not followed, by rule. */
  readonly objections: Readonly<Partial<Record<Objection["rule"], number>>>;
  readonly generic: number;
}

/** One person, whole, for streams over everything. */
export interface PersonRecord {
  readonly id: ProfileId;
  readonly members: readonly Identifier[];
  readonly traits: readonly KeptTrait[];
  /** In no particular order. To be read before the next person is asked for. */
  readonly events: AsyncIterable<EventRecord>;
}

/** How many rows each stream has. */
export interface SnapshotCounts {
  readonly profiles: number;
  readonly events: number;
  readonly links: number;
}

export interface JourneyEvent {
  /** The canonical profile. */
  readonly profile: ProfileId;
  readonly event: EventRecord;
}

/** A link without its evidence, which would cost a look-up each. */
export type CountedLink = Omit<LinkRecord, "evidence" | "evidenceAt">;

/**
 * Everything there is as of one moment, streamed row by row in one order, for those who take it elsewhere. The caller goes
 * through one stream at a time, leaves none half read behind, and closes the snapshot. A store owes it bounded memory,
 * whatever one person's journey holds, and writers that need not wait.
 */
export interface Snapshot {
  readonly counts: SnapshotCounts;
  /** The rules by which people were derived; undefined where none ever were in force. */
  readonly rules: RulesRecord | undefined;
  /** Every canonical profile once, in the order in which their founders were first received. */
  profiles(): AsyncIterable<ProfileRecord>;
  /** Every event that is somebody's once: profile by profile, in that order, each in the order of its journey. */
  journeys(): AsyncIterable<JourneyEvent>;
  /** Every link once, by the end that was received first, then by the other. */
  links(): AsyncIterable<CountedLink>;
  close(): Promise<void>;
}

/** How many events a link names as its evidence. */
export const EVIDENCE_MAX = 5;

/**
 * Where a link stands among those of a profile when not all can be told: followed, refused, waiting for better trust,
 * and last what is blocked or generic. Anybody who may post can make any number of the latter two, so they never come
 * before the former.
 */
export function linkRank(objection: Objection | undefined): 0 | 1 | 2 | 3 {
  const outcome = outcomeOf(objection);
  if (outcome === "followed") return 0;
  if (outcome === "refused") return 1;
  return objection?.rule === "trust" ? 2 : 3;
}

export interface Store {
  /** Two random numbers of this database, from which all its ids are made. */
  readonly seeds: Seeds;
  load(request: LoadRequest): Promise<Loaded>;
  /** More of what a load saw, as of the same moment; `stale` where that is past. */
  deepen(missing: Missing, basis: Basis): Promise<Found | "stale">;
  readGraph(): Promise<WholeGraph>;
  commit(commit: Commit, basis: Basis): Promise<CommitOutcome>;
  /** The rules in force; undefined where none ever were. */
  rules(): Promise<RulesRecord | undefined>;
  /** The identifier that has this provisional id. */
  identifier(id: ProfileId): Promise<Identifier | undefined>;
  /** The canonical profile that holds the identifier with this provisional id. */
  profile(id: ProfileId): Promise<ProfileRecord | undefined>;
  /** The text of a stored event. */
  payload(id: EventId): Promise<string | undefined>;
  /** Undefined where nobody has the id. */
  journey(request: JourneyRequest): Promise<JourneyPage | undefined>;
  /** People as of one moment. A store may look at no more than some ten thousand identifiers for one page. */
  search(request: SearchRequest): Promise<SearchPage>;
  /**
   * The links of all members of the profile, also those to identifiers of other profiles; at most `limit` of them, in
   * the order of `linkRank`. A store may rank no more than some ten thousand of those that are out of play.
   */
  links(id: ProfileId, limit: number): Promise<readonly LinkRecord[]>;
  /** The same of those links alone that are not followed, without their evidence. */
  unfollowedLinks(id: ProfileId, limit: number): Promise<readonly UnfollowedEdge[]>;
  /** The standing joins with an end in the profile that are not followed; at most `limit` of them. */
  unfollowedJoins(id: ProfileId, limit: number): Promise<readonly UnfollowedEdge[]>;
  /** The known ones of the pairs, in no particular order. */
  linksOf(pairs: readonly (readonly [ProfileId, ProfileId])[]): Promise<readonly LinkRecord[]>;
  /** The canonical profile of the identifier and its component, whole. */
  component(id: ProfileId): Promise<Graph | undefined>;
  decision(id: DecisionId): Promise<DecisionRecord | undefined>;
  decisions(request: DecisionRequest): Promise<readonly DecisionRecord[]>;
  changes(afterSequence: number, limit: number): Promise<readonly ChangeRecord[]>;
  tallies(): Promise<readonly Tally[]>;
  /**
   * Deliveries that left more than counts, the last received first. A store may look at no more than some ten thousand
   * events for one page.
   */
  deliveries(request: DeliveriesRequest): Promise<DeliveriesPage>;
  delivery(id: string): Promise<DeliveryRecord | undefined>;
  /** Undefined where nothing of it lies in quarantine. */
  keptDelivery(id: string): Promise<KeptRecord | undefined>;
  /** In the order of their ids, which is that of receipt. */
  keptDeliveries(request: KeptRequest): Promise<readonly KeptSummary[]>;
  /** Undefined where nobody has the id. */
  footprint(request: FootprintRequest): Promise<LoadedFootprint | undefined>;
  /** In the order in which they were stored. */
  anonymousTexts(request: TextsRequest): Promise<readonly AnonymousText[]>;
  /** The last first. */
  erasures(request: ErasuresRequest): Promise<readonly ErasureRecord[]>;
  /** Whether something that was erased may still stand in what the store writes to. */
  isUntidy(): Promise<boolean>;
  /** Removes it, and says whether nothing is left; readers or other writers may be in the way for now. */
  tidy(at: Milliseconds): Promise<"clean" | "pending">;
  totals(): Promise<Totals>;
  /** `taken` where a key has the name, or had it and was revoked; then nothing has changed. */
  addKey(key: NewKey): Promise<"added" | "taken">;
  /** In the order in which they were made, also those that no longer hold. */
  keys(): Promise<readonly KeyRecord[]>;
  /** Whether any key was ever made. */
  hasKeys(): Promise<boolean>;
  keyByHash(hash: string): Promise<KeyRecord | undefined>;
  /** Whether a key of this name was not revoked before. */
  revokeKey(name: string, at: Milliseconds): Promise<boolean>;
  /** Every canonical profile once, as of one moment, in no particular order. */
  people(): AsyncIterable<PersonRecord>;
  /**
   * Every canonical profile that has an event of those asked for, once, as of one moment, in no particular order. An event's
   * payload is to be read before the next person is asked for. `pause` has its turn while the events of one person are
   * gathered, where these are not in memory already: there may be more than it holds.
   */
  histories(request: HistoryRequest, pause?: Pause): AsyncIterable<History>;
  /** Everything as of now, in one order; rejects with a StoreError where the store cannot be read. */
  snapshot(): Promise<Snapshot>;
  /**
   * Gives back what is kept for those who read earlier moments, as far as nobody does; to be called when streams have ended.
   * Takes a moment at most, and never fails: what is in the way goes with the next call.
   */
  clearUp(): void;
  /** Throws a StoreError where the store cannot be read. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
