/**
 * When two values of a trait are equal. Values are JSON texts; ingress writes each text, each boolean and each whole number
 * that a double holds in one way only, and keeps every other number as it was received (I10).
 */

const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/**
 * One text for all texts of equal values: `1`, `1.0` and `10e-1` are one number, 9007199254740993 and 9007199254740992 are
 * two. Undefined for what is equal to nothing: null, lists, objects, and numbers whose exponent cannot be counted with.
 */
export function comparableValue(text: string): string | undefined {
  if (text.startsWith('"') || text === "true" || text === "false") return text;
  const match = NUMBER.exec(text);
  if (match === null) return undefined;
  const [, sign = "", whole = "", fraction = "", power = "0"] = match;
  const written = whole + fraction;
  const start = zerosAtStart(written);
  if (start === written.length) return "0";
  const end = written.length - zerosAtEnd(written);
  const exponent = Number(power) - fraction.length + (written.length - end);
  return Number.isSafeInteger(exponent)
    ? `${sign}${written.slice(start, end)}e${exponent}`
    : undefined;
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

/** Whether a JSON text is a whole number that a double holds, written as ingress writes it. */
export function isPlainInteger(text: string): boolean {
  return Number.isSafeInteger(Number(text)) && String(Number(text)) === text;
}
