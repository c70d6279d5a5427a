/** Histories for tests of questions: people made of plain rows, and arbitrary ones whose events often meet in time. */
import fc from "fast-check";
import { compareStamps } from "../../src/identity/stamp.ts";
import type { History, HistoryEvent, HistoryRequest } from "../../src/store/histories.ts";
import type { Question } from "../../src/questions/question.ts";

export interface PlainEvent {
  readonly at: number;
  readonly source: string;
  readonly type: string;
  readonly payload?: unknown;
}

export interface PlainPerson {
  readonly traits: Readonly<Record<string, unknown>>;
  /** In the order in which they were sent; their places are their keys. */
  readonly events: readonly PlainEvent[];
}

/** In the order of the journey. */
export function inJourneyOrder<Event extends PlainEvent>(events: readonly Event[]): Event[] {
  return events
    .map((event, place) => ({ event, stamp: { ...event, key: String(place).padStart(6, "0") } }))
    .toSorted((left, right) => compareStamps(left.stamp, right.stamp))
    .map(({ event }) => event);
}

function isNeeded({ at, source, type }: PlainEvent, needs: HistoryRequest): boolean {
  return (
    (needs.types?.includes(type) ?? true) &&
    (needs.sources?.includes(source) ?? true) &&
    at >= (needs.from ?? -Infinity) &&
    at < (needs.to ?? Infinity)
  );
}

/** What a store would tell of people where this is asked for. */
function historiesOf(people: readonly PlainPerson[], needs: HistoryRequest): History[] {
  return people
    .map(({ traits, events }, number) => ({
      profile: `pr_${number}`,
      traits: new Map(
        Object.entries(traits)
          .filter(([name]) => needs.traits?.includes(name) ?? false)
          .map(([name, value]) => [name, JSON.stringify(value)]),
      ),
      events: inJourneyOrder(events)
        .filter((event) => isNeeded(event, needs))
        .map(({ payload, ...rest }): HistoryEvent => ({
          ...rest,
          payload: () => JSON.stringify(payload ?? {}),
        })),
    }))
    .filter(({ events }) => events.length > 0);
}

/** Asks a question of people, as the analyst does. */
export function answerOver<Answer>(
  question: Question<Answer>,
  people: readonly PlainPerson[],
): Answer {
  const run = question.begin();
  for (const history of historiesOf(people, question.needs)) run.add(history);
  return run.answer();
}

export const TYPES = ["ask", "form", "buy"] as const;
export const SOURCES = ["chat", "shop"] as const;

/** Times are a few units apart, so that many are equal. */
export function peopleOf(unit: number, eventsMax = 12): fc.Arbitrary<readonly PlainPerson[]> {
  const event = fc.record({
    at: fc.integer({ min: 0, max: 20 }).map((time) => time * unit),
    source: fc.constantFrom(...SOURCES),
    type: fc.constantFrom(...TYPES),
    payload: fc.record({ n: fc.nat({ max: 2 }) }),
  });
  return fc.array(
    fc.record({
      traits: fc.record({ city: fc.constantFrom("Rome", "Oslo", 7) }, { requiredKeys: [] }),
      events: fc.array(event, { maxLength: eventsMax }),
    }),
    { maxLength: 6 },
  );
}
