/** When things happen in a cast: within its days, while people are awake, to the second. */
import type { Milliseconds } from "../../../src/identity/types.ts";
import { DAY } from "./arrivals.ts";
import type { Random } from "./random.ts";

const START = Date.UTC(2026, 1, 2);
const DAYS = 60;
/** Everybody has turned up after this many days. */
const DAYS_TO_TURN_UP = 30;

const SECONDS_AN_HOUR = 3600;
const WAKING_HOURS = [7, 23] as const;

/** A time at which somebody is seen first. */
export function firstTime(random: Random): Milliseconds {
  return someTime(random, 0, DAYS_TO_TURN_UP);
}

export function anyTime(random: Random): Milliseconds {
  return someTime(random, 0, DAYS);
}

export function timeSince(random: Random, since: Milliseconds): Milliseconds {
  const firstDay = Math.floor((since - START) / DAY);
  for (;;) {
    const at = someTime(random, firstDay, DAYS);
    if (at > since) return at;
  }
}

/** A midnight at which everybody has turned up and nobody is done. */
export function midnight(random: Random): Milliseconds {
  return START + random.between(DAYS_TO_TURN_UP + 5, DAYS - 5) * DAY;
}

/** A time after `since` and before that midnight. */
export function timeBefore(random: Random, since: Milliseconds, end: Milliseconds): Milliseconds {
  const firstDay = Math.floor((since - START) / DAY) + 1;
  return someTime(random, firstDay, (end - START) / DAY);
}

/** A time between two days at which people are awake. */
function someTime(random: Random, fromDay: number, toDay: number): Milliseconds {
  const [getUp, goToBed] = WAKING_HOURS;
  const day = random.between(fromDay, toDay - 1);
  const second = random.between(getUp * SECONDS_AN_HOUR, goToBed * SECONDS_AN_HOUR - 1);
  return START + day * DAY + 1000 * second;
}
