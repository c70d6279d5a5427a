/**
 * Bodies: from the bytes of a delivery to the events in it, each with its own text as received. Whatever was sent becomes
 * JSON text here, and what it holds is read from that text, so that payload and extraction never differ. Knows content
 * types; knows nothing of paths to ids, except where the source says its events lie.
 */
import { eventsIn, eventsInLines, type FoundEvents } from "./body/events.ts";
import { expandBody } from "./body/expand.ts";
import type { BodyFault, Read } from "./body/fault.ts";
import { charsetFault, NOT_UTF8, type Field } from "./body/field.ts";
import { fieldsToJson } from "./body/field-tree.ts";
import { formatOf } from "./body/format.ts";
import {
  isForgottenJson,
  readJson,
  readJsonLines,
  readMislabelledLines,
  type JsonValue,
} from "./body/json-values.ts";
import { readMultipart } from "./body/multipart.ts";
import { readUrlEncoded } from "./body/url-encoded.ts";
import { decodeUtf8 } from "./body/utf8.ts";
import { JsonText } from "./json-text.ts";
import type { EventSubject } from "./reading.ts";
import type { Source } from "./source.ts";

export { decodeUtf8, type BodyFault };

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
  /** The body was read but holds no events where they should be. */
  | { readonly kind: "unmappable"; readonly reason: string }
  | { readonly kind: "fault"; readonly fault: BodyFault };

export function parseBody(request: RequestParts, source: Source): ParsedBody {
  if (isEventWithoutData(request)) return inJson({ value: {}, text: "{}" }, request, source);
  const format = formatOf(request.contentType);
  if ("fault" in format) return refused(format.fault);
  const encoding = request.headers.get("content-encoding");
  const expanded = expandBody(request.body, encoding, source.bodyBytesMax);
  if ("fault" in expanded) return refused(expanded.fault);
  const bytes = expanded.value;
  if (format.kind === "multipart")
    return parseFields(
      readMultipart(bytes, format.boundary, source.formFieldsMax),
      request,
      source,
    );
  const text = decodeUtf8(bytes);
  if (text === undefined) return refused(NOT_UTF8);
  switch (format.kind) {
    case "json":
      return parseJson(text, request, source);
    case "lines": {
      const lines = readJsonLines(text, source);
      return "fault" in lines ? refused(lines.fault) : inLines(lines.value, request, source);
    }
    case "form":
      return parseForm(text, request, source);
  }
}

/** CloudEvents in binary mode has its attributes in headers, and an event need not have data. */
function isEventWithoutData({ body, headers, contentType }: RequestParts): boolean {
  return (
    body.length === 0 &&
    (contentType ?? "").trim() === "" &&
    Array.from(headers.keys()).some((name) => name.startsWith("ce-"))
  );
}

function refused(fault: BodyFault): ParsedBody {
  return { kind: "fault", fault };
}

function parseJson(text: string, request: RequestParts, source: Source): ParsedBody {
  const whole = readJson(text, source);
  if (!("fault" in whole)) return inJson(whole.value, request, source);
  const lines = readMislabelledLines(text, source);
  return lines === undefined ? refused(whole.fault) : inLines(lines, request, source);
}

function parseForm(text: string, request: RequestParts, source: Source): ParsedBody {
  if (isForgottenJson(text)) {
    const reason = "the body is JSON and was sent as a form; send Content-Type: application/json";
    return { kind: "unmappable", reason };
  }
  return parseFields(readUrlEncoded(text, source.formFieldsMax), request, source);
}

function parseFields(
  fields: Read<readonly Field[]>,
  request: RequestParts,
  source: Source,
): ParsedBody {
  if ("fault" in fields) return refused(fields.fault);
  const wrongCharset = charsetFault(fields.value);
  if (wrongCharset !== undefined) return refused(wrongCharset);
  const json = fieldsToJson(fields.value, source);
  if ("fault" in json) return refused(json.fault);
  return inJson({ value: JSON.parse(json.value) as unknown, text: json.value }, request, source);
}

function inJson(whole: JsonValue, request: RequestParts, source: Source): ParsedBody {
  const found = eventsIn(subjectOf(whole, request), source);
  return parsedAs(found, request);
}

function inLines(lines: readonly JsonValue[], request: RequestParts, source: Source): ParsedBody {
  return parsedAs(eventsInLines(lines, request, source), request);
}

function parsedAs(found: FoundEvents, request: RequestParts): ParsedBody {
  if (found.kind === "none") return { kind: "unmappable", reason: found.reason };
  const subjects = found.values.map((event) => subjectOf(event, request));
  return { kind: "events", subjects, many: found.many };
}

function subjectOf({ value, text }: JsonValue, { headers, query }: RequestParts): EventSubject {
  return { body: value, json: new JsonText(text), headers, query };
}
