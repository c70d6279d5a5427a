/**
 * What the resolver reads and what it says: the neighbourhood that a batch of events touches, and the change set that
 * follows from it. Both are plain data; a store makes the one and commits the other.
 */
import type { ComponentKey, Graph } from "./graph.ts";
import type { Objection, RefusalRule } from "./objection.ts";
import type { Counts } from "./rules.ts";
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
  Trust,
} from "./types.ts";

/** An identifier the store holds, the canonical profile it belongs to now, and its component. */
export interface KnownIdentifier {
  readonly identifier: Identifier;
  readonly canonical: ProfileId;
  /** Rises with first receipt: of two canonical profiles, the one with the lower number is the older. */
  readonly canonicalOrder: number;
  /** The id of the canonical profile where the component is plain. */
  readonly component: ComponentKey;
  readonly isPlain: boolean;
  /** The sources that have named it. */
  readonly sources: readonly string[];
  /** How many identifiers of each namespace it is linked with, by links that may count. */
  readonly neighbours: Counts;
}

/** What is known of the link between two identifiers. */
export interface KnownLink extends Pick<Link, "trust" | "evidenceAt"> {
  /** Undefined where it is followed. */
  readonly objection: Objection | undefined;
}

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
  readonly receivedAt: Milliseconds;
  /** The delivery in which it lies in quarantine; undefined for a stored event. */
  readonly quarantinedIn: string | undefined;
  /** The text of a stored event that names nobody: it gives way to the same text where that names somebody. */
  readonly anonymousText: string | undefined;
}

/** Components of the neighbourhood that more has to be known of before the batch can be resolved. */
export interface Missing {
  /** Those whose identifiers have to be counted. */
  readonly counts: readonly ComponentKey[];
  /** Those that have to be read whole. */
  readonly contents: readonly ComponentKey[];
}

/** What was asked for, of the same moment as the neighbourhood. */
export interface Found {
  /** Identifiers by namespace. */
  readonly counts: ReadonlyMap<ComponentKey, Counts>;
  readonly contents: ReadonlyMap<ComponentKey, Graph>;
}

/**
 * Where a profile is kept from now on: in the place of one that was known before, by its former canonical id, or in a
 * new place, numbered within the change set. Identifiers that stay in their place cost no write.
 */
export type Place = { readonly former: ProfileId } | { readonly fresh: number };

/** The same for a component; undefined for a plain one, which has none of its own. */
export type ComponentPlace =
  | { readonly former: ComponentKey }
  | { readonly fresh: number }
  | undefined;

/** An identifier named for the first time. A change set lists them in the order of first receipt. */
export interface NewIdentifier {
  readonly node: Node;
  readonly place: Place;
  readonly component: ComponentPlace;
  /** Whether its provisional id was, for a while at least, the id of a canonical profile. */
  readonly founded: boolean;
  readonly sources: readonly string[];
  readonly neighbours: Counts;
  readonly generic: boolean;
  readonly firstReceivedAt: Milliseconds;
}

/** A known identifier of which more is known: the values are those from now on. */
export interface IdentifierChange {
  readonly id: ProfileId;
  readonly sources?: readonly string[];
  readonly neighbours?: Counts;
  /** Set wherever `neighbours` is. */
  readonly generic?: boolean;
}

/** Plain profiles that are one plain profile from now on: the members of `from` move to the place of `into`, the largest. */
export interface Absorption {
  readonly into: ProfileId;
  readonly from: readonly ProfileId[];
}

/** A known identifier that is kept elsewhere from now on: in another profile, in another component, or both. */
export interface Move {
  readonly id: ProfileId;
  readonly place: Place;
  readonly component: ComponentPlace;
}

/** A link that is new, better trusted or earlier than what was known, or judged otherwise; the values from now on. */
export interface LinkChange extends Link {
  /** Whether the store has never seen it. */
  readonly isNew: boolean;
  readonly objection: Objection | undefined;
}

/** What brought a change of identities about. */
export type Cause =
  | { readonly event: EventId }
  | { readonly decision: DecisionId }
  | { readonly decision: DecisionId; readonly takenBack: true }
  /** The version of the rules that were applied. */
  | { readonly rules: number }
  | { readonly erasure: string };

interface ChangeCommon {
  readonly cause: Cause;
  readonly at: Milliseconds;
}

/**
 * One entry of the feed. Ids are those of canonical profiles, `a` and `b` and `identifier` those of identifiers.
 *
 * - `merge`: all of the profiles `from`, known before, are part of `into` now.
 * - `split`: a part of the one profile in `from` is in `into` now; the rest went elsewhere or stayed.
 * - `refusal`: the link of `a` and `b` would bring `from` to `into`, and a rule does not let it.
 * - `pending`: the same, until a better trusted source repeats the link.
 * - `generic`: so many are linked with `identifier` that it joins nobody any more; `from` is empty.
 * - `erasure`: nobody is known by the ids in `from` any more; `into` is nobody.
 */
export type Change =
  | (ChangeCommon & {
      readonly kind: "merge" | "split";
      readonly into: ProfileId;
      readonly from: readonly ProfileId[];
    })
  | (ChangeCommon & {
      readonly kind: "refusal";
      readonly into: ProfileId;
      readonly from: readonly ProfileId[];
      readonly a: ProfileId;
      readonly b: ProfileId;
      readonly rule: RefusalRule;
      readonly subject: string;
    })
  | (ChangeCommon & {
      readonly kind: "pending";
      readonly into: ProfileId;
      readonly from: readonly ProfileId[];
      readonly a: ProfileId;
      readonly b: ProfileId;
      readonly rule: "trust";
      readonly subject: string;
    })
  | (ChangeCommon & {
      readonly kind: "generic";
      readonly into: ProfileId;
      readonly from: readonly [];
      readonly identifier: ProfileId;
    })
  | (ChangeCommon & {
      readonly kind: "erasure";
      readonly into: null;
      readonly from: readonly ProfileId[];
    });

/** What becomes of decisions: a new one, one that is taken back, or a standing `join` that is judged otherwise. */
export type DecisionChange =
  | {
      readonly kind: "taken";
      readonly decision: Decision;
      readonly objection: Objection | undefined;
    }
  | { readonly kind: "takenBack"; readonly id: DecisionId; readonly at: Milliseconds }
  | { readonly kind: "judged"; readonly id: DecisionId; readonly objection: Objection | undefined };

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

/** What changes in who is who. Every list is final: no entry overrides another. */
interface IdentityChanges {
  readonly updates: readonly IdentifierChange[];
  readonly absorptions: readonly Absorption[];
  readonly moves: readonly Move[];
  /** Known identifiers that found a canonical profile from now on. */
  readonly founders: readonly ProfileId[];
  readonly links: readonly LinkChange[];
  readonly decisions: readonly DecisionChange[];
  readonly changes: readonly Change[];
}

/** Whether an event is one that was stored as nobody's and now, by other paths, names somebody. */
export function isNamedNow(event: IdentifiedEvent, known: KnownEvent | undefined): boolean {
  return event.home !== null && event.payload === known?.anonymousText;
}

/** What one batch of events, one decision or one rebuild changes, all of it or nothing. */
export interface ChangeSet extends IdentityChanges {
  readonly identifiers: readonly NewIdentifier[];
  readonly traits: readonly TraitChange[];
  readonly events: readonly IdentifiedEvent[];
  /** Those of the events that were stored as anonymous before and now name somebody: what was stored gives way. */
  readonly replaced: readonly EventId[];
}

export const NO_CHANGES: ChangeSet = {
  identifiers: [],
  updates: [],
  absorptions: [],
  moves: [],
  founders: [],
  links: [],
  decisions: [],
  changes: [],
  traits: [],
  events: [],
  replaced: [],
};

/** What became of one identifier of an event. */
export interface IdentifierOutcome {
  readonly node: Node;
  readonly outcome: "created" | "known" | "linked" | "blocked" | "refused" | "pending";
  /** Set where the outcome is `blocked`, `refused` or `pending`. */
  readonly objection?: Objection;
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

/** The earlier of two times of evidence, of which either may be missing. */
export function earlierEvidence(
  left: Milliseconds | undefined,
  right: Milliseconds | undefined,
): Milliseconds | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  return Math.min(left, right);
}
