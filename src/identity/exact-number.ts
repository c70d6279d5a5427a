/**
 * Numbers of any length in their order (I10): two that a double cannot tell apart are compared by their digits. Nothing
 * is computed with them, so none costs more than its text is long.
 */

/** 0.DIGITS × 10^exponent. */
export interface ExactNumber {
  readonly sign: -1 | 0 | 1;
  /** Without zeros at either end; empty for zero. */
  readonly digits: string;
  readonly exponent: number;
}

/** Undefined for what is no JSON number, or has an exponent that cannot be counted with. */
export function exactNumber(literal: string): ExactNumber | undefined {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(literal);
  if (match === null) return undefined;
  const [, sign, whole = "", fraction = "", power = "0"] = match;
  const written = whole + fraction;
  const leading = zerosAtStart(written);
  if (leading === written.length) return { sign: 0, digits: "", exponent: 0 };
  const exponent = Number(power) + whole.length - leading;
  if (!Number.isSafeInteger(exponent)) return undefined;
  const digits = written.slice(leading, written.length - zerosAtEnd(written));
  return { sign: sign === "-" ? -1 : 1, digits, exponent };
}

// Loops, as an expression for zeros at the end would begin anew at every zero before.
function zerosAtStart(digits: string): number {
  let count = 0;
  while (digits[count] === "0") count++;
  return count;
}

function zerosAtEnd(digits: string): number {
  let count = 0;
  while (digits[digits.length - 1 - count] === "0") count++;
  return count;
}

/** Negative, zero or positive, as the left is less, equal or greater. */
export function compareExactNumbers(left: ExactNumber, right: ExactNumber): number {
  if (left.sign !== right.sign) return left.sign - right.sign;
  if (left.exponent !== right.exponent) return left.sign * (left.exponent - right.exponent);
  if (left.digits === right.digits) return 0;
  return left.digits < right.digits ? -left.sign : left.sign;
}
