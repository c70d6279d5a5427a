/**
 * Intake: from one delivery to what shall become of each of its events, by the configuration alone. It decides what is
 * dropped or quarantined; whether an event is new, and whose it is, only the store can tell.
 */
import { setImmediate } from "node:timers/promises";
import type { UnaddressedEvent } from "./addressing.ts";
import { parseBody, decodeUtf8, type BodyFault, type RequestParts } from "./extract/body.ts";
import { reasonToDrop } from "./extract/drop.ts";
import {
  eventKey,
  extractEvent,
  keyOfUnread,
  type EventKey,
  type ExtractionContext,
  type ExtractedEvent,
  type Fingerprint,
  type UnusableIdentifier,
} from "./extract/extract.ts";
import { PathEvaluationError } from "./extract/path.ts";
import type { EventSubject } from "./extract/reading.ts";
import type { Recurring } from "./extract/recurrence.ts";
import { namesRead, type Source } from "./extract/source.ts";
import type { Milliseconds } from "./identity/types.ts";
import { secretless } from "./secrets.ts";
import type { KeptDelivery, KeptState, QuarantinedEvent } from "./store/deliveries.ts";
import type { CredentialNames } from "./verify/credentials.ts";

/** A delivery to a known source, read in full. */
export interface Delivery extends RequestParts {
  /** `dl_…` */
  readonly id: string;
  readonly source: Source;
  readonly receivedAt: Milliseconds;
  /** The event type that the URL gave, for `/collect/{eventType}/{source}`. */
  readonly urlEventType: string | undefined;
  /** Whether a body that cannot be parsed is quarantined: who signed it is known, and meant it. Default: no. */
  readonly keepUnparseable?: boolean | undefined;
  /** What it proved itself by, which is not kept. */
  readonly credentials?: CredentialNames | undefined;
  /** What stood in the path behind the source. */
  readonly pathToken?: string | undefined;
  /** Whether somebody with a shell handed it in: then a text stands for one event, whenever it is read. */
  readonly isFromFile?: boolean | undefined;
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
  | {
      readonly kind: "quarantine";
      readonly event: Omit<QuarantinedEvent, "id">;
      /** Set where it is known by its text, and the same text later is to lie beside it. */
      readonly recurring?: Pick<Recurring, "receivedAt" | "repeatWindow"> | undefined;
    }
  | {
      readonly kind: "drop";
      readonly source: string;
      readonly key: string;
      readonly reason: string;
    };

export type Intake =
  | {
      readonly intents: readonly Intent[];
      /** What they hold in memory until they are committed, at least; a body may have been compressed. */
      readonly bytes: number;
    }
  | { readonly fault: BodyFault };

export function takeIn(delivery: Delivery, fingerprint: Fingerprint): Intake {
  const opened = open(delivery, fingerprint);
  if (!("subjects" in opened)) return opened;
  const steps = intendInSteps(delivery, opened.subjects, opened.many, fingerprint);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return { intents: step.value, bytes: opened.bytes };
  }
}

/** What of a large delivery is known before its events are read, which is to be asked for if there is room for them. */
interface TakenByTurns {
  readonly bytes: number;
  /** Between every few events others have their turn. */
  readonly readIntents: () => Promise<readonly Intent[]>;
}

/** The same, but of a large delivery no more than its texts; how its events are told apart from each other is parsed at once. */
export function takeInByTurns(delivery: Delivery, fingerprint: Fingerprint): Intake | TakenByTurns {
  const opened = open(delivery, fingerprint);
  if (!("subjects" in opened)) return opened;
  const { subjects, many, bytes } = opened;
  const steps = intendInSteps(delivery, subjects, many, fingerprint);
  if (subjects.length > EVENTS_PER_STEP) return { bytes, readIntents: () => byTurns(steps) };
  const { value } = steps.next();
  return { intents: value!, bytes };
}

async function byTurns(steps: Generator<undefined, readonly Intent[]>): Promise<readonly Intent[]> {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await setImmediate();
  }
}

interface Opened {
  readonly subjects: readonly EventSubject[];
  readonly many: boolean;
  readonly bytes: number;
}

/** Parses the body, and tells its events apart. */
function open(delivery: Delivery, fingerprint: Fingerprint): Intake | Opened {
  const parsed = parseBody(delivery, delivery.source);
  const { byteLength } = delivery.body;
  if (parsed.kind === "fault") {
    const { fault } = parsed;
    const isKept = fault.code === "unparseable" && delivery.keepUnparseable === true;
    if (!isKept) return { fault };
    return { intents: [quarantineWhole(delivery, fault.detail, fingerprint)], bytes: byteLength };
  }
  if (parsed.kind === "unmappable")
    return { intents: [quarantineWhole(delivery, parsed.reason, fingerprint)], bytes: byteLength };
  const { subjects, many } = parsed;
  let textBytes = 0;
  for (const { json } of subjects) textBytes += json.text.length;
  return { subjects, many, bytes: Math.max(byteLength, textBytes) };
}

/** Of events as they are read one by one: a third of a millisecond. */
const EVENTS_PER_STEP = 50;

function* intendInSteps(
  delivery: Delivery,
  subjects: readonly EventSubject[],
  many: boolean,
  fingerprint: Fingerprint,
): Generator<undefined, readonly Intent[]> {
  const { urlEventType } = delivery;
  const query = tellingQuery(delivery);
  const repetitions = repetitionsIn(subjects);
  const intents: Intent[] = [];
  for (const [place, subject] of subjects.entries()) {
    if (place > 0 && place % EVENTS_PER_STEP === 0) yield;
    const repetition = repetitions?.[place] ?? 0;
    const index = many ? place : undefined;
    const context = { urlEventType, query, fingerprint, repetition, index };
    intents.push(intend(delivery, subject, context, place));
  }
  return intents;
}

/** How many events before each one have the same text; undefined where there is but one, as in nearly every delivery. */
function repetitionsIn(subjects: readonly EventSubject[]): readonly number[] | undefined {
  if (subjects.length === 1) return undefined;
  const counts = new Map<string, number>();
  return subjects.map(({ json: { text } }) => {
    const count = counts.get(text) ?? 0;
    counts.set(text, count + 1);
    return count;
  });
}

function intend(
  delivery: Delivery,
  subject: EventSubject,
  context: ExtractionContext,
  place: number,
): Intent {
  const { source } = delivery;
  try {
    const reason = reasonToDrop(source.drop, subject);
    if (reason !== undefined) {
      const { key } = eventKey(source, subject, context);
      return { kind: "drop", source: source.name, key, reason };
    }
    return intendKept(delivery, subject, extractEvent(source, subject, context), place);
  } catch (error) {
    if (!(error instanceof PathEvaluationError)) throw error;
    const name = nameOf(delivery, keyOfUnread(subject, context, subject.json.text));
    return quarantine(delivery, name, error.message, place);
  }
}

/** For a delivery of which not even the events can be told apart. */
function quarantineWhole(delivery: Delivery, reason: string, fingerprint: Fingerprint): Intent {
  const context: ExtractionContext = {
    urlEventType: delivery.urlEventType,
    query: tellingQuery(delivery),
    fingerprint,
    index: undefined,
    repetition: 0,
  };
  const text = decodeUtf8(delivery.body) ?? Buffer.from(delivery.body).toString("base64");
  const key = keyOfUnread(delivery, context, text);
  return quarantine(delivery, nameOf(delivery, key), reason, undefined);
}

function intendKept(
  delivery: Delivery,
  subject: EventSubject,
  extracted: ExtractedEvent,
  place: number,
): Intent {
  const { source } = delivery;
  const { unusable } = extracted;
  const name = nameOf(delivery, extracted, extracted.occurredAt !== undefined);
  if (typeof subject.body !== "object" || subject.body === null || Array.isArray(subject.body))
    return quarantine(delivery, name, "the event is not an object", place);
  const named = extracted.others.length + (extracted.home === null ? 0 : 1);
  if (named > source.identifiersPerEventMax)
    return quarantine(
      delivery,
      name,
      `the event names ${named} identifiers, more than limits.identifiersPerEventMax ${source.identifiersPerEventMax}`,
      place,
    );
  const anonymousBecause = extracted.home === null ? whyNobody(source, unusable) : undefined;
  if (anonymousBecause !== undefined) {
    if (source.withoutId === "quarantine")
      return quarantine(delivery, name, anonymousBecause, place);
    if (source.withoutId === "drop")
      return { kind: "drop", source: source.name, key: name.key, reason: anonymousBecause };
  }
  const { occurredAt, home, others, traits, payload } = extracted;
  return {
    kind: "resolve",
    event: {
      key: name.key,
      type: extracted.type,
      home,
      others,
      traits,
      payload,
      repeatWindow: name.repeatWindow,
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

/** What an event is known by. */
interface Name {
  readonly key: string;
  /** Set where the same text later than this is another event. */
  readonly repeatWindow: Milliseconds | undefined;
}

/**
 * The same text with a time in it is the same event, whenever it comes; without one it occurred when it came. Of what could
 * not be read nobody knows whether it has one: what comes later is kept too, and a replay tells.
 */
function nameOf(delivery: Delivery, { key, isKeyedByText }: EventKey, hasTime = false): Name {
  const mayRecur = isKeyedByText && !hasTime && delivery.isFromFile !== true;
  return { key, repeatWindow: mayRecur ? delivery.source.repeatWindow : undefined };
}

function quarantine(
  delivery: Delivery,
  { key, repeatWindow }: Name,
  reason: string,
  place: number | undefined,
): Intent {
  const { id, source, receivedAt } = delivery;
  return {
    kind: "quarantine",
    event: { source: source.name, key, delivery: id, place, reason },
    recurring: repeatWindow === undefined ? undefined : { receivedAt, repeatWindow },
  };
}

/** What of the query tells events apart. It depends on nothing that is configured of paths, which may be put right later. */
export function tellingQuery({ query, credentials }: Delivery): string {
  if (query.size === 0) return "";
  return new URLSearchParams(secretless(query, credentials?.query)).toString();
}

/** The delivery as it is kept while any of its events lies in quarantine. */
export function keptOf(delivery: Delivery): Omit<KeptDelivery, Exclude<keyof KeptState, "id">> {
  const { id, source, receivedAt, urlEventType, contentType, headers, query, credentials, body } =
    delivery;
  const tokens = tokensInAddress(delivery);
  const keptHeaders = secretless(headers, credentials?.headers, namesRead(source, "header")).filter(
    ([, value]) => !tokens.some((token) => value.includes(token)),
  );
  const keptQuery = secretless(query, credentials?.query, namesRead(source, "query"));
  return {
    id,
    source: source.name,
    receivedAt,
    urlEventType,
    contentType,
    headers: Object.fromEntries(keptHeaders),
    query: new URLSearchParams(keptQuery).toString(),
    body,
  };
}

/** The secrets of the address, as they may be written in it: proxies tell in headers what address was asked for. */
function tokensInAddress({ query, credentials, pathToken = "" }: Delivery): readonly string[] {
  if (credentials === undefined) return [];
  const inQuery = [...query].flatMap(([name, value]) =>
    credentials.query.has(name.toLowerCase()) ? [value] : [],
  );
  const tokens = credentials.inPath ? [...inQuery, pathToken] : inQuery;
  return tokens.flatMap((token) => (token === "" ? [] : [token, encodeURIComponent(token)]));
}
