/**
 * Forms with files: `multipart/form-data` (RFC 7578, RFC 2046). The whole body is in memory already, within its limit,
 * so the parts are cut out of it; of a file only its name, type and length are kept.
 */
import {
  decodeUtf8,
  parseMediaType,
  printable,
  unknownContent,
  unparseable,
  type Parsed,
} from "./content.ts";
import { tooManyFields, type Field, type Fields } from "./fields.ts";

/** Longer boundaries than RFC 2046 allows are a mistake, or an attack on the search. */
const BOUNDARY_CHARACTERS_MAX = 70;
/** The names of a part's field and file, with room. */
const HEADER_BYTES_MAX = 8192;

const CRLF = "\r\n";

export function parseMultipart(
  body: Uint8Array,
  boundary: string | undefined,
  fieldsMax: number,
): Parsed<Fields> {
  if (boundary === undefined || boundary === "" || boundary.length > BOUNDARY_CHARACTERS_MAX)
    return unparseable("The Content-Type names no boundary of 1 to 70 characters.");
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const fields: Field[] = [];
  let delimiter = findDelimiter(bytes, boundary, 0);
  while (delimiter !== undefined && !delimiter.isLast) {
    const start = delimiter.end;
    delimiter = findDelimiter(bytes, boundary, start - CRLF.length);
    if (delimiter === undefined) break;
    if (fields.length === fieldsMax) return { value: tooManyFields(fieldsMax) };
    // The line break before a delimiter is the delimiter's; of an empty part it is the one that ends its headers.
    const part = readPart(bytes.subarray(start, Math.max(start, delimiter.start)));
    if ("fault" in part) return part;
    fields.push(part.value);
  }
  if (delimiter === undefined)
    return unparseable("The form ends before its last boundary, or has none.");
  return checkedCharset(fields);
}

interface Delimiter {
  readonly start: number;
  readonly end: number;
  readonly isLast: boolean;
}

/** The next line that is the boundary, at the start of the body or behind a line break. */
function findDelimiter(bytes: Buffer, boundary: string, from: number): Delimiter | undefined {
  const mark = Buffer.from(`--${boundary}`, "latin1");
  for (
    let at = bytes.indexOf(mark, Math.max(0, from));
    at !== -1;
    at = bytes.indexOf(mark, at + 1)
  ) {
    const isAtLineStart = at === 0 || bytes.toString("latin1", at - 2, at) === CRLF;
    const behind = at + mark.length;
    const rest = /^(--)?[ \t]*(\r\n|$)/.exec(bytes.toString("latin1", behind, behind + 128));
    if (!isAtLineStart || rest === null) continue;
    const isLast = rest[1] !== undefined;
    // A boundary at the very end of what came, without its dashes, is one that was cut off.
    if (!isLast && rest[2] === "") return undefined;
    return { start: Math.max(0, at - CRLF.length), end: behind + rest[0].length, isLast };
  }
  return undefined;
}

function readPart(part: Buffer): Parsed<Field> {
  const end = part.indexOf(CRLF + CRLF);
  // A part may have no header at all; then it begins with an empty line, and has no name.
  if (end === -1 || end > HEADER_BYTES_MAX)
    return unparseable(
      `A part of the form has no headers, or more than ${HEADER_BYTES_MAX} bytes.`,
    );
  const head = decodeUtf8(part.subarray(0, end));
  if (head === undefined) return unparseable("The headers of a part are not UTF-8.");
  const headers = headersOf(head);
  const disposition = /^form-data\s*;(.*)$/is.exec(headers.get("content-disposition") ?? "")?.[1];
  const name = disposition === undefined ? undefined : parameter(disposition, "name");
  if (disposition === undefined || name === undefined)
    return unparseable("A part of the form has no Content-Disposition: form-data with a name.");
  return readContent({ name, filename: parameter(disposition, "filename") }, headers, part, end);
}

function readContent(
  { name, filename }: { readonly name: string; readonly filename: string | undefined },
  headers: ReadonlyMap<string, string>,
  part: Buffer,
  headEnd: number,
): Parsed<Field> {
  const content = part.subarray(headEnd + 2 * CRLF.length);
  const contentType = headers.get("content-type") ?? "text/plain";
  if (filename !== undefined)
    return { value: { name, value: { filename, contentType, bytes: content.length } } };
  const encoding = headers.get("content-transfer-encoding")?.toLowerCase() ?? "binary";
  if (!["7bit", "8bit", "binary"].includes(encoding))
    return unknownContent(
      `Content-Transfer-Encoding ${printable(encoding)} is not read; send the field as it is.`,
    );
  const charset = parseMediaType(contentType).parameters.get("charset") ?? "utf-8";
  if (!isUtf8(charset)) return foreignCharset(charset);
  const value = decodeUtf8(content);
  return value === undefined
    ? unparseable("A field of the form is not valid UTF-8.")
    : { value: { name, value } };
}

/** By lower-case name. */
function headersOf(head: string): Map<string, string> {
  const headers = new Map<string, string>();
  for (const line of head.split(CRLF)) {
    const colon = line.indexOf(":");
    if (colon > 0)
      headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  return headers;
}

/**
 * A parameter of the disposition. Browsers write a quote as %22 and leave a backslash alone; older clients write a
 * quote behind a backslash.
 */
function parameter(disposition: string, name: string): string | undefined {
  const pattern = new RegExp(
    `(?:^|;)\\s*${name}\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|([^;\\s"]+))`,
    "is",
  );
  const match = pattern.exec(disposition);
  if (match === null) return undefined;
  const text = match[1]?.replaceAll('\\"', '"') ?? match[2] ?? "";
  return text.replaceAll("%22", '"').replaceAll(/%0d/gi, "\r").replaceAll(/%0a/gi, "\n");
}

function isUtf8(charset: string): boolean {
  return ["utf-8", "utf8", "us-ascii", "ascii"].includes(charset.toLowerCase());
}

function foreignCharset(charset: string) {
  return unknownContent(`The charset ${printable(charset)} is not read; send UTF-8.`);
}

/** A form may say in a field of this name which charset its values are in (RFC 7578, 4.6). */
function checkedCharset(fields: readonly Field[]): Parsed<Fields> {
  const charset = fields.find(({ name }) => name === "_charset_")?.value;
  return typeof charset === "string" && !isUtf8(charset)
    ? foreignCharset(charset)
    : { value: { fields } };
}
