/** Histories of people as a store would give them, with few enough names and times for much to coincide. */
import fc from "fast-check";
import type { Question } from "../../src/questions/question.ts";
import type { HistoryEvent } from "../../src/store/histories.ts";

export interface BriefEvent {
  readonly at: number;
  readonly source: string;
  readonly type: string;
}

/** Each with their events, which must be in order of time. */
export type People = readonly (readonly BriefEvent[])[];

/** Asks a question over people, of whom it is given what it needs and nothing else. */
export function answerOver<Answer>({ needs, begin }: Question<Answer>, people: People): Answer {
  const { types, sources, from = -Infinity, to = Infinity } = needs;
  const run = begin();
  for (const [person, events] of people.entries()) {
    const needed = events
      .filter(({ at }) => at >= from && at < to)
      .filter(
        ({ source, type }) =>
          sources?.includes(source) !== false && types?.includes(type) !== false,
      )
      .map((event): HistoryEvent => ({ ...event, payload: () => "{}" }));
    if (needed.length > 0) run.add({ profile: `pr_${person}`, traits: new Map(), events: needed });
  }
  return run.answer();
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

/** Of several people. */
export const journeys: fc.Arbitrary<People> = fc.array(journey, { maxLength: 8 });

/** From and to, where they are given, and to always after from. */
export const bounds = fc
  .record({ from: fc.nat(TIMES), span: fc.integer({ min: 1, max: TIMES }) })
  .chain(({ from, span }) =>
    fc.constantFrom({}, { from }, { to: from + 1 }, { from, to: from + span }),
  );
