/** The time that a sender signed: whether it is one, and whether it is near enough to now. */
import { parseTime } from "../extract/time.ts";
import { refused, type Refusal } from "./scheme.ts";

/** RFC 3339 with nanoseconds and an offset has 35; what is longer is not worth reading. */
const CHARACTERS_MAX = 64;

/** Milliseconds since 1970 of Unix seconds, Unix milliseconds or RFC 3339. */
export function readSignedTime(text: string): number | undefined {
  return text.length > CHARACTERS_MAX ? undefined : parseTime(text);
}

/**
 * Undefined where the time is near enough. It is compared in whole seconds, as senders' own libraries do, so that the
 * last second of the tolerance is still within it.
 */
export function staleness(
  time: number,
  now: number,
  toleranceSeconds: number,
): Refusal | undefined {
  const age = Math.floor(now / 1000) - Math.floor(time / 1000);
  if (Math.abs(age) <= toleranceSeconds) return undefined;
  const distance = age > 0 ? `${age} s ago` : `${-age} s in the future`;
  return refused(
    `it was signed ${distance}, more than the ${toleranceSeconds} s that are tolerated: it is a repetition, or a clock is wrong`,
  );
}
