/**
 * The one order of time, for traits and journeys alike: event time, then source, then the sender's own event key.
 * It uses only what the sender gave, never an id or a number that a store made up, or two stores would disagree.
 */
import type { Stamp } from "./types.ts";

const SURROGATE_MIN = 0xd800;
const SURROGATE_MAX = 0xdfff;

function isSurrogate(unit: number): boolean {
  return unit >= SURROGATE_MIN && unit <= SURROGATE_MAX;
}

/**
 * Compares by code points, which is how databases compare UTF-8 bytes; `<` compares UTF-16 units and puts U+1F600
 * before U+FFFD. Negative, zero or positive; no locale has a say.
 */
export function compareTexts(left: string, right: string): number {
  if (left === right) return 0;
  const shared = Math.min(left.length, right.length);
  for (let index = 0; index < shared; index++) {
    const a = left.charCodeAt(index);
    const b = right.charCodeAt(index);
    if (a === b) continue;
    if (isSurrogate(a) !== isSurrogate(b)) return isSurrogate(a) ? 1 : -1;
    return a - b;
  }
  return left.length - right.length;
}

/** Negative, zero or positive. */
export function compareStamps(left: Stamp, right: Stamp): number {
  return (
    left.at - right.at ||
    compareTexts(left.source, right.source) ||
    compareTexts(left.key, right.key)
  );
}
