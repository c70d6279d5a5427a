/**
 * When a ratio is worse than it was, as a pure function. A median alone moves with the machine's mood, and a spread
 * alone says nothing of what people notice; so both have to speak: the median is off by more than the tolerance, and
 * neither median lies among the rounds of the other. One round in which the machine was in another mood decides nothing.
 */
import type { Summary } from "../runner/statistics.ts";

export type Direction = "higher" | "lower";
export type Verdict = "better" | "same" | "worse";

export function compare(
  direction: Direction,
  tolerance: number,
  baseline: Summary,
  now: Summary,
): Verdict {
  const factor = worsening(direction, baseline, now);
  if (isAmong(now.median, baseline) || isAmong(baseline.median, now)) return "same";
  if (factor > 1 + tolerance) return "worse";
  return factor < 1 / (1 + tolerance) ? "better" : "same";
}

function isAmong(median: number, { min, max }: Summary): boolean {
  return min <= median && median <= max;
}

/** How many times as bad the median is as it was: 2 is twice the time, or half of the requests. */
export function worsening(direction: Direction, baseline: Summary, now: Summary): number {
  return direction === "lower" ? now.median / baseline.median : baseline.median / now.median;
}

/** The least worsening that could be told, were all rounds of now alike: a wide baseline hides what lies in it. */
export function leastSeen(direction: Direction, tolerance: number, baseline: Summary): number {
  const worst = { lower: baseline.max, higher: baseline.min }[direction];
  return Math.max(
    1 + tolerance,
    worsening(direction, baseline, { median: worst, min: worst, max: worst }),
  );
}
