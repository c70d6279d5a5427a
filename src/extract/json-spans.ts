/**
 * Where values stand in JSON text. Walks over characters and builds nothing, for a delivery may hold a thousand events, and the
 * text of each is wanted. The text has to be JSON that has been parsed before; of anything else it finds nonsense, or throws
 * where the text ends too soon.
 */

/** From its first character to the one behind its last. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Where the value of the text starts. */
export function wholeStart(text: string): number {
  return skipSpace(text, 0);
}

/** The elements of the list that starts there. */
export function elementSpans(text: string, start: number): Span[] {
  const spans: Span[] = [];
  let at = skipSpace(text, start + 1);
  while (unitAt(text, at) !== CLOSE_BRACKET) {
    const end = endOf(text, at);
    spans.push({ start: at, end });
    at = skipComma(text, end);
  }
  return spans;
}

/** The values of the object that starts there, by key; of a repeated key the last one counts, as it does for JSON.parse. */
export function memberSpans(text: string, start: number): ReadonlyMap<string, Span> {
  const spans = new Map<string, Span>();
  let at = skipSpace(text, start + 1);
  while (unitAt(text, at) !== CLOSE_BRACE) {
    const keyEnd = endOfString(text, at);
    const colon = skipSpace(text, keyEnd);
    const valueStart = skipSpace(text, colon + 1);
    const end = endOf(text, valueStart);
    spans.set(keyOf(text, at, keyEnd), { start: valueStart, end });
    at = skipComma(text, end);
  }
  return spans;
}

function keyOf(text: string, start: number, end: number): string {
  const written = text.slice(start + 1, end - 1);
  return written.includes("\\") ? (JSON.parse(text.slice(start, end)) as string) : written;
}

/** The next value or key behind one, or the bracket that ends all of them. */
function skipComma(text: string, end: number): number {
  const at = skipSpace(text, end);
  return text.charCodeAt(at) === COMMA ? skipSpace(text, at + 1) : at;
}

function skipSpace(text: string, start: number): number {
  let at = start;
  while (isSpace(text.charCodeAt(at))) at++;
  return at;
}

/** Behind the value that starts there. */
export function endOf(text: string, start: number): number {
  const first = text.charCodeAt(start);
  if (first === QUOTE) return endOfString(text, start);
  if (first === OPEN_BRACE || first === OPEN_BRACKET) return endOfNest(text, start);
  let at = start;
  while (at < text.length && !endsWord(text.charCodeAt(at))) at++;
  if (at === start) throw noJson();
  return at;
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  for (;;) {
    const unit = unitAt(text, at);
    if (unit === QUOTE) return at + 1;
    at += unit === BACKSLASH ? 2 : 1;
  }
}

/** Of an object or a list. */
function endOfNest(text: string, start: number): number {
  let depth = 0;
  let at = start;
  for (;;) {
    const unit = unitAt(text, at);
    if (unit === QUOTE) {
      at = endOfString(text, at);
      continue;
    }
    at++;
    if (unit === OPEN_BRACE || unit === OPEN_BRACKET) depth++;
    else if (unit === CLOSE_BRACE || unit === CLOSE_BRACKET) {
      depth--;
      if (depth === 0) return at;
    }
  }
}

function unitAt(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  if (Number.isNaN(unit)) throw noJson();
  return unit;
}

function noJson(): Error {
  return new Error("only text that parses as JSON may be looked into");
}

/** What a number, `true`, `false` or `null` ends before. */
function endsWord(unit: number): boolean {
  return unit === COMMA || unit === CLOSE_BRACE || unit === CLOSE_BRACKET || isSpace(unit);
}

function isSpace(unit: number): boolean {
  return unit === 0x20 || unit === 0x0a || unit === 0x0d || unit === 0x09;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
