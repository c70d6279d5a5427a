/** Histories of people as a store would give them, with few enough names and times for much to coincide. */
import fc from "fast-check";
import type { History, HistoryEvent } from "../../src/store/histories.ts";

export interface BriefEvent {
  readonly at: number;
  readonly source: string;
  readonly type: string;
}

/** A person with these events, which must be in order of time. */
export function historyOf(events: readonly BriefEvent[], name = "somebody"): History {
  return {
    profile: name,
    traits: new Map(),
    events: events.map((event): HistoryEvent => ({ ...event, payload: () => "{}" })),
  };
}

const TIMES = 30;

const event = fc.record({
  at: fc.nat(TIMES),
  source: fc.constantFrom("app", "shop"),
  type: fc.constantFrom("a", "b", "c", "d"),
});

const journey = fc
  .array(event, { minLength: 1, maxLength: 15 })
  .map((events) => events.toSorted((left, right) => left.at - right.at));

/** Of several people, each event where the one before it did not occur later. */
export const journeys = fc.array(journey, { maxLength: 8 });

/** From and to, where they are given, and to always after from. */
export const bounds = fc
  .record({ from: fc.nat(TIMES), span: fc.integer({ min: 1, max: TIMES }) })
  .chain(({ from, span }) =>
    fc.constantFrom({}, { from }, { to: from + 1 }, { from, to: from + span }),
  );
