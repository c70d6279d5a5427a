/**
 * The nouns of Selfsame, one for each thing, the same in code, SQL, HTTP and documentation.
 *
 * - **source**: a configured external system that posts webhooks.
 * - **delivery**: one HTTP request a source sent; it holds zero, one or many events.
 * - **event**: one thing that happened: source, type, occurred-at, identifiers, traits, payload.
 * - **identifier**: a namespace and a value, written `email:ann@example.com` or `chat:T1/U7`.
 * - **id space**: the namespace of a source's own ids; sources may share one.
 * - **provisional profile**: what is known under one identifier: the events whose home it is and their traits.
 * - **home**: the one identifier an event is kept under; it never changes.
 * - **link**: evidence that two identifiers are one person: the events that named both, the first time, the trust.
 * - **component**: all identifiers connected by links that a fold has to look at: those that no blocked or generic
 *   value and no lack of trust keeps out.
 * - **canonical profile**: the part of a component that the rules allow to be one person; it has one id.
 * - **founder**: the first-received identifier of a canonical profile; its provisional id is the canonical id.
 * - **journey**: all events of a canonical profile in the order they occurred.
 * - **decision**: what a person ruled: these two are the same (`join`), these two are not (`split`).
 * - **rules**: the configured identity rules: limits, blocked and generic values, priorities, trust; versioned.
 * - **refusal**: a link the rules did not follow, with the rule that refused it.
 * - **generic value**: an identifier linked with so many others that it cannot be one person's.
 *
 * This folder is the pure heart of the service: it imports nothing but itself, and time, hashes and limits reach it
 * as arguments. It knows neither payloads nor stores.
 */

/** `pr_` and 26 characters: the id of a provisional profile, and of the canonical profile it founded. */
export type ProfileId = string;

/** `ev_` and 26 characters. */
export type EventId = string;

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type Milliseconds = number;

/** A namespace (`email`, `chat`) and a value that is already normalised for it. */
export interface Identifier {
  readonly namespace: string;
  readonly value: string;
}

/** How far a source is believed when it says that two identifiers are one person: an open web form only claims it. */
export type Trust = "claimed" | "verified";

/** An identifier beside the id of its provisional profile. */
export interface Node {
  readonly id: ProfileId;
  readonly identifier: Identifier;
}

/** Two identifiers that at least one event named together. The pair has no direction: `a` is the lesser id. */
export interface Link {
  readonly a: Node;
  readonly b: Node;
  /** The best trust among the sources that named both. */
  readonly trust: Trust;
  /**
   * When the earliest event that named both occurred, of those that gave a time of their own; undefined where none did.
   * A time of receipt would make who is who depend on the order of arrival.
   */
  readonly evidenceAt: Milliseconds | undefined;
}

/** `dc_` and 26 characters. */
export type DecisionId = string;

/** What a person ruled of two identifiers. A `split` keeps them apart whatever links say; a `join` is a link of its own. */
export interface Decision {
  readonly id: DecisionId;
  readonly kind: "join" | "split";
  readonly a: Node;
  readonly b: Node;
  /** Whether a `join` holds against blocked and generic values and limits; never against a `split`. */
  readonly override: boolean;
  readonly reason: string;
  readonly by: string | undefined;
  readonly at: Milliseconds;
}

/** Where a value stands in the order of time: by time, then by source, then by the sender's own event key. */
export interface Stamp {
  readonly at: Milliseconds;
  readonly source: string;
  readonly key: string;
}

/** One value of one trait, as an event gave it. */
export interface Trait {
  readonly name: string;
  /** The value as JSON text, digits untouched. */
  readonly value: string;
}

/** An event whose identifiers have their ids: what the resolver and the stores work with. */
export interface IdentifiedEvent {
  readonly id: EventId;
  readonly source: string;
  /** The sender's own id of the event, or a hash of its text; unique within the source. */
  readonly key: string;
  readonly type: string;
  readonly occurredAt: Milliseconds;
  /** False where the event gave no time of its own and `occurredAt` is when it was received. */
  readonly timeGiven: boolean;
  readonly receivedAt: Milliseconds;
  readonly delivery: string;
  /** The identifier the event is kept under; null for an event that names nobody. */
  readonly home: Node | null;
  /** The event's further identifiers, each once, the home not among them. */
  readonly others: readonly Node[];
  readonly traits: readonly Trait[];
  readonly trust: Trust;
  /** The event as JSON text, as it was received. */
  readonly payload: string;
}
