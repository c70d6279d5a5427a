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
    const text = decimalText(
      Number.isSafeInteger(value) ? String(value) : (literal() ?? String(value)),
    );
    return text === undefined ? { unusable: "the number is out of range" } : { text };
  }
  if (typeof value !== "string") return { unusable: describe(value) };
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
  let bare = text;
  for (let quoted = QUOTES.exec(bare); quoted !== null; quoted = QUOTES.exec(bare))
    bare = quoted[2]!.trim();
  return (
    bare === "" ||
    STAND_INS.has(bare.toLowerCase()) ||
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
