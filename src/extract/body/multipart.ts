/**
 * Forms as they are sent with files: multipart/form-data (RFC 7578, in the frame of RFC 2046). The body is in memory
 * already, so parts are cut out of it where they lie.
 */
import { unparseable, type BodyFault, type Read } from "./fault.ts";
import { NOT_UTF8, tooManyFields, type Field } from "./field.ts";
import { readPartHead } from "./multipart-head.ts";
import { decodePiece } from "./utf8.ts";

/** RFC 2046 (5.1.1). */
const BOUNDARY_CHARACTERS_MAX = 70;
/** What Node takes of the headers of a whole request. */
const HEAD_BYTES_MAX = 16 * 1024;

const CRLF = "\r\n";
const END_OF_HEAD = "\r\n\r\n";

export function readMultipart(
  bytes: Uint8Array,
  boundary: string | undefined,
  formFieldsMax: number,
): Read<readonly Field[]> {
  const fault = boundaryFault(boundary);
  if (fault !== undefined) return { fault };
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // A header's characters are bytes.
  const line = Buffer.from(`${CRLF}--${boundary}`, "latin1");
  const fields: Field[] = [];
  let mark = firstMark(body, line);
  if (mark === undefined) return { fault: unparseable("No part begins with the boundary.") };
  while (!mark.isLast) {
    const number = fields.length + 1;
    if (number > formFieldsMax) return { fault: tooManyFields(formFieldsMax) };
    const next = nextMark(body, mark.end, line);
    const part = cutPart(body, mark.end, next?.start ?? body.length);
    if (part === undefined)
      return { fault: unparseable(`The headers of part ${number} do not end, or are too long.`) };
    // Told after the headers, which are what is wrong where a boundary's line is not one.
    if (next === undefined)
      return {
        fault: unparseable(`The body ends within part ${number}, before its last boundary.`),
      };
    const field = readPart(part, number);
    if ("fault" in field) return field;
    fields.push(field.value);
    mark = next;
  }
  return { value: fields };
}

function boundaryFault(boundary: string | undefined): BodyFault | undefined {
  if (boundary === undefined || boundary === "")
    return unparseable("The Content-Type multipart/form-data names no boundary.");
  return boundary.length > BOUNDARY_CHARACTERS_MAX
    ? unparseable(`The boundary has more than ${BOUNDARY_CHARACTERS_MAX} characters.`)
    : undefined;
}

/** A line that begins with the boundary. */
interface Mark {
  /** Where what stands before it ends. */
  readonly start: number;
  /** Where what stands behind it begins. */
  readonly end: number;
  readonly isLast: boolean;
}

/** At the start of the body no line break stands before it; what stands before the first one means nothing. */
function firstMark(body: Buffer, line: Buffer): Mark | undefined {
  const delimiter = line.subarray(CRLF.length);
  const atStart = body.subarray(0, delimiter.length).equals(delimiter)
    ? markAt(body, 0, delimiter.length)
    : undefined;
  return atStart ?? nextMark(body, 0, line);
}

function nextMark(body: Buffer, from: number, line: Buffer): Mark | undefined {
  for (let start = body.indexOf(line, from); start >= 0; start = body.indexOf(line, start + 1)) {
    const mark = markAt(body, start, start + line.length);
    if (mark !== undefined) return mark;
  }
  return undefined;
}

const HYPHEN = 0x2d;
const SPACE = 0x20;
const TAB = 0x09;
const CARRIAGE_RETURN = 0x0d;
const LINE_FEED = 0x0a;

/** Undefined where more follows on the line: then another word begins with the boundary's characters. */
function markAt(body: Buffer, start: number, behind: number): Mark | undefined {
  const isLast = body[behind] === HYPHEN && body[behind + 1] === HYPHEN;
  let at = isLast ? behind + 2 : behind;
  while (body[at] === SPACE || body[at] === TAB) at++;
  if (body[at] === CARRIAGE_RETURN && body[at + 1] === LINE_FEED)
    return { start, end: at + CRLF.length, isLast };
  // Behind the last one nothing matters any more.
  const ends = at === body.length || body[at] === CARRIAGE_RETURN || body[at] === LINE_FEED;
  return isLast && ends ? { start, end: at, isLast } : undefined;
}

interface Part {
  readonly head: Buffer;
  readonly content: Buffer;
}

/** The part between two lines with the boundary; undefined where its headers do not end, or are too long. */
function cutPart(body: Buffer, start: number, end: number): Part | undefined {
  // Without headers, the line break of the boundary is the first half of what ends them.
  const from = start - CRLF.length;
  const windowEnd = Math.min(end + CRLF.length, start + HEAD_BYTES_MAX + END_OF_HEAD.length);
  const found = body.subarray(from, windowEnd).indexOf(END_OF_HEAD);
  if (found < 0) return undefined;
  const headEnd = from + found;
  return {
    head: body.subarray(start, headEnd),
    content: body.subarray(headEnd + END_OF_HEAD.length, end),
  };
}

function readPart({ head, content }: Part, number: number): Read<Field> {
  const read = readPartHead(head, number);
  if ("fault" in read) return read;
  const { name, filename, contentType } = read.value;
  if (filename !== undefined)
    return { value: { name, value: { filename, contentType, bytes: content.length } } };
  const text = decodePiece(content);
  return text === undefined ? { fault: NOT_UTF8 } : { value: { name, value: text } };
}
