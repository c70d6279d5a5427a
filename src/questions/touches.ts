/**
 * What the conversions of one person are attributed to: of each conversion the touches that lie before it and no further
 * back than is asked for. Takes time in proportion to the events, however many conversions share their touches.
 */
import type { AttributionRequest } from "../../schema/http/attribution.ts";
import type { HistoryEvent } from "../store/histories.ts";
import type { EventTest } from "./event-filter.ts";
import { shareOf } from "./share.ts";

/** A conversion, as the touches it has: from the one place to before the other. */
interface Touched {
  readonly begin: number;
  readonly end: number;
}

export interface Attributed {
  /** What each touch is attributed to, in the order of the journey. */
  readonly touches: readonly string[];
  /** In the order of the journey; neither their first touch nor their last ever goes back. */
  readonly conversions: readonly Touched[];
}

export type TouchOptions = Omit<AttributionRequest, "conversion">;

export function attribute(
  events: readonly HistoryEvent[],
  isConversion: EventTest,
  { touch, touches: counting, within, from = -Infinity, to = Infinity, count }: TouchOptions,
): Attributed {
  const counts = counting === undefined ? undefined : new Set(counting);
  const touches: string[] = [];
  const times: number[] = [];
  const conversions: Touched[] = [];
  let begin = 0;
  for (const event of events) {
    if (!isConversion(event)) {
      const value = event[touch];
      if (counts !== undefined && !counts.has(value)) continue;
      touches.push(value);
      times.push(event.at);
    } else if (event.at >= from && event.at < to) {
      while (begin < times.length && event.at - times[begin]! > within) begin++;
      conversions.push({ begin, end: touches.length });
      if (count === "first") break;
    }
  }
  return { touches, conversions };
}

/**
 * The linear share of each touch: of every conversion it belongs to, the one part of as many as that has touches. A touch
 * belongs to conversions that follow one another, so that it is enough to note where shares set in and where they end.
 */
export function linearShares({ touches, conversions }: Attributed): readonly bigint[] {
  const changes = Array.from({ length: touches.length + 1 }, () => 0n);
  for (const { begin, end } of conversions) {
    if (begin === end) continue;
    const share = shareOf(end - begin);
    changes[begin]! += share;
    changes[end]! -= share;
  }
  let share = 0n;
  return touches.map((_, place) => (share += changes[place]!));
}
