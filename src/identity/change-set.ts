/**
 * What the resolver reads and what it says: the neighbourhood that a batch of events touches, and the change set that
 * follows from it. Both are plain data; a store makes the one and commits the other.
 */
import type {
  EventId,
  IdentifiedEvent,
  Identifier,
  Link,
  Milliseconds,
  Node,
  ProfileId,
  Stamp,
  Trust,
} from "./types.ts";

/** An identifier the store holds, and the canonical profile it belongs to now. */
export interface KnownIdentifier {
  readonly identifier: Identifier;
  readonly canonical: ProfileId;
  /** Rises with first receipt: of two canonical profiles, the one with the lower number is the older. */
  readonly canonicalOrder: number;
  /** The sources that have named it. */
  readonly sources: readonly string[];
}

/** What is known of the link between two identifiers. */
export type KnownLink = Pick<Link, "trust" | "firstSeenAt">;

/** Everything a batch of events touches, as of one moment of the store. */
export interface Neighbourhood {
  /** The known ones among the ids asked for. */
  readonly identifiers: ReadonlyMap<ProfileId, KnownIdentifier>;
  /** The known ones among the pairs asked for, by `linkKey`. */
  readonly links: ReadonlyMap<string, KnownLink>;
  /** The stamps of the trait values kept now, by `traitKey`. */
  readonly traits: ReadonlyMap<string, Stamp>;
  /** The events asked for that are stored already, as events or in quarantine. */
  readonly events: ReadonlyMap<EventId, KnownEvent>;
}

export interface KnownEvent {
  readonly source: string;
  readonly key: string;
  readonly quarantined: boolean;
}

/** An identifier named for the first time. A change set lists them in the order of first receipt. */
export interface NewIdentifier {
  readonly node: Node;
  /** The canonical profile it belongs to after this change set. */
  readonly canonical: ProfileId;
  /** Whether its provisional id was, for a while at least, the id of a canonical profile. */
  readonly founded: boolean;
  readonly sources: readonly string[];
  readonly firstReceivedAt: Milliseconds;
}

/** A known identifier that further sources have named: `sources` is the whole list from now on. */
interface SourcesChange {
  readonly id: ProfileId;
  readonly sources: readonly string[];
}

/** Known profiles that are one from now on: `canonical`, itself a known profile, takes in the absorbed ones. */
export interface Absorption {
  readonly canonical: ProfileId;
  readonly absorbed: readonly ProfileId[];
}

/** One entry of the feed: an event showed that profiles, known before it, are one person. */
export interface Merge {
  readonly kind: "merge";
  readonly into: ProfileId;
  readonly from: readonly ProfileId[];
  readonly cause: { readonly event: EventId };
  readonly at: Milliseconds;
}

/** A link that is new, better trusted or earlier than what was known; the values are those from now on. */
export type LinkChange = Link;

/** A trait value that is newer than the one kept under the same provisional profile and name. */
export interface TraitChange {
  readonly profile: ProfileId;
  readonly name: string;
  /** JSON text. */
  readonly value: string;
  readonly stamp: Stamp;
  readonly timeGiven: boolean;
  readonly event: EventId;
}

/** What one batch of events changes, all of it or nothing. Every list is final: no entry overrides another. */
export interface ChangeSet {
  readonly identifiers: readonly NewIdentifier[];
  readonly sources: readonly SourcesChange[];
  readonly absorptions: readonly Absorption[];
  readonly merges: readonly Merge[];
  readonly links: readonly LinkChange[];
  readonly traits: readonly TraitChange[];
  readonly events: readonly IdentifiedEvent[];
}

/** What became of one identifier of an event. */
export interface IdentifierOutcome {
  readonly node: Node;
  readonly outcome: "created" | "known" | "linked" | "blocked" | "pending";
  /** Set where the outcome is `blocked` or `pending`. */
  readonly reason?: string;
}

/** What became of one event, in the order in which the events were given. */
export type EventResolution =
  | {
      readonly outcome: "accepted";
      /** After the whole batch. */
      readonly canonical: ProfileId;
      readonly identifiers: readonly IdentifierOutcome[];
    }
  | { readonly outcome: "anonymous" }
  /** Undefined where the event's home is not known, or it has none. */
  | { readonly outcome: "duplicate"; readonly canonical: ProfileId | undefined };

export interface Resolution {
  readonly changes: ChangeSet;
  readonly events: readonly EventResolution[];
}

/** One text for a trait of a provisional profile; ids have a fixed length, so no separator can be mistaken. */
export function traitKey(profile: ProfileId, name: string): string {
  return `${profile}|${name}`;
}

export function betterTrust(left: Trust, right: Trust): Trust {
  return left === "verified" ? left : right;
}
