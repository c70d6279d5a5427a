/**
 * What may be an id, and what only looks like one (invariant I8): no junk person. A sender whose variable was empty
 * sends `null`, `undefined` or `[object Object]` for thousands of people; each must stay nobody.
 */
import { decimalText } from "./json-text.ts";

export type Usable = { readonly text: string } | { readonly unusable: string };

/** Compared in lower case and without surrounding quotes: what programs print when they have no id. */
const STAND_INS = new Set([
  "null",
  "nil",
  "none",
  "undefined",
  "nan",
  "n/a",
  "infinity",
  "true",
  "false",
  "guest",
  "anonymous",
  "unknown",
  "not_authenticated",
  "unauthenticated",
  "not set",
  "(not set)",
  "-1",
  "id",
  "user_id",
  "userid",
  "distinct_id",
  "distinctid",
  "email",
]);

const QUOTES = /^(["'`])(.*)\1$/s;
// `0`, `000`, `---`, the all-zero UUID.
const ONLY_ZEROS_AND_DASHES = /^[0-]+$/;
// A template nobody filled in: `{{ user.id }}`, `${user.id}`, `<%= id %>`, `%user_id%`.
const UNFILLED_TEMPLATE = /^(\{\{.*\}\}|\$\{.*\}|<%.*%>|%\w+%)$/s;
// `[object Object]`, `[object Undefined]`.
const OBJECT_TAG = /^\[object \w+\]$/i;
// Control characters, half of a surrogate pair, and the sign for bytes that could not be read: two different people
// could meet in any of them.
const UNREADABLE = /[\p{Cc}\p{Cs}\ufffd]/u;
// Space, format characters such as the zero-width ones, and letters that show as nothing (Hangul fillers, blank Braille).
const INVISIBLE = /[\s\p{Z}\p{Cf}\u2800\u3164\u115f\u1160\uffa0]/u;
/** What stands for nobody is short; looking for it in a long text would be work that an attacker could ask for. */
const STAND_IN_CHARACTERS_MAX = 200;

/**
 * The text of a string or number, trimmed. `literal` gives the number as it was written, for one that a double
 * cannot hold; it is asked only then.
 */
export function plainText(value: unknown, literal: () => string | undefined): Usable {
  if (typeof value === "number") {
    if (Number.isSafeInteger(value)) return { text: String(value) };
    const text = decimalText(literal() ?? String(value));
    return text === undefined ? { unusable: "the number is out of range" } : { text };
  }
  if (typeof value !== "string") return { unusable: describe(value) };
  if (isPlainAscii(value)) return { text: value };
  const text = trimInvisible(value);
  if (text === "") return { unusable: "the text is blank" };
  if (UNREADABLE.test(text)) return { unusable: "the text holds unreadable characters" };
  return { text };
}

/** The text of a value that may identify somebody, or why it identifies nobody. */
export function usableId(value: unknown, literal: () => string | undefined): Usable {
  const plain = plainText(value, literal);
  if ("unusable" in plain) return plain;
  return isStandIn(plain.text)
    ? { unusable: `${JSON.stringify(plain.text)} stands for nobody` }
    : plain;
}

const SPACE = 0x20;
const TILDE = 0x7e;
const ZERO = 0x30;

function isLetter(unit: number): boolean {
  const lower = unit | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

function isDigit(unit: number): boolean {
  return unit >= ZERO && unit <= 0x39;
}

/** Whether nothing is to be trimmed of a text and all of it can be read, told without an expression as of most ids. */
function isPlainAscii(value: string): boolean {
  const { length } = value;
  for (let index = 0; index < length; index++) {
    const unit = value.charCodeAt(index);
    if (unit < SPACE || unit > TILDE) return false;
  }
  return length > 0 && value.charCodeAt(0) !== SPACE && value.charCodeAt(length - 1) !== SPACE;
}

/** Trims in one walk from either end: an expression for it would be quadratic in a run of inner spaces. */
function trimInvisible(value: string): string {
  const isInvisible = (character: string) => INVISIBLE.test(character);
  let start = 0;
  let end = value.length;
  while (start < end && isInvisible(value.charAt(start))) start++;
  while (end > start && isInvisible(value.charAt(end - 1))) end--;
  return value.slice(start, end);
}

function isStandIn(text: string): boolean {
  if (text.length > STAND_IN_CHARACTERS_MAX) return false;
  const first = text.charCodeAt(0);
  // Only words begin with a letter, and none of them ends in a digit; nothing begins with another digit than zero.
  if (isLetter(first)) return !isDigit(text.charCodeAt(text.length - 1)) && isWord(text);
  return first === ZERO || !isDigit(first) ? isOddStandIn(text) : false;
}

function isWord(text: string): boolean {
  return STAND_INS.has(text.toLowerCase());
}

/** Of a text that may begin with any sign. */
function isOddStandIn(text: string): boolean {
  let bare = text;
  for (let quoted = QUOTES.exec(bare); quoted !== null; quoted = QUOTES.exec(bare))
    bare = quoted[2]!.trim();
  return (
    bare === "" ||
    isWord(bare) ||
    ONLY_ZEROS_AND_DASHES.test(bare) ||
    UNFILLED_TEMPLATE.test(bare) ||
    OBJECT_TAG.test(bare)
  );
}

function describe(value: unknown): string {
  if (value === undefined) return "nothing stands there";
  if (value === null) return "the value is null";
  if (Array.isArray(value)) return "the value is a list, not an id";
  return typeof value === "object"
    ? "the value is an object, not an id"
    : "the value is true or false, not an id";
}
