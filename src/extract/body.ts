/**
 * Bodies: from the bytes of a delivery to the events in it, each with its own text as received. Knows content types;
 * knows nothing of paths to ids, except where the source says its events lie.
 */
import { elementTexts, isDeeperThan, JsonText, type Location } from "./json-text.ts";
import { PathEvaluationError, type Found, type Path } from "./path.ts";
import type { EventSubject } from "./reading.ts";
import type { Source } from "./source.ts";

/** The parts of a request that extraction may look at. */
export interface RequestParts {
  readonly contentType: string | undefined;
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
  readonly query: URLSearchParams;
  readonly body: Uint8Array;
}

/** Why a body cannot be read at all: the sender is at fault, and nothing is kept. */
export interface BodyFault {
  readonly code: "unparseable" | "unknown-content-type";
  readonly detail: string;
}

export type ParsedBody =
  | { readonly kind: "events"; readonly subjects: readonly EventSubject[]; readonly many: boolean }
  /** The body was read but holds no events where they should be; `text` is all of it. */
  | { readonly kind: "unmappable"; readonly text: string; readonly reason: string }
  | { readonly kind: "fault"; readonly fault: BodyFault };

type Format = "json" | "form";

export function parseBody(request: RequestParts, source: Source): ParsedBody {
  const format = formatOf(request);
  if (typeof format !== "string") return { kind: "fault", fault: format };
  const text = decodeUtf8(request.body);
  if (text === undefined) return unparseable("The body is not valid UTF-8.");
  if (format === "form") {
    if (!isJsonText(text)) return events([formSubject(text, request)], false);
    const reason = "the body is JSON and was sent as a form; send Content-Type: application/json";
    return { kind: "unmappable", text, reason };
  }
  return parseJson(text, request, source);
}

function formatOf(request: RequestParts): Format | BodyFault {
  const unknown = (detail: string): BodyFault => ({ code: "unknown-content-type", detail });
  const encoding = request.headers.get("content-encoding")?.trim().toLowerCase() ?? "identity";
  if (encoding !== "identity")
    return unknown(`Content-Encoding ${printable(encoding)} is not read; send the body as it is.`);
  const [type = "", ...parameters] = (request.contentType ?? "").toLowerCase().split(";");
  const charset = parameters
    .map((parameter) => /^\s*charset\s*=\s*"?([^"\s]*)"?\s*$/.exec(parameter)?.[1])
    .find((value) => value !== undefined);
  if (charset !== undefined && !["utf-8", "utf8", "us-ascii"].includes(charset))
    return unknown(`The charset ${printable(charset)} is not read; send UTF-8.`);
  const media = type.trim();
  if (
    media === "application/json" ||
    media === "text/json" ||
    /^application\/[\w.+-]+\+json$/.test(media)
  )
    return "json";
  if (media === "application/x-www-form-urlencoded") return "form";
  return unknown(
    `${media === "" ? "A body without Content-Type" : `Content-Type ${printable(media)}`} is not read; ` +
      "send application/json or application/x-www-form-urlencoded.",
  );
}

function printable(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Undefined where the bytes are not UTF-8: read loosely, two different people could meet in the sign for it. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

function unparseable(detail: string): ParsedBody {
  return { kind: "fault", fault: { code: "unparseable", detail } };
}

function events(subjects: readonly EventSubject[], many: boolean): ParsedBody {
  return { kind: "events", subjects, many };
}

/** What curl and many a script send where nobody thought of the content type. */
function isJsonText(text: string): boolean {
  if (!/^\s*[{[]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The fields of a form as one JSON object; a name that comes several times has the list of its values. */
function formSubject(text: string, request: RequestParts): EventSubject {
  // Without a prototype, so that a field called __proto__ is a field.
  const body = Object.create(null) as Record<string, string | string[]>;
  for (const [field, value] of new URLSearchParams(text)) {
    const earlier = body[field];
    if (earlier === undefined) body[field] = value;
    else if (Array.isArray(earlier)) earlier.push(value);
    else body[field] = [earlier, value];
  }
  return subjectOf(body, new JsonText(JSON.stringify(body)), request);
}

function subjectOf(body: unknown, json: JsonText, request: RequestParts): EventSubject {
  return { body, json, headers: request.headers, query: request.query };
}

function parseJson(text: string, request: RequestParts, source: Source): ParsedBody {
  if (isDeeperThan(text, source.jsonDepthMax))
    return unparseable(`The body is nested deeper than ${source.jsonDepthMax} levels.`);
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    return unparseable(`The body is not JSON: ${syntaxFault(error)}`);
  }
  const whole = subjectOf(body, new JsonText(text), request);
  const found = elementsOf(whole, source);
  if (typeof found === "string") return { kind: "unmappable", text, reason: found };
  if (found === undefined) return events([whole], false);
  const subjects = found.map(({ value, json }) => subjectOf(value, new JsonText(json), request));
  return events(subjects, true);
}

interface Element {
  readonly value: unknown;
  readonly json: string;
}

/** The events of a delivery that holds many; undefined where it is one event; a text where it is neither, and why. */
function elementsOf(whole: EventSubject, source: Source): Element[] | undefined | string {
  const { body, json } = whole;
  const max = source.eventsPerDeliveryMax;
  const tooMany = `the delivery holds more events than limits.eventsPerDeliveryMax ${max}`;
  if (source.events !== undefined) {
    const places = placesOfEvents(whole, source.events, max);
    if (typeof places === "string") return places;
    if (places.length > max) return tooMany;
    return places.map(({ value, location = [] }) => ({
      value,
      json: json.at(location) ?? JSON.stringify(value),
    }));
  }
  if (!Array.isArray(body))
    return isObject(body) ? undefined : "the body is neither an object nor a list of objects";
  if (body.length > max) return tooMany;
  const texts = elementTexts(json.text);
  return body.map((value: unknown, index) => ({ value, json: texts[index]! }));
}

/** Where the configured path finds events, one more than allowed at the most; a text where it finds none. */
function placesOfEvents(whole: EventSubject, path: Path, max: number): readonly Found[] | string {
  const places: Found[] = [];
  try {
    for (const place of path.find(whole)) if (places.push(place) > max) break;
  } catch (error) {
    if (!(error instanceof PathEvaluationError)) throw error;
    return error.message;
  }
  // A dotted path that leads to a list means its elements, as `$.list[*]` does; an empty list holds no events.
  const only = places.length === 1 ? places[0]! : undefined;
  if (only !== undefined && Array.isArray(only.value)) {
    const location: Location = only.location ?? [];
    return only.value.slice(0, max + 1).map((value: unknown, index) => ({
      value,
      location: [...location, index],
    }));
  }
  return places.length === 0 ? `no event stands at ${path.text}` : places;
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What JSON.parse says, without the piece of the body that it quotes: a body may hold secrets. */
function syntaxFault(error: unknown): string {
  const message = error instanceof Error ? error.message : "";
  const position = /at position (\d+)/.exec(message)?.[1];
  if (position !== undefined) return `unexpected character at position ${position}.`;
  return message.includes("end of JSON input") ? "it ends too early." : "it has a syntax error.";
}
