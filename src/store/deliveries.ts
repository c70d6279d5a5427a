/**
 * Deliveries as a store keeps and tells them. One whose events were all stored is known by these alone; one of which
 * anything lies in quarantine is kept as it came, so that it can be taken again. What became of nothing that is kept
 * (duplicates, what was dropped or turned away) leaves counts.
 */
import type { EventId, Milliseconds } from "../identity/types.ts";

export type Outcome = "accepted" | "duplicate" | "anonymous" | "quarantined" | "dropped";

/** How an event ended that does not lie in quarantine. */
export type Settled = Exclude<Outcome, "quarantined">;

const RANKED = ["quarantined", "accepted", "anonymous", "duplicate", "dropped"] as const;

/** How a delivery ended as a whole: as what somebody should look at first among what its events ended as. */
export function overallOutcome<Ended extends Outcome>(
  outcomes: readonly Ended[],
): Ended | "accepted" {
  const first = RANKED.find((outcome) => (outcomes as readonly Outcome[]).includes(outcome));
  // An empty list is a delivery that did what it said.
  return (first as Ended | undefined) ?? "accepted";
}

/** What changes of a kept delivery while it is kept. */
export interface KeptState {
  /** `dl_…` */
  readonly id: string;
  /** How many events it held by the configuration by which it was last taken; 1 where it could not be read at all. */
  readonly eventCount: number;
  /** How those of its events that do not lie in quarantine ended as a whole; undefined where there are none. */
  readonly settled: Settled | undefined;
}

/** A delivery of which at least one event lies in quarantine, as it came. */
export interface KeptDelivery extends KeptState {
  readonly source: string;
  readonly receivedAt: Milliseconds;
  readonly urlEventType: string | undefined;
  readonly contentType: string | undefined;
  /** Without any that carry secrets. */
  readonly headers: Readonly<Record<string, string>>;
  /** The query string, without the question mark and without secrets. */
  readonly query: string;
  /** As received over the wire. */
  readonly body: Uint8Array;
}

/** An event that could not be mapped. */
export interface QuarantinedEvent {
  readonly id: EventId;
  readonly source: string;
  readonly key: string;
  readonly delivery: string;
  /** Which event of its delivery it is, from 0; undefined where the delivery as a whole could not be mapped. */
  readonly place: number | undefined;
  readonly reason: string;
}

/** What changes in quarantine. */
export interface QuarantineChanges {
  /** Deliveries of which something is quarantined for the first time. */
  readonly kept: readonly KeptDelivery[];
  /** Of deliveries kept before or now; one that lies there already is replaced. */
  readonly quarantined: readonly QuarantinedEvent[];
  /** Events that leave quarantine, before those above enter it. With its last event a delivery is kept no longer. */
  readonly released: readonly EventId[];
  /** Of deliveries that were kept before and still are. */
  readonly keptStates: readonly KeptState[];
}

export const NO_QUARANTINE: QuarantineChanges = {
  kept: [],
  quarantined: [],
  released: [],
  keptStates: [],
};

/** A kept delivery as a load tells it. */
export interface KeptHold extends KeptState {
  readonly source: string;
  /** How many of its events lie in quarantine. */
  readonly quarantined: number;
}

/** A kept delivery with what of it lies in quarantine, in the order of the places. */
export interface KeptRecord {
  readonly delivery: KeptDelivery;
  readonly events: readonly QuarantinedEvent[];
}

export interface KeptRequest {
  readonly source?: string | undefined;
  /** Received at or after. */
  readonly from?: Milliseconds | undefined;
  /** Received before. */
  readonly to?: Milliseconds | undefined;
  /** Those behind this one. */
  readonly after?: string | undefined;
  readonly limit: number;
}

/** A kept delivery without what it holds. */
export interface KeptSummary {
  readonly id: string;
  readonly source: string;
  readonly receivedAt: Milliseconds;
  readonly eventCount: number;
  /** The size of its body. */
  readonly bytes: number;
}

/** The outcomes of which a store keeps more than counts. */
export type ListedOutcome = "accepted" | "anonymous" | "quarantined";

export interface DeliveriesRequest {
  readonly source?: string | undefined;
  readonly outcome?: ListedOutcome | undefined;
  /** Those before this one, the `next` of the page before. */
  readonly after?: string | undefined;
  readonly limit: number;
}

export interface DeliveryEvent {
  readonly id: EventId;
  readonly outcome: ListedOutcome;
  /** Undefined for an event in quarantine, and `reason` for any other. */
  readonly type: string | undefined;
  readonly reason: string | undefined;
}

export interface DeliveryRecord {
  readonly id: string;
  readonly source: string;
  readonly receivedAt: Milliseconds;
  readonly outcome: ListedOutcome;
  /** Those that are stored, in the order in which they were, before those in quarantine. */
  readonly events: readonly DeliveryEvent[];
}

export interface DeliveriesPage {
  readonly deliveries: readonly DeliveryRecord[];
  /** From where to go on; undefined at the end. A page may be short, or empty, and have a next. */
  readonly next: string | undefined;
}
