/**
 * Finds values in texts where neither a letter nor a digit stands beside them, whatever their case. A thousand values cost
 * a text no more than one does: where a value may begin, its first characters say of which lengths there are any.
 */

const START_CHARACTERS = 4;
const LETTER_OR_DIGIT = /[\p{L}\p{N}]/u;

export class ValuesInText {
  readonly #values = new Set<string>();
  /** By the first characters of values, how long those are. */
  readonly #lengths = new Map<string, Set<number>>();

  /** Values shorter than `START_CHARACTERS` are not found. */
  constructor(values: Iterable<string>) {
    for (const value of values) {
      const lower = value.toLowerCase();
      const start = lower.slice(0, START_CHARACTERS);
      this.#values.add(lower);
      this.#lengths.set(start, (this.#lengths.get(start) ?? new Set()).add(lower.length));
    }
  }

  isIn(text: string): boolean {
    if (this.#values.size === 0) return false;
    const lower = text.toLowerCase();
    for (let at = 0; at + START_CHARACTERS <= lower.length; at++) {
      const lengths = this.#lengths.get(lower.slice(at, at + START_CHARACTERS));
      if (lengths === undefined || isPartOfWord(lower, at - 1)) continue;
      for (const length of lengths) {
        const isHere = this.#values.has(lower.slice(at, at + length));
        if (isHere && !isPartOfWord(lower, at + length)) return true;
      }
    }
    return false;
  }
}

/** Whether the character of which the unit at this place is a part is a letter or a digit. */
function isPartOfWord(text: string, at: number): boolean {
  const isSecondHalf = /[\uDC00-\uDFFF]/.test(text.charAt(at));
  const point = text.codePointAt(isSecondHalf ? at - 1 : at);
  return point !== undefined && LETTER_OR_DIGIT.test(String.fromCodePoint(point));
}
