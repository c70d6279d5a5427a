/**
 * People with as long a history as asked for, people with none but one event, and the events that make them one. Each such
 * event links with an address of the person who joined last, so that no address is ever shared by more than two.
 */
import type { Size } from "../benchmark.ts";
import type { Posted } from "../in-process.ts";

export type WorkloadName = "newcomers-join" | "histories-join";
export type History = "one-event" | "short-history" | "long-history" | "huge-history";

export interface Scale {
  readonly events: Readonly<Record<History, number>>;
  /** How many newcomers join one person, who may have 1,000 identifiers. */
  readonly newcomers: number;
  /** How many people join another with as long a history; of the longest it takes long to make them. */
  readonly joiners: Readonly<Record<History, number>>;
  /** How many merges of people with one event warm up. */
  readonly warmUp: number;
}

const EVENTS = {
  "one-event": 1,
  "short-history": 10,
  "long-history": 1000,
  "huge-history": 100_000,
} as const;

const JOINERS = {
  "one-event": 60,
  "short-history": 60,
  "long-history": 60,
  "huge-history": 5,
} as const;

export const SCALES: Readonly<Record<Size, Scale>> = {
  full: { events: EVENTS, newcomers: 400, joiners: JOINERS, warmUp: 400 },
  quick: {
    events: EVENTS,
    newcomers: 400,
    joiners: { ...JOINERS, "huge-history": 2 },
    warmUp: 400,
  },
  tiny: {
    events: { ...EVENTS, "long-history": 100, "huge-history": 2000 },
    newcomers: 6,
    joiners: { "one-event": 6, "short-history": 6, "long-history": 6, "huge-history": 2 },
    warmUp: 2,
  },
};

const SOURCE = "shop";
const DELIVERY_EVENTS_MAX = 1000;
const START_SECONDS = Date.UTC(2026, 0, 1) / 1000;

export const CONFIGURATION = `
sources:
  ${SOURCE}:
    replaceProfileId: user
    identifiers: { email: email }
    eventType: type
    eventId: id
    occurredAt: at
`;

export interface Merge {
  readonly delivery: Posted;
  /** Whoever is to be one person afterwards, with so many events in all. */
  readonly references: readonly [string, string];
  readonly events: number;
}

export interface Deliveries {
  /** In this order, which decides who is the older. */
  readonly known: readonly Posted[];
  readonly merges: readonly Merge[];
}

/** Strangers to all others, each with one event. */
export function drawWarmUp(merges: number): Deliveries {
  const names = Array.from({ length: merges }, (_, index) => [`a-${index}`, `b-${index}`] as const);
  return {
    known: names.flat().flatMap((name) => history(name, 1)),
    merges: names.map(([one, other]) => merge(one, other, 3)),
  };
}

/** One person with a history, whom newcomers join one after the other; every other of them is older than all before. */
export function drawNewcomers(events: number, merges: number): Deliveries {
  const names = Array.from({ length: merges }, (_, index) => `newcomer-${index}`);
  const older = names.filter((_, index) => index % 2 === 0).toReversed();
  const younger = names.filter((_, index) => index % 2 === 1);
  return {
    known: [
      ...older.flatMap((name) => history(name, 1)),
      ...history("host", events),
      ...younger.flatMap((name) => history(name, 1)),
    ],
    merges: names.map((name, index) =>
      merge(name, names[index - 1] ?? "host", events + 2 * (index + 1)),
    ),
  };
}

/** People who all have a history, of whom one after the other joins the first. */
export function drawHistories(events: number, merges: number): Deliveries {
  const names = Array.from({ length: merges + 1 }, (_, index) => `host-${index}`);
  return {
    known: names.flatMap((name) => history(name, events)),
    merges: names
      .slice(1)
      .map((name, index) => merge(name, names[index]!, events * (index + 2) + index + 1)),
  };
}

function history(user: string, events: number): Posted[] {
  const deliveries: Posted[] = [];
  for (let start = 0; start < events; start += DELIVERY_EVENTS_MAX) {
    const length = Math.min(DELIVERY_EVENTS_MAX, events - start);
    const list = Array.from({ length }, (_, index) => ({
      id: `${user}-${start + index}`,
      type: "page_viewed",
      at: START_SECONDS + start + index,
      user,
      email: addressOf(user),
      page: `https://shop.example/products/${(start + index) % 997}`,
    }));
    deliveries.push({ source: SOURCE, body: JSON.stringify(list) });
  }
  return deliveries;
}

function merge(user: string, other: string, events: number): Merge {
  const body = JSON.stringify({
    id: `${user}-joins`,
    type: "signed_in",
    at: START_SECONDS - 1,
    user,
    email: addressOf(other),
  });
  return {
    delivery: { source: SOURCE, body },
    references: [`${SOURCE}:${user}`, `email:${addressOf(other)}`],
    events,
  };
}

function addressOf(user: string): string {
  return `${user}@example.com`;
}
