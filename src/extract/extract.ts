/**
 * Extraction: what one event of a delivery says, by the paths of its source. It never changes the payload
 * (invariant I10) and takes nothing for an id that is none (I8).
 */
import { sameIdentifier } from "../identity/identifier.ts";
import type { Identifier, Milliseconds, Trait } from "../identity/types.ts";
import { isLongerInUtf8 } from "./body/utf8.ts";
import { normaliseIdentifier, normaliseUsable, type Normalised } from "./normalise.ts";
import type { Candidate, EventSubject, Reading } from "./reading.ts";
import type { Source } from "./source.ts";
import { parseTime } from "./time.ts";
import { plainText, usableId } from "./usable.ts";

/** A short text that stands for a long one: collision-free in practice, such as SHA-256 in base64url. */
export type Fingerprint = (text: string) => string;

export type EventKey = Pick<ExtractedEvent, "key" | "isKeyedByText">;

/** What an event says of itself, before anything is known of whom it names. */
export interface ExtractedEvent {
  readonly key: string;
  /** Whether the key is only a hash of the text: the same text much later may be another event. */
  readonly isKeyedByText: boolean;
  readonly type: string;
  /** Undefined where the event gives no time of its own. */
  readonly occurredAt: Milliseconds | undefined;
  /** Null where the event names nobody. */
  readonly home: Identifier | null;
  readonly others: readonly Identifier[];
  readonly traits: readonly Trait[];
  readonly payload: string;
  /** Values that stood where an identifier should, and why each is none. */
  readonly unusable: readonly UnusableIdentifier[];
}

export interface UnusableIdentifier {
  readonly namespace: string;
  /** The path that led to it, as written. */
  readonly path: string;
  /** The value where it is short text; undefined otherwise. */
  readonly value: string | undefined;
  readonly reason: string;
}

export interface ExtractionContext {
  /** The event type that the URL gave, for `/collect/{eventType}/{source}`. */
  readonly urlEventType: string | undefined;
  /** Which event of its delivery it is; undefined where the delivery holds only one. */
  readonly index: number | undefined;
  /** How many events before it in the same delivery have the same text. */
  readonly repetition: number;
  /** The query string without secrets: what tells events apart must be there when they are taken again. */
  readonly query: string;
  readonly fingerprint: Fingerprint;
}

export const EVENT_TYPE_CHARACTERS_MAX = 256;
const EVENT_KEY_BYTES_MAX = 512;

export function extractEvent(
  source: Source,
  subject: EventSubject,
  context: ExtractionContext,
): ExtractedEvent {
  const unusable: UnusableIdentifier[] = [];
  const identifiers = readIdentifiers(source, subject, unusable);
  const { key, isKeyedByText } = eventKey(source, subject, context);
  return {
    key,
    isKeyedByText,
    type: context.urlEventType ?? readType(source, subject),
    occurredAt: source.occurredAt?.first(subject, ({ value }) => parseTime(value)),
    home: identifiers[0] ?? null,
    others: identifiers.slice(1),
    traits: readTraits(source, subject),
    payload: subject.json.text,
    unusable,
  };
}

function readReplacedId(
  source: Source,
  subject: EventSubject,
  unusable: UnusableIdentifier[],
): Identifier | undefined {
  const { replaceProfileId, idSpace, idScope } = source;
  const scope = idScope?.first(subject, ({ value, literal }) => {
    const usable = usableId(value, literal);
    return "text" in usable ? usable.text : undefined;
  });
  const scoped = idScope === undefined ? undefined : scopedBy(source, scope);
  return readIdentifier(replaceProfileId, idSpace, source, subject, unusable, scoped);
}

/** How the sender's ids are written where its scope is the given one; undefined where none was found. */
export function scopedBy(source: Source, scope: string | undefined): (id: string) => string {
  return (id) => (source.idScope === undefined ? id : scopedValue(scope, id));
}

/**
 * `T1/U7`. A slash within the scope is escaped, so the first slash always ends the scope; an id whose scope is
 * missing has its slashes escaped instead. So no two pairs of scope and id share a text.
 */
function scopedValue(scope: string | undefined, id: string): string {
  return scope === undefined ? escapeSlashes(id) : `${escapeSlashes(scope)}/${id}`;
}

function escapeSlashes(text: string): string {
  if (!text.includes("/") && !text.includes("%")) return text;
  return text.replaceAll("%", "%25").replaceAll("/", "%2F");
}

/** All that the event names, each once: the first is its home. */
function readIdentifiers(
  source: Source,
  subject: EventSubject,
  unusable: UnusableIdentifier[],
): Identifier[] {
  const replaced = readReplacedId(source, subject, unusable);
  const identifiers = replaced === undefined ? [] : [replaced];
  for (const [namespace, reading] of source.identifiers) {
    const identifier = readIdentifier(reading, namespace, source, subject, unusable);
    if (identifier !== undefined) identifiers.push(identifier);
  }
  return distinct(identifiers);
}

function readIdentifier(
  reading: Reading | undefined,
  namespace: string,
  source: Source,
  subject: EventSubject,
  unusable: UnusableIdentifier[],
  scoped?: (id: string) => string,
): Identifier | undefined {
  return reading?.first(subject, (candidate) => {
    const normalised = identifierOf(candidate, namespace, source, scoped);
    if ("identifier" in normalised) return normalised.identifier;
    unusable.push({
      namespace,
      path: candidate.path ?? "the literal value",
      value: shortText(candidate.value),
      reason: normalised.unusable,
    });
    return undefined;
  });
}

/** The identifier that a candidate is, or why it is none. */
export function identifierOf(
  { value, literal }: Candidate,
  namespace: string,
  source: Source,
  scoped?: (id: string) => string,
): Normalised {
  const usable = usableId(value, literal);
  if ("unusable" in usable) return usable;
  if (scoped === undefined) return normaliseUsable(namespace, usable.text, source.normalise);
  return normaliseIdentifier(namespace, scoped(usable.text), literal, source.normalise);
}

const SHORT_CHARACTERS_MAX = 100;

function shortText(value: unknown): string | undefined {
  if (typeof value !== "string" && typeof value !== "number") return undefined;
  const text = String(value);
  return text.length <= SHORT_CHARACTERS_MAX ? text : undefined;
}

export function distinct(identifiers: readonly Identifier[]): Identifier[] {
  const found: Identifier[] = [];
  for (const identifier of identifiers)
    if (!found.some((other) => sameIdentifier(other, identifier))) found.push(identifier);
  return found;
}

function readType(source: Source, subject: EventSubject): string {
  const configured = source.eventType?.first(subject, ({ value, literal }) =>
    usableEventType(value, literal),
  );
  return configured ?? usableEventType(ownType(subject)) ?? source.name;
}

/** What many senders call the type, where no path is configured or none gave one. */
export function ownType({ body }: EventSubject): unknown {
  return typeof body === "object" && body !== null && Object.hasOwn(body, "type")
    ? (body as Record<string, unknown>)["type"]
    : undefined;
}

/** The text of an event type; undefined for a value that cannot be one. */
export function usableEventType(
  value: unknown,
  literal: () => string | undefined = () => undefined,
): string | undefined {
  const plain = plainText(value, literal);
  return "text" in plain && plain.text.length <= EVENT_TYPE_CHARACTERS_MAX ? plain.text : undefined;
}

/**
 * Headers by which senders tell a retry from a new delivery, in order of trust: Standard Webhooks and its elder twin,
 * the draft standard, then single senders' own. Not among them are headers that several deliveries may share, such as
 * Shopify's event id (one for all subscriptions) or GitLab's event UUID (one for all hooks that a hook sets off).
 */
const EVENT_ID_HEADERS = [
  "webhook-id",
  "svix-id",
  "idempotency-key",
  "x-github-delivery",
  "x-shopify-webhook-id",
  "x-zendesk-webhook-invocation-id",
] as const;

/** Stands between an id and a number; no usable id holds it, so no other id reads the same. */
const NUMBER_MARK = "\n";

/** What an event or its request gives as its id. */
export interface GivenKey {
  readonly text: string;
  /** Whether all events of the delivery share it. */
  readonly shared: boolean;
}

/** What tells a redelivery from a new event: the configured id, else a known header, else a hash of the text. */
export function eventKey(
  source: Source,
  subject: EventSubject,
  context: ExtractionContext,
): EventKey {
  const configured = source.eventId?.first(subject, ({ value, literal, fromRequest }) => {
    const usable = usableId(value, literal);
    return "text" in usable ? { text: usable.text, shared: fromRequest } : undefined;
  });
  return keyOf(configured ?? headerKey(subject.headers), context, subject.json.text);
}

/** The same for what the paths of the source could not read, or for a body that is none: then it is asked nothing. */
export function keyOfUnread(
  { headers }: Pick<EventSubject, "headers">,
  context: ExtractionContext,
  text: string,
): EventKey {
  return keyOf(headerKey(headers), context, text);
}

/** The key of an event whose id is given, or that is given none and is known by its text. */
export function keyOf(
  given: GivenKey | undefined,
  context: ExtractionContext,
  text: string,
): EventKey {
  if (given === undefined) {
    const { urlEventType = "", repetition, query, fingerprint } = context;
    const hash = fingerprint([urlEventType, query, text].join("\n"));
    // A delivery is not its own redelivery: the same text twice in one is two events.
    const mark = repetition === 0 ? "" : `${NUMBER_MARK}${repetition}`;
    return { key: `sha256:${hash}${mark}`, isKeyedByText: true };
  }
  // An id of the request is shared by all events of the delivery; the place tells them apart.
  const key =
    given.shared && context.index !== undefined
      ? `${given.text}${NUMBER_MARK}${context.index}`
      : given.text;
  const isLong = isLongerInUtf8(key, EVENT_KEY_BYTES_MAX);
  return { key: isLong ? `sha256:${context.fingerprint(key)}` : key, isKeyedByText: false };
}

/** The id that a known header gives, and which one. */
export function headerKey(
  headers: EventSubject["headers"],
): (GivenKey & { readonly header: string }) | undefined {
  const usableHeader = (name: string) => {
    const value = headers.get(name);
    if (value === undefined) return undefined;
    const usable = usableId(value, () => undefined);
    return "text" in usable ? usable.text : undefined;
  };
  for (const header of EVENT_ID_HEADERS) {
    const text = usableHeader(header);
    if (text !== undefined) return { text, shared: true, header };
  }
  // CloudEvents: an id is unique only together with its source.
  const cloudEvent = usableHeader("ce-id");
  if (cloudEvent === undefined) return undefined;
  const text = JSON.stringify([usableHeader("ce-source") ?? "", cloudEvent]);
  return { text, shared: true, header: "ce-id" };
}

/** Null, missing and blank values are no traits: a form whose optional field was left empty erases nothing. */
/** The traits that the source's paths lead to in an event. */
export function readTraits(source: Source, subject: EventSubject): Trait[] {
  const traits: Trait[] = [];
  for (const [name, reading] of source.traits) {
    const value = reading.first(subject, (candidate) =>
      isEmpty(candidate.value) ? undefined : candidate.json(),
    );
    if (value !== undefined) traits.push({ name, value });
  }
  return traits;
}

/** Whether a value says nothing of a trait. */
export function isEmpty(value: unknown): boolean {
  return (
    value === null || value === undefined || (typeof value === "string" && value.trim() === "")
  );
}
