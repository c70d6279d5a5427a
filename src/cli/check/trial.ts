/**
 * Trials: one file as the body of one delivery, read by a source as the service would read it. Nothing is stored, and
 * nothing here decides: what becomes of an event is what intake says, why is what the trace says.
 */
import { createHash } from "node:crypto";
import type { Door } from "../../config/door.ts";
import { parseBody } from "../../extract/body.ts";
import type { EventSubject } from "../../extract/reading.ts";
import type { Source } from "../../extract/source.ts";
import type { TraceRow } from "../../extract/trace-row.ts";
import { traceEvent, type EventTrace } from "../../extract/trace.ts";
import { takeIn, tellingQuery, type Delivery, type Intent } from "../../intake.ts";
import { answerPost } from "../../verify/handshakes.ts";
import type { SignedRequest } from "../../verify/verifier.ts";

/** What all deliveries of a trial share. */
export interface TrialOptions {
  readonly source: Source;
  readonly door: Door;
  readonly publicUrl: string | undefined;
  readonly headers: ReadonlyMap<string, string>;
  /** As it is written behind the question mark. */
  readonly query: string;
  readonly urlEventType: string | undefined;
  /** What stands behind the source in the address. */
  readonly pathToken: string | undefined;
  readonly now: number;
}

export interface Payload {
  readonly file: string;
  readonly contentType: string;
  readonly body: Uint8Array;
}

/** As far as it can be told without a store, to which an accepted event may be a duplicate. */
export const OUTCOMES = ["accepted", "anonymous", "quarantined", "dropped"] as const;
export type Outcome = (typeof OUTCOMES)[number];

export interface EventTrial {
  readonly outcome: Outcome;
  /** Why it was not accepted; undefined where it was. */
  readonly because: string | undefined;
  /** What tells it from other events of the source. */
  readonly key: string;
  /** Undefined where the body holds no event that paths could be tried on. */
  readonly tried: { readonly subject: EventSubject; readonly trace: EventTrace } | undefined;
}

/** Whether the delivery proves whom it comes from. */
export type Verification =
  /** The source asks for no proof. */
  | { readonly kind: "open" }
  /** Of the request only the body was given, and the proof would lie elsewhere. */
  | { readonly kind: "untried" }
  | { readonly kind: "verified" }
  | { readonly kind: "unverified"; readonly reason: string };

export interface DeliveryTrial {
  readonly file: string;
  readonly contentType: string;
  readonly verification: Verification;
  /** Whether the sender only asks with it whether the address is right. */
  readonly isHandshake: boolean;
  /** Why the body cannot be read at all; undefined where it can. */
  readonly fault: string | undefined;
  readonly events: readonly EventTrial[];
}

export function tryDelivery(payload: Payload, options: TrialOptions): DeliveryTrial {
  const { file, contentType, body } = payload;
  const { source, door } = options;
  const request = requestOf(payload, options);
  const told = { file, contentType, verification: verificationOf(request, options) };
  const failed = (fault: string) => ({ ...told, isHandshake: false, fault, events: [] });
  if (body.byteLength > source.bodyBytesMax)
    return failed(`The body is larger than ${source.bodyBytesMax} bytes.`);
  if (
    door.handshake !== undefined &&
    answerPost(door.handshake, request, options.now) !== undefined
  )
    return { ...told, isHandshake: true, fault: undefined, events: [] };
  const delivery: Delivery = {
    id: "dl_",
    source,
    receivedAt: options.now,
    urlEventType: options.urlEventType,
    contentType,
    headers: options.headers,
    query: request.query,
    body,
    credentials: door.credentials,
    keepUnparseable: told.verification.kind === "verified",
  };
  const intake = takeIn(delivery, fingerprint);
  if ("fault" in intake) return failed(intake.fault.detail);
  const events = eventsOf(delivery, intake.intents);
  return { ...told, isHandshake: false, fault: undefined, events };
}

function fingerprint(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}

function requestOf({ contentType, body }: Payload, options: TrialOptions): SignedRequest {
  const { source, publicUrl, headers, query, urlEventType, pathToken } = options;
  const place =
    urlEventType === undefined
      ? `/webhooks/${source.name}`
      : `/collect/${encodeURIComponent(urlEventType)}/${source.name}`;
  const path = pathToken === undefined ? place : `${place}/${encodeURIComponent(pathToken)}`;
  const url = publicUrl === undefined ? undefined : publicUrl + path + (query && `?${query}`);
  return {
    method: "POST",
    url,
    contentType,
    headers,
    query: new URLSearchParams(query),
    pathToken,
    body,
  };
}

function verificationOf(
  request: SignedRequest,
  { door: { verifier }, headers, query, pathToken, now }: TrialOptions,
): Verification {
  if (verifier === undefined) return { kind: "open" };
  if (headers.size === 0 && query === "" && pathToken === undefined) return { kind: "untried" };
  const verdict = verifier.verify(request, now);
  return verdict.verified ? { kind: "verified" } : { kind: "unverified", reason: verdict.reason };
}

/** What intake makes of each event, beside the way to it. */
function eventsOf(delivery: Delivery, intents: readonly Intent[]): EventTrial[] {
  const { source, urlEventType } = delivery;
  const parsed = parseBody(delivery, source);
  const subjects = parsed.kind === "events" ? parsed.subjects : [];
  const many = parsed.kind === "events" && parsed.many;
  const query = tellingQuery(delivery);
  return intents.map((intent, place) => {
    const subject = subjects[place];
    const index = many ? place : undefined;
    const context = { urlEventType, index, repetition: 0, query, fingerprint };
    const tried =
      subject === undefined ? undefined : { subject, trace: traceEvent(source, subject, context) };
    return { ...outcomeOf(intent), tried };
  });
}

function outcomeOf(intent: Intent): Omit<EventTrial, "tried"> {
  switch (intent.kind) {
    case "drop":
      return { outcome: "dropped", because: intent.reason, key: intent.key };
    case "quarantine":
      return { outcome: "quarantined", because: intent.event.reason, key: intent.event.key };
    case "resolve": {
      const { event, anonymousBecause: because } = intent;
      return { outcome: event.home === null ? "anonymous" : "accepted", because, key: event.key };
    }
  }
}

/** The rows of an event; none where no path could be tried. */
export function rowsOf({ tried }: EventTrial): readonly TraceRow[] {
  return tried?.trace.rows ?? [];
}
