/** Deliveries of one message each by many people, and large ones beside them: all of one person, or of as many people as events. */
import type { Size } from "../benchmark.ts";
import { Random } from "../random.ts";

interface Scale {
  /** Deliveries of one event each, whose receipts are timed; one in a hundred has a large one beside it. */
  readonly others: number;
  readonly eventsPerLarge: number;
}

/** In each a thousand normal ones come with ten large ones. */
export const SCALES: Readonly<Record<Size, Scale>> = {
  full: { others: 2000, eventsPerLarge: 1000 },
  quick: { others: 1000, eventsPerLarge: 1000 },
  tiny: { others: 100, eventsPerLarge: 100 },
};

/** What warms up is shorter. */
export const WARM_UP_SHARE = 0.2;

export const OTHERS_PER_LARGE = 100;

/** Whom the large deliveries are about. */
export type LargeKind = "one-person" | "many-people";

const SOURCE = "shop";

export const CONFIGURATION = `
sources:
  ${SOURCE}:
    replaceProfileId: user
    identifiers: { visitor: visitor }
    eventType: type
    eventId: id
    occurredAt: at
`;

export const PATH = `/webhooks/${SOURCE}`;

const PEOPLE = 500;
const VISITS_OF_THE_HOT = 5;
const START_SECONDS = Date.UTC(2026, 0, 1) / 1000;

export interface Deliveries {
  readonly others: readonly string[];
  readonly large: readonly string[];
  readonly events: number;
  readonly people: number;
}

/** `part` keeps the ids of what warms up and of what is measured apart; the people are the same. */
export function drawDeliveries(
  part: string,
  kind: LargeKind | undefined,
  { others, eventsPerLarge }: Scale,
  seed: number,
): Deliveries {
  const random = new Random(seed);
  const small = Array.from({ length: others }, (_, index) =>
    JSON.stringify(event(`${part}-${index}`, index, random, `u-${index % PEOPLE}`, index % 2)),
  );
  const large = Array.from(
    { length: kind === undefined ? 0 : others / OTHERS_PER_LARGE },
    (_, at) =>
      JSON.stringify(
        Array.from({ length: eventsPerLarge }, (_, index) =>
          event(
            `${part}-large-${at}-${index}`,
            at * OTHERS_PER_LARGE,
            random,
            kind === "one-person" ? "hot" : `crowd-${index}`,
            kind === "one-person" ? index % VISITS_OF_THE_HOT : 0,
          ),
        ),
      ),
  );
  const crowd = { "one-person": 1, "many-people": eventsPerLarge };
  return {
    others: small,
    large,
    events: small.length + large.length * eventsPerLarge,
    people: Math.min(PEOPLE, others) + (kind === undefined ? 0 : crowd[kind]),
  };
}

function event(id: string, second: number, random: Random, user: string, visit: number) {
  return {
    id,
    type: "page_viewed",
    at: START_SECONDS + second,
    user,
    visitor: `${user}-${visit}`,
    page: `https://shop.example/products/${random.below(1000)}`,
    referrer: "https://search.example/results?q=a+lamp+for+the+desk",
    browser: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
  };
}
