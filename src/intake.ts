/**
 * Intake: from one delivery to what shall become of each of its events, by the configuration alone. It decides what is
 * dropped or quarantined; whether an event is new, and whose it is, only the store can tell.
 */
import type { UnaddressedEvent } from "./addressing.ts";
import type { CredentialNames } from "./verify/credentials.ts";
import { parseBody, type RequestParts } from "./extract/body/body.ts";
import type { BodyFault } from "./extract/body/content.ts";
import {
  extractEvent,
  type ExtractedEvent,
  type Fingerprint,
  type UnusableIdentifier,
} from "./extract/extract.ts";
import { JsonText } from "./extract/json-text.ts";
import { PathEvaluationError } from "./extract/path.ts";
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
  /** Whether a body that cannot be parsed is kept: its sender has proved who it is. */
  readonly keepUnparseable?: boolean;
  /** Names of headers and query parameters that prove who posts, and are not kept. */
  readonly credentials?: CredentialNames;
  /** Whether somebody with a shell handed it in: then a text stands for one event, whenever it is read. */
  readonly isFromFile?: boolean;
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
  if (parsed.kind === "unmappable") {
    const whole = {
      body: null,
      json: new JsonText(parsed.text),
      headers: delivery.headers,
      query: delivery.query,
    };
    return {
      intents: [quarantineUnread(delivery, whole, parsed.reason, delivery.body, fingerprint)],
    };
  }
  const repetitions = new Map<string, number>();
  return {
    intents: parsed.subjects.map((subject, place) => {
      const { text } = subject.json;
      const repetition = repetitions.get(text) ?? 0;
      repetitions.set(text, repetition + 1);
      const index = parsed.many ? place : undefined;
      // An element is kept alone, under its own name; a delivery that is one event is kept byte for byte.
      const body = parsed.many ? Buffer.from(text) : delivery.body;
      const { urlEventType } = delivery;
      try {
        const dropped = dropReason(source, subject);
        const extracted = extractEvent(source, subject, {
          urlEventType,
          index,
          repetition,
          fingerprint,
        });
        return dropped === undefined
          ? intend(delivery, subject, extracted, body)
          : { kind: "drop", source: source.name, key: extracted.key, reason: dropped };
      } catch (error) {
        if (!(error instanceof PathEvaluationError)) throw error;
        return quarantineUnread(delivery, subject, error.message, body, fingerprint);
      }
    }),
  };
}

/** Why the source's configuration wants an event dropped; undefined where it does not. */
function dropReason({ drop }: Source, subject: EventSubject): string | undefined {
  for (const rule of drop) {
    const reason = rule.meets(subject);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

/** For what the paths of the source could not read: its name is a hash of its text. */
function quarantineUnread(
  delivery: Delivery,
  { json }: EventSubject,
  reason: string,
  body: Uint8Array,
  fingerprint: Fingerprint,
): Intent {
  return quarantine(delivery, `sha256:${fingerprint(json.text)}`, reason, body);
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
  const { occurredAt, isKeyedByText, unusable: _, ...event } = extracted;
  // The same text with a time in it is the same event, whenever it comes; without one it occurred when it came.
  const mayRecur = isKeyedByText && occurredAt === undefined && delivery.isFromFile !== true;
  return {
    kind: "resolve",
    event: {
      ...event,
      repeatWindow: mayRecur ? source.repeatWindow : undefined,
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

/** How many values a reason names; a sender can send thousands that are none. */
const REASONS_MAX = 5;

function whyNobody(source: Source, unusable: readonly UnusableIdentifier[]): string {
  if (unusable.length > 0) {
    const told = unusable.slice(0, REASONS_MAX).map(({ path, reason }) => `${path}: ${reason}`);
    const more = unusable.length - told.length;
    return `no usable id: ${told.join("; ")}${more > 0 ? `; and ${more} more` : ""}`;
  }
  const paths = [source.replaceProfileId, ...source.identifiers.map(([, reading]) => reading)]
    .filter((reading) => reading !== undefined)
    .map((reading) => reading.description);
  return paths.length === 0
    ? "the source configures no id"
    : `no usable id: nothing stands at ${paths.join(", ")}`;
}

// What a header or a query parameter of such a name holds must not lie in a database that analysts read.
const SECRET_NAME = /auth|cookie|token|secret|sig|hmac|key|pass|session|credential|jwt/i;
// A name like a secret's that is none, and tells events apart.
const NO_SECRET = "idempotency-key";

function withoutSecrets(entries: Iterable<[string, string]>): [string, string][] {
  return [...entries].filter(([name]) => name === NO_SECRET || !SECRET_NAME.test(name));
}

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
      headers: Object.fromEntries(withoutSecrets(delivery.headers)),
      query: new URLSearchParams(withoutSecrets(delivery.query)).toString(),
      body,
    },
  };
}
