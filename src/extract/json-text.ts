/**
 * Looks into JSON text without losing what parsing loses: the digits of a large number, the order of keys, the text of
 * one element. Owns the way from a parsed value's location back to the characters it was read from.
 */
import { elementSpans, endOf, memberSpans, wholeStart, type Span } from "./json-spans.ts";

/** The keys and indices that lead from the root to a value. */
export type Location = readonly (string | number)[];

/** Valid JSON text that can be looked into; of what is looked into is remembered what stands where, for the next look. */
export class JsonText {
  readonly text: string;
  /** By where they start. */
  readonly #lists = new Map<number, readonly Span[]>();
  readonly #objects = new Map<number, ReadonlyMap<string, Span>>();

  constructor(text: string) {
    this.text = text;
  }

  /** The text of the value at a location, or undefined where nothing stands there. */
  at(location: Location): string | undefined {
    let start = wholeStart(this.text);
    let end: number | undefined;
    for (const segment of location) {
      const span: Span | undefined = this.#step(start, segment);
      if (span === undefined) return undefined;
      ({ start, end } = span);
    }
    return this.text.slice(start, end ?? endOf(this.text, start));
  }

  #step(start: number, segment: string | number): Span | undefined {
    const first = this.text[start];
    if (first === "[") return this.#list(start)[Number(segment)];
    return first === "{" ? this.#object(start).get(String(segment)) : undefined;
  }

  #list(start: number): readonly Span[] {
    const list = this.#lists.get(start) ?? elementSpans(this.text, start);
    this.#lists.set(start, list);
    return list;
  }

  #object(start: number): ReadonlyMap<string, Span> {
    const object = this.#objects.get(start) ?? memberSpans(this.text, start);
    this.#objects.set(start, object);
    return object;
  }
}

/** The texts of the elements of a JSON array. */
export function elementTexts(text: string): string[] {
  return elementSpans(text, wholeStart(text)).map(({ start, end }) => text.slice(start, end));
}

/** Whether objects and lists are nested deeper than `depthMax`. Looks at the text, so nothing is built for a bomb. */
export function isDeeperThan(text: string, depthMax: number): boolean {
  return opensMoreThan(text, depthMax) && isNestedDeeper(text, depthMax);
}

/** Whether more objects and lists are opened than `max`, those within texts too: found faster than how they are nested. */
function opensMoreThan(text: string, max: number): boolean {
  let count = 0;
  for (const opening of ["{", "["])
    for (let at = text.indexOf(opening); at >= 0; at = text.indexOf(opening, at + 1))
      if (++count > max) return true;
  return false;
}

function isNestedDeeper(text: string, depthMax: number): boolean {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (inString) {
      if (unit === BACKSLASH) index++;
      else if (unit === QUOTE) inString = false;
    } else if (unit === QUOTE) inString = true;
    else if (unit === OPEN_BRACE || unit === OPEN_BRACKET) {
      if (++depth > depthMax) return true;
    } else if (unit === CLOSE_BRACE || unit === CLOSE_BRACKET) depth--;
  }
  return false;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/** The exponent a number may have before its decimal text is thought to be an attack on memory. */
const EXPONENT_MAX = 400;
/** Longer than any identifier may be; the digits behind it are not worth the work. */
const NUMBER_CHARACTERS_MAX = 4096;

/**
 * The one decimal text of a JSON number: `7`, `7.0` and `70e-1` all give `7`, and an integer of any length keeps every
 * digit. Undefined for a number whose decimal text would be absurdly long.
 */
export function decimalText(literal: string): string | undefined {
  if (literal.length > NUMBER_CHARACTERS_MAX) return undefined;
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(literal.trim());
  if (match === null) return undefined;
  const [, sign = "", whole = "", fraction = "", exponentText = "0"] = match;
  const exponent = Number(exponentText);
  if (Math.abs(exponent) > EXPONENT_MAX) return undefined;
  const digits = whole + fraction;
  const point = whole.length + exponent;
  const integerPart = point > 0 ? digits.slice(0, point).padEnd(point, "0") : "0";
  const fractionPart = point >= 0 ? digits.slice(point) : "0".repeat(-point) + digits;
  const integer = integerPart.replace(/^0+(?=\d)/, "");
  const rest = fractionPart.replace(/0+$/, "");
  const text = rest === "" ? integer : `${integer}.${rest}`;
  return text === "0" ? "0" : sign + text;
}
