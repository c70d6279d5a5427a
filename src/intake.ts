/**
 * Intake: from one delivery to what shall become of each of its events, by the configuration alone. It decides what is
 * dropped or quarantined; whether an event is new, and whose it is, only the store can tell.
 */
import type { UnaddressedEvent } from "./addressing.ts";
import { parseBody, type BodyFault, type RequestParts } from "./extract/body.ts";
import {
  extractEvent,
  type ExtractedEvent,
  type Fingerprint,
  type UnusableIdentifier,
} from "./extract/extract.ts";
import type { EventSubject } from "./extract/reading.ts";
import type { Source } from "./extract/source.ts";
import type { Milliseconds } from "./identity/types.ts";
import type { QuarantinedEvent } from "./store/store.ts";

/** A delivery to a known source, read in full. */
export interface Delivery extends RequestParts {
  /** `dl_…` */
  readonly id: string;
  readonly source: Source;
  readonly receivedAt: Milliseconds;
  /** The event type that the URL gave, for `/collect/{eventType}/{source}`. */
  readonly urlEventType: string | undefined;
}

/** What shall become of one event. */
export type Intent =
  | {
      readonly kind: "resolve";
      readonly event: UnaddressedEvent;
      readonly unusable: readonly UnusableIdentifier[];
      /** Why nobody is named; undefined where somebody is. */
      readonly anonymousBecause: string | undefined;
    }
  | { readonly kind: "quarantine"; readonly event: Omit<QuarantinedEvent, "id"> }
  | {
      readonly kind: "drop";
      readonly source: string;
      readonly key: string;
      readonly reason: string;
    };

export type Intake = { readonly intents: readonly Intent[] } | { readonly fault: BodyFault };

export function takeIn(delivery: Delivery, fingerprint: Fingerprint): Intake {
  const { source } = delivery;
  const parsed = parseBody(delivery, source);
  if (parsed.kind === "fault") return { fault: parsed.fault };
  const context = { urlEventType: delivery.urlEventType, fingerprint };
  if (parsed.kind === "unmappable") {
    const whole = {
      body: null,
      text: parsed.text,
      headers: delivery.headers,
      query: delivery.query,
    };
    const { key } = extractEvent(source, whole, { ...context, index: undefined });
    return { intents: [quarantine(delivery, key, parsed.reason, delivery.body)] };
  }
  return {
    intents: parsed.subjects.map((subject, index) => {
      const place = parsed.many ? index : undefined;
      const extracted = extractEvent(source, subject, { ...context, index: place });
      // An element is kept alone, under its own name; a delivery that is one event is kept byte for byte.
      const body = parsed.many ? Buffer.from(subject.text) : delivery.body;
      return intend(delivery, subject, extracted, body);
    }),
  };
}

function intend(
  delivery: Delivery,
  subject: EventSubject,
  extracted: ExtractedEvent,
  body: Uint8Array,
): Intent {
  const { source } = delivery;
  const { key, unusable } = extracted;
  if (typeof subject.body !== "object" || subject.body === null || Array.isArray(subject.body))
    return quarantine(delivery, key, "the event is not an object", body);
  const named = extracted.others.length + (extracted.home === null ? 0 : 1);
  if (named > source.identifiersPerEventMax)
    return quarantine(
      delivery,
      key,
      `the event names ${named} identifiers, more than limits.identifiersPerEventMax ${source.identifiersPerEventMax}`,
      body,
    );
  const anonymousBecause = extracted.home === null ? whyNobody(source, unusable) : undefined;
  if (anonymousBecause !== undefined) {
    if (source.withoutId === "quarantine") return quarantine(delivery, key, anonymousBecause, body);
    if (source.withoutId === "drop")
      return { kind: "drop", source: source.name, key, reason: anonymousBecause };
  }
  const { occurredAt, unusable: _, ...event } = extracted;
  return {
    kind: "resolve",
    event: {
      ...event,
      source: source.name,
      occurredAt: occurredAt ?? delivery.receivedAt,
      timeGiven: occurredAt !== undefined,
      receivedAt: delivery.receivedAt,
      delivery: delivery.id,
      trust: source.trust,
    },
    unusable,
    anonymousBecause,
  };
}

function whyNobody(source: Source, unusable: readonly UnusableIdentifier[]): string {
  if (unusable.length > 0)
    return `no usable id: ${unusable.map(({ path, reason }) => `${path}: ${reason}`).join("; ")}`;
  const paths = [source.replaceProfileId, ...source.identifiers.map(([, reading]) => reading)]
    .filter((reading) => reading !== undefined)
    .map((reading) => reading.description);
  return paths.length === 0
    ? "the source configures no id"
    : `no usable id: nothing stands at ${paths.join(", ")}`;
}

// What a header of such a name holds must not lie in a database that analysts read.
const SECRET_HEADER = /auth|cookie|token|secret|signature|hmac|api-?key|password/i;

function quarantine(delivery: Delivery, key: string, reason: string, body: Uint8Array): Intent {
  return {
    kind: "quarantine",
    event: {
      source: delivery.source.name,
      key,
      delivery: delivery.id,
      receivedAt: delivery.receivedAt,
      reason,
      urlEventType: delivery.urlEventType,
      // Readable bodies have a known content type.
      contentType: delivery.contentType ?? "application/json",
      headers: Object.fromEntries(
        [...delivery.headers].filter(([name]) => !SECRET_HEADER.test(name)),
      ),
      query: delivery.query.toString(),
      body,
    },
  };
}
