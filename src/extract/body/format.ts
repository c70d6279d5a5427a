/** In which format a body is, by its Content-Type alone. */
import { printable, unknownType, type BodyFault } from "./fault.ts";
import { parseHeaderValue } from "./header-value.ts";

type Format =
  | { readonly kind: "json" }
  | { readonly kind: "lines" }
  | { readonly kind: "form" }
  | { readonly kind: "multipart"; readonly boundary: string | undefined };

/** Names that senders give to one JSON value a line; none of them is registered. */
const LINES = new Set([
  "application/x-ndjson",
  "application/ndjson",
  "application/jsonl",
  "application/x-jsonlines",
]);

/** Undefined where no part of a content type says what the body is. */
function formatOfMedia(media: string, parameters: ReadonlyMap<string, string>): Format | undefined {
  if (LINES.has(media)) return { kind: "lines" };
  // What ends in +json is JSON (RFC 6839), CloudEvents among it.
  if (/^(application|text)\/json$|^application\/[\w.+-]+\+json$/.test(media))
    return { kind: "json" };
  if (media === "application/x-www-form-urlencoded") return { kind: "form" };
  if (media === "multipart/form-data")
    return { kind: "multipart", boundary: parameters.get("boundary") };
  return undefined;
}

type ToldFormat = Format | { readonly fault: BodyFault };

export function formatOf(contentType = ""): ToldFormat {
  return COMMON.get(contentType) ?? readFormat(contentType);
}

function readFormat(contentType: string): ToldFormat {
  const { main: media, parameters } = parseHeaderValue(contentType);
  const charset = parameters.get("charset");
  if (charset !== undefined && !isReadCharset(charset))
    return { fault: unknownType(`The charset ${printable(charset)} is not read; send UTF-8.`) };
  const format = formatOfMedia(media, parameters);
  if (format !== undefined) return format;
  const what = media === "" ? "A body without Content-Type" : `Content-Type ${printable(media)}`;
  return {
    fault: unknownType(
      `${what} is not read; send application/json, application/x-ndjson, ` +
        "application/x-www-form-urlencoded or multipart/form-data.",
    ),
  };
}

/** ASCII is UTF-8. */
export function isReadCharset(charset: string): boolean {
  return ["utf-8", "utf8", "us-ascii"].includes(charset.trim().toLowerCase());
}

/** What nearly every sender writes, read once. */
const COMMON: ReadonlyMap<string, ToldFormat> = new Map(
  [
    "application/json",
    "application/json; charset=utf-8",
    "application/json;charset=utf-8",
    "application/x-www-form-urlencoded",
  ].map((contentType) => [contentType, readFormat(contentType)]),
);
