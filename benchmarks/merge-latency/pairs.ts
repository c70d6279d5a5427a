/**
 * Pairs of an account and an address, and what is posted of each. Half of them become one person only by the event that is
 * timed; the others are one person already, and the same event tells nothing new. All have as many events.
 */
import type { Size } from "../benchmark.ts";
import { Random } from "../random.ts";

/** How many pairs of each kind are timed. */
export const PAIRS: Readonly<Record<Size, number>> = { full: 1000, quick: 400, tiny: 10 };

export type PairKind = "merging" | "merging-nothing";

export interface Pair {
  readonly kind: PairKind;
  /** To be posted one after the other before the clock starts: the account first, so that its profile survives. */
  readonly known: readonly string[];
  /** The one of `known` that brings the address, and so the profile that is absorbed. */
  readonly absorbed: number;
  readonly timed: string;
}

const SOURCE = "shop";

/** A source beside those whose load it is. */
export const SOURCE_OF_PAIRS = `
  ${SOURCE}:
    replaceProfileId: user
    identifiers: { email: email }
    eventType: type
    eventId: id
    occurredAt: at
    respond: full
`;

export const PATH = `/webhooks/${SOURCE}`;
export const EVENTS_EACH = 4;

const START_SECONDS = Date.UTC(2026, 0, 1) / 1000;

/** In an order in which the kinds mix. */
export function drawPairs(part: string, count: number, seed: number): Pair[] {
  const kinds = Array.from({ length: 2 * count }, (_, index): PairKind =>
    index < count ? "merging" : "merging-nothing",
  );
  const random = new Random(seed);
  for (let last = kinds.length - 1; last > 0; last--) {
    const other = random.below(last + 1);
    [kinds[last], kinds[other]] = [kinds[other]!, kinds[last]!];
  }
  return kinds.map((kind, index) => drawPair(kind, `${part}-${index}`));
}

function drawPair(kind: PairKind, name: string): Pair {
  const user = `u-${name}`;
  const email = `${name}@example.com`;
  const third = kind === "merging" ? { user } : { user, email };
  const bodies = [{ user }, { email }, third, { user, email }].map((named, number) =>
    JSON.stringify({
      id: `${name}-${number}`,
      type: "page_viewed",
      at: START_SECONDS + number,
      ...named,
    }),
  );
  return { kind, known: bodies.slice(0, -1), absorbed: 1, timed: bodies.at(-1)! };
}
