/** Days, weeks and months in UTC, and the one that a moment lies in. */
import type { Milliseconds } from "../identity/types.ts";

export type Interval = "day" | "week" | "month";

const DAY = 86_400_000;
const WEEK = 7 * DAY;
/** 1970 began on a Thursday; weeks begin on Monday. */
const FIRST_MONDAY = 4 * DAY;

/** When the span of time begins that a moment lies in. Cheapest where moments come in their order. */
export function prepareSpans(interval: Interval): (at: Milliseconds) => Milliseconds {
  switch (interval) {
    case "day":
      return (at) => Math.floor(at / DAY) * DAY;
    case "week":
      return (at) => Math.floor((at - FIRST_MONDAY) / WEEK) * WEEK + FIRST_MONDAY;
    case "month":
      return prepareMonths();
  }
}

function prepareMonths(): (at: Milliseconds) => Milliseconds {
  let start = 0;
  let end = 0;
  return (at) => {
    if (at >= start && at < end) return start;
    start = monthOf(at, 0);
    end = monthOf(at, 1);
    return start;
  };
}

/** The beginning of the moment's month, or of one that many later. */
function monthOf(at: Milliseconds, later: number): Milliseconds {
  const date = new Date(at);
  date.setUTCHours(0, 0, 0, 0);
  return date.setUTCMonth(date.getUTCMonth() + later, 1);
}
