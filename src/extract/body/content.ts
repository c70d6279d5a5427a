/** What the headers of a request say of its body: which format it has, in which charset, and how it was compressed. */

/** Why a body cannot be read at all: the sender is at fault. */
export interface BodyFault {
  readonly code: "unparseable" | "unknown-content-type" | "body-too-large";
  readonly detail: string;
}

/** A value, or why there is none. */
export type Parsed<Value> = { readonly value: Value } | { readonly fault: BodyFault };

export function unparseable(detail: string): { readonly fault: BodyFault } {
  return { fault: { code: "unparseable", detail } };
}

export function unknownContent(detail: string): { readonly fault: BodyFault } {
  return { fault: { code: "unknown-content-type", detail } };
}

export type Format = "json" | "ndjson" | "form" | "multipart";

export interface ContentType {
  readonly format: Format;
  /** What separates the parts of a multipart body. */
  readonly boundary: string | undefined;
}

const FORMATS: ReadonlyMap<string, Format> = new Map([
  ["application/json", "json"],
  ["text/json", "json"],
  ["application/x-ndjson", "ndjson"],
  ["application/ndjson", "ndjson"],
  ["application/jsonl", "ndjson"],
  ["application/x-jsonlines", "ndjson"],
  ["application/x-www-form-urlencoded", "form"],
  ["multipart/form-data", "multipart"],
]);

/** Names of one charset: every text in US-ASCII is one in UTF-8. */
const READABLE_CHARSETS = ["utf-8", "utf8", "us-ascii", "ascii"];

export function contentTypeOf(header: string | undefined): Parsed<ContentType> {
  const { media, parameters } = parseMediaType(header ?? "");
  const charset = parameters.get("charset")?.toLowerCase();
  if (charset !== undefined && !READABLE_CHARSETS.includes(charset))
    return unknownContent(`The charset ${printable(charset)} is not read; send UTF-8.`);
  const format = FORMATS.get(media) ?? (isJsonSuffixed(media) ? "json" : undefined);
  if (format !== undefined) return { value: { format, boundary: parameters.get("boundary") } };
  return unknownContent(
    `${media === "" ? "A body without Content-Type" : `Content-Type ${printable(media)}`} is not read; ` +
      "send application/json, application/x-ndjson, application/x-www-form-urlencoded or multipart/form-data.",
  );
}

/** `application/cloudevents+json`, its batch, and whatever else is JSON by its suffix (RFC 6839). */
function isJsonSuffixed(media: string): boolean {
  return /^application\/[\w.+-]+\+json$/.test(media);
}

export function printable(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}

export interface HeaderValue {
  /** In lower case. */
  readonly media: string;
  /** By lower-case name; of a repeated one the first counts. */
  readonly parameters: ReadonlyMap<string, string>;
}

// One parameter: a token or a quoted text, in which a backslash escapes what follows.
const PARAMETER = /;\s*([^=;\s"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;"\s]*))/gs;

/** A header such as `multipart/form-data; boundary="a b"` or `form-data; name="x"` (RFC 9110, 5.6.6). */
export function parseMediaType(header: string): HeaderValue {
  const end = header.indexOf(";");
  const media = (end === -1 ? header : header.slice(0, end)).trim().toLowerCase();
  const parameters = new Map<string, string>();
  for (const [, name = "", quoted, token] of header.matchAll(PARAMETER)) {
    const key = name.toLowerCase();
    const value = quoted?.replace(/\\(.)/gs, "$1") ?? token ?? "";
    if (!parameters.has(key)) parameters.set(key, value);
  }
  return { media, parameters };
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
