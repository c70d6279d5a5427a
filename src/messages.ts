/**
 * What crosses the engine's border: what comes in, why it is turned away, and what is answered. Plain data; the edges know
 * nothing else of the engine.
 */
import type { RequestParts } from "./extract/body.ts";
import type { EventId, Milliseconds } from "./identity/types.ts";
import type { EventReceipt } from "./receipt.ts";
import type { StoreRejectionCode } from "./store-faults.ts";
import type { Greeting } from "./verify/handshakes.ts";

/** A delivery as it comes from the network or a file. */
export interface IncomingDelivery extends RequestParts {
  readonly source: string;
  readonly urlEventType?: string | undefined;
  /** Default: now. */
  readonly receivedAt?: Milliseconds | undefined;
  /** The path and query that were asked for, as they were written. */
  readonly target?: string | undefined;
  /** What stood in the path behind the source. */
  readonly pathToken?: string | undefined;
  /** Whether it was verified already: then it is not again, has no rate, and asks for no handshake. */
  readonly isVerified?: boolean | undefined;
  /**
   * Whether somebody with a shell hands it in: the same holds, and it is known again by its text for ever, so that a file
   * can be read twice.
   */
  readonly isFromFile?: boolean | undefined;
}

/** A request to a source by another method than POST: a sender's question whether the address is right. */
export interface Question extends Pick<
  IncomingDelivery,
  "source" | "headers" | "query" | "target" | "pathToken"
> {
  readonly method: string;
}

/** Why a delivery was turned away: a closed list, which the edge turns into statuses. */
export type RejectionCode =
  | "unknown-source"
  | "disabled-source"
  | "body-too-large"
  | "unparseable"
  | "unknown-content-type"
  | "too-slow"
  | "headers-too-large"
  | "malformed-request"
  | "unverified"
  | "forbidden-origin"
  | "rate-limited"
  | "overloaded"
  | StoreRejectionCode
  | "internal";

export type Receipt =
  | {
      readonly kind: "received";
      readonly delivery: string;
      readonly events: readonly EventReceipt[];
    }
  /** The sender only asked whether the address is right. */
  | { readonly kind: "greeting"; readonly greeting: Greeting }
  | Rejection;

export interface Rejection {
  readonly kind: "rejected";
  readonly code: RejectionCode;
  readonly detail: string;
  /** When the sender may come again, where that is known. */
  readonly retryAfterSeconds?: number | undefined;
}

/** What an operator should know and a sender is not told, or does not read. */
export type Remark =
  /** A sender could not prove itself. */
  | { readonly kind: "unverified"; readonly source: string; readonly reason: string }
  /** A sender repeated the id of a stored event with another body; the first was kept. */
  | { readonly kind: "differing"; readonly source: string; readonly event: EventId };
