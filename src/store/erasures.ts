/**
 * Erasures as a store takes and tells them. What a person leaves in a store is said by identifiers: the events go with the
 * identifiers that they name, of which there may be a million, and no list of them crosses the interface.
 */
import type { KnownLink } from "../identity/change-set.ts";
import type { ComponentKey } from "../identity/graph.ts";
import type { Counts } from "../identity/rules.ts";
import type { EventId, Link, Milliseconds, Node, ProfileId } from "../identity/types.ts";

/** `er_` and 26 characters. */
export type ErasureId = string;

export interface ErasureCounts {
  /** The person's. */
  readonly identifiers: number;
  /** Kept under the person's identifiers. */
  readonly events: number;
  /** Kept under others, of whom they named the person. */
  readonly eventsOfOthers: number;
  /** Of others, that no event names any more. */
  readonly identifiersOfOthers: number;
  readonly traits: number;
  readonly links: number;
  readonly decisions: number;
  /** Events that lay in quarantine. */
  readonly quarantined: number;
  /** Events that named nobody, and in whose text the person stood. */
  readonly anonymous: number;
}

/** An identifier that goes. */
export interface GoingIdentifier {
  readonly node: Node;
  /** Whether its id was the id of a canonical profile for a while at least. */
  readonly founded: boolean;
  /** The canonical profile that it is in. */
  readonly profile: ProfileId;
}

/** An identifier that stays, and was named together with one that goes, or in an event that goes. */
export interface Bystander {
  readonly node: Node;
  readonly neighbours: Counts;
  readonly generic: boolean;
}

/** A link of a bystander for which an event that goes was evidence. */
export interface TouchedLink {
  readonly a: Node;
  readonly b: Node;
  readonly before: KnownLink;
  /** What the events that stay say of it; undefined where none names both, or an end goes. */
  readonly after: Pick<Link, "trust" | "evidenceAt"> | undefined;
}

/** Traits of an identifier that stays, of which the newest value came from an event that goes. */
export interface LostTraits {
  readonly profile: ProfileId;
  readonly names: readonly string[];
  /** All events that go and are kept under the identifier. */
  readonly events: ReadonlySet<EventId>;
}

/** All that goes with a person, and all that it touches, as of one moment. */
export interface Footprint {
  /** The canonical profile. */
  readonly profile: ProfileId;
  /** The person's, in the order of first receipt. */
  readonly members: readonly GoingIdentifier[];
  /** Those of others that are named by no event that stays. */
  readonly orphans: readonly GoingIdentifier[];
  readonly bystanders: readonly Bystander[];
  readonly links: readonly TouchedLink[];
  readonly lostTraits: readonly LostTraits[];
  /** The components that all of these, and the ends of decisions that go, are in. */
  readonly components: readonly ComponentKey[];
  /** Deliveries of which events go and of which others lie in quarantine, where they are kept as they came. */
  readonly deliveries: readonly string[];
  readonly counts: Omit<ErasureCounts, "quarantined" | "anonymous">;
}

export interface FootprintRequest {
  /** Any id of the person. */
  readonly profile: ProfileId;
  /** The sources whose word is only a claim: by them a link is trusted that loses what else it was trusted by. */
  readonly claimed: ReadonlySet<string>;
}

/** An erasure, as it is committed. */
interface Erasure {
  readonly id: ErasureId;
  readonly at: Milliseconds;
  readonly by: string | undefined;
  /** The ids that were the person's, the canonical one first. */
  readonly profiles: readonly ProfileId[];
  /** Whether the identifiers are refused from then on. */
  readonly suppressed: boolean;
  readonly removed: ErasureCounts;
}

export interface ErasureCommit extends Erasure {
  /** The person's. All events go that name one of them, with all that is known by them. */
  readonly members: readonly ProfileId[];
  /** Identifiers of others that go with these events. */
  readonly orphans: readonly ProfileId[];
  /** Pairs of identifiers that stay and whose link goes. */
  readonly links: readonly (readonly [ProfileId, ProfileId])[];
  /** Events that name nobody. */
  readonly anonymous: readonly EventId[];
  /** Events that leave quarantine with this commit and are to be known as erased. */
  readonly quarantined: readonly EventId[];
}

export interface ErasureRecord extends Erasure {
  /** When nothing was left of it in what the store writes to; undefined while that is to be done. */
  readonly tidiedAt: Milliseconds | undefined;
}

export interface ErasuresRequest {
  /** Those before this one, which was the last of the page before. */
  readonly after?: ErasureId | undefined;
  readonly limit: number;
}

/** An event that names nobody; the number rises from one that is stored to the next. */
export interface AnonymousText {
  readonly number: number;
  readonly id: EventId;
  readonly source: string;
  readonly payload: string;
}

export interface TextsRequest {
  /** Behind this number. */
  readonly after: number;
  readonly limit: number;
  /** A page ends before its texts exceed this, though never before its first. */
  readonly bytesMax: number;
}

/** What a store knows of erasures that a batch has to do with. */
export interface ErasedBefore {
  /** Events that were erased, with the time at which they were received. */
  readonly erased: ReadonlyMap<EventId, Milliseconds>;
  /** Identifiers that are refused. */
  readonly suppressed: ReadonlySet<ProfileId>;
}
