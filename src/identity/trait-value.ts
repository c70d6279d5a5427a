/**
 * When two values of a trait are equal. Values are JSON texts; ingress writes each text, each boolean and each whole number
 * that a double holds in one way only, and keeps every other number as it was received (I10).
 */
import { exactNumber } from "./exact-number.ts";

/**
 * One text for all texts of equal values: `1`, `1.0` and `10e-1` are one number, 9007199254740993 and 9007199254740992 are
 * two. Undefined for what is equal to nothing: null, lists, objects, and numbers whose exponent cannot be counted with.
 */
export function comparableValue(text: string): string | undefined {
  if (text.startsWith('"') || text === "true" || text === "false") return text;
  const number = exactNumber(text);
  return number && `${number.sign}.${number.digits}e${number.exponent}`;
}

/** Whether a JSON text is a whole number that a double holds, written as ingress writes it. */
export function isPlainInteger(text: string): boolean {
  return Number.isSafeInteger(Number(text)) && String(Number(text)) === text;
}
