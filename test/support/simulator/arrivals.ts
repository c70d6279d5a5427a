/**
 * How deliveries arrive: mostly at once, some after a sender's retries, a few days late, and some twice. The order of
 * the list is the order of arrival; the events keep the times at which they occurred.
 */
import type { Milliseconds } from "../../../src/identity/types.ts";
import type { SimulatedDelivery } from "./cast.ts";
import type { Random } from "./random.ts";

const SECOND = 1000;
const HOUR = 3600 * SECOND;
export const DAY = 24 * HOUR;

const LATE_SHARE = 0.04;
const RETRIED_SHARE = 0.15;

interface Arrival {
  readonly at: Milliseconds;
  readonly delivery: SimulatedDelivery;
}

/** Every delivery once and `copies` of them once more, the same to the byte. */
export function inOrderOfArrival(
  random: Random,
  deliveries: readonly SimulatedDelivery[],
  copies: number,
): SimulatedDelivery[] {
  const late = new Set(
    random.sample(deliveries, Math.max(1, Math.round(LATE_SHARE * deliveries.length))),
  );
  const arrivals: Arrival[] = deliveries.map((delivery) => ({
    delivery,
    at: delivery.occurredAt + (late.has(delivery) ? lateness(random) : delay(random)),
  }));
  const again = random.sample(arrivals, copies).map(({ delivery, at }) => ({
    delivery,
    at: at + repetition(random),
  }));
  return [...arrivals, ...again]
    .toSorted((left, right) => left.at - right.at)
    .map(({ delivery }) => delivery);
}

function delay(random: Random): Milliseconds {
  return random.chance(RETRIED_SHARE) ? random.between(0, 6 * HOUR) : random.between(0, 3 * SECOND);
}

function lateness(random: Random): Milliseconds {
  return random.between(2 * DAY, 20 * DAY);
}

/** Slack tries again at once, after a minute and after five; others, or an operator, after days. */
function repetition(random: Random): Milliseconds {
  return random.pick([SECOND, 60 * SECOND, 300 * SECOND, HOUR, DAY, 3 * DAY]);
}
