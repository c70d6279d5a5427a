/** The headers of one part of a form: what the field is called, and whether it is a file. */
import { printable, unknownType, unparseable, type Read } from "./fault.ts";
import { NOT_UTF8 } from "./field.ts";
import { isReadCharset } from "./format.ts";
import { parseHeaderValue } from "./header-value.ts";
import { decodePercent, decodePiece } from "./utf8.ts";

export interface PartHead {
  readonly name: string;
  /** Undefined for a field that is no file. */
  readonly filename: string | undefined;
  /** As it was sent. */
  readonly contentType: string;
}

/** RFC 7578 (4.4). */
const CONTENT_TYPE_DEFAULT = "text/plain";
/** RFC 7578 (4.7) has no others: a form's parts are sent as they are. */
const TRANSFER_ENCODINGS = new Set(["7bit", "8bit", "binary"]);

/** `number` counts the parts from 1, for messages. */
export function readPartHead(head: Uint8Array, number: number): Read<PartHead> {
  const text = decodePiece(head);
  if (text === undefined) return { fault: NOT_UTF8 };
  const headers = headersOf(text);
  if (headers === undefined)
    return { fault: unparseable(`A header of part ${number} is no header.`) };
  const disposition = parseHeaderValue(headers.get("content-disposition") ?? "", "is-itself");
  const name = disposition.parameters.get("name");
  if (disposition.main !== "form-data" || name === undefined || name.includes('"'))
    return {
      fault: unparseable(`Part ${number} has no Content-Disposition: form-data; name="…".`),
    };
  const filename = filenameOf(disposition.parameters);
  const encoding = headers.get("content-transfer-encoding")?.toLowerCase() ?? "binary";
  if (!TRANSFER_ENCODINGS.has(encoding))
    return {
      fault: unknownType(
        `The Content-Transfer-Encoding ${printable(encoding)} of part ${number} is not read; send it as it is.`,
      ),
    };
  const contentType = headers.get("content-type") ?? CONTENT_TYPE_DEFAULT;
  const charset = parseHeaderValue(contentType).parameters.get("charset");
  // What is in a file is not read.
  if (filename === undefined && charset !== undefined && !isReadCharset(charset))
    return {
      fault: unknownType(
        `The charset ${printable(charset)} of part ${number} is not read; send UTF-8.`,
      ),
    };
  return { value: { name: unescapeName(name), filename, contentType } };
}

/** By lower-case name, of a repeated one the first; undefined where a line is no header. */
function headersOf(text: string): ReadonlyMap<string, string> | undefined {
  const headers = new Map<string, string>();
  // A line that begins with white space goes on with the one before (RFC 5322, 2.2.3).
  const lines = text.replace(/\r\n(?=[ \t])/g, "").split("\r\n");
  for (const line of lines) {
    if (line === "") continue;
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(colon, 0)).toLowerCase();
    if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name)) return undefined;
    if (!headers.has(name)) headers.set(name, line.slice(colon + 1).trim());
  }
  return headers;
}

/** Browsers escape in names exactly what would end them, and percent signs not at all (HTML, 4.10.21.8). */
function unescapeName(name: string): string {
  return name.replaceAll(/%0d/gi, "\r").replaceAll(/%0a/gi, "\n").replaceAll("%22", '"');
}

/** `filename*` (RFC 8187) is not for forms, but some programs send it, beside a plain one for those who cannot read it. */
function filenameOf(parameters: ReadonlyMap<string, string>): string | undefined {
  const [, extended] = /^utf-8'[^']*'(.*)$/is.exec(parameters.get("filename*") ?? "") ?? [];
  const decoded = extended === undefined ? undefined : decodePercent(extended);
  if (decoded !== undefined) return decoded;
  const plain = parameters.get("filename") ?? parameters.get("filename*");
  return plain === undefined ? undefined : unescapeName(plain);
}
