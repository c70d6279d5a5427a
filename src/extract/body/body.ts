/**
 * Bodies: from the bytes of a delivery to the events in it, each with its own text as received. It knows which format
 * is read by whom; of the formats themselves, and of paths to ids, it knows nothing.
 */
import { JsonText } from "../json-text.ts";
import type { EventSubject } from "../reading.ts";
import type { Source } from "../source.ts";
import {
  contentTypeOf,
  decodeUtf8,
  unparseable,
  type BodyFault,
  type ContentType,
  type Parsed,
} from "./content.ts";
import { expand } from "./expand.ts";
import { fieldsText, type Fields } from "./fields.ts";
import { readJson, readLines, type JsonEvents } from "./json.ts";
import { parseMultipart } from "./multipart.ts";
import { parseUrlencoded } from "./urlencoded.ts";

/** The parts of a request that extraction may look at. */
export interface RequestParts {
  readonly contentType: string | undefined;
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
  readonly query: URLSearchParams;
  readonly body: Uint8Array;
}

export type ParsedBody =
  | { readonly kind: "events"; readonly subjects: readonly EventSubject[]; readonly many: boolean }
  /** The body was read but holds no events where they should be; `text` is all of it. */
  | { readonly kind: "unmappable"; readonly text: string; readonly reason: string }
  /** The body cannot be read at all. */
  | { readonly kind: "fault"; readonly fault: BodyFault };

export function parseBody(request: RequestParts, source: Source): ParsedBody {
  const read = readBody(request, source);
  if ("fault" in read) return { kind: "fault", fault: read.fault };
  const { text, found } = read.value;
  if ("unmappable" in found) return { kind: "unmappable", text, reason: found.unmappable };
  const { headers, query } = request;
  const subjects = found.events.map(({ value, json }) => ({ body: value, json, headers, query }));
  return { kind: "events", subjects, many: found.many };
}

interface ReadBody {
  /** What it says, as text. */
  readonly text: string;
  readonly found: JsonEvents;
}

function readBody(request: RequestParts, source: Source): Parsed<ReadBody> {
  const { headers, body, contentType } = request;
  // A CloudEvent in binary mode may have no data; all of it stands in its headers then.
  if (body.byteLength === 0 && contentType === undefined && headers.has("ce-id"))
    return { value: { text: "{}", found: oneEvent("{}") } };
  const type = contentTypeOf(contentType);
  if ("fault" in type) return type;
  const expanded = expand(body, headers.get("content-encoding"), source.bodyBytesMax);
  if ("fault" in expanded) return expanded;
  const bytes = expanded.value;
  const { format, boundary } = type.value;
  return format === "multipart"
    ? formOf(parseMultipart(bytes, boundary, source.formFieldsMax), bytes, source)
    : readText(bytes, type.value, request, source);
}

function readText(
  bytes: Uint8Array,
  { format }: ContentType,
  request: RequestParts,
  source: Source,
): Parsed<ReadBody> {
  const text = decodeUtf8(bytes);
  if (text === undefined) return unparseable("The body is not valid UTF-8.");
  if (format === "form") {
    const reason = "the body is JSON and was sent as a form; send Content-Type: application/json";
    if (isJsonText(text)) return { value: { text, found: { unmappable: reason } } };
    return formOf(parseUrlencoded(text, source.formFieldsMax), bytes, source);
  }
  const found = format === "ndjson" ? readLines(text, source) : readJson(text, request, source);
  return "fault" in found ? found : { value: { text, found: found.value } };
}

/** `bytes` are those of the whole form. */
function formOf(read: Parsed<Fields>, bytes: Uint8Array, source: Source): Parsed<ReadBody> {
  if ("fault" in read) return read;
  if ("unmappable" in read.value)
    return { value: { text: Buffer.from(bytes).toString("latin1"), found: read.value } };
  const text = fieldsText(read.value.fields, source);
  return { value: { text, found: oneEvent(text) } };
}

function oneEvent(text: string): JsonEvents {
  return {
    events: [{ value: JSON.parse(text) as unknown, json: new JsonText(text) }],
    many: false,
  };
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
