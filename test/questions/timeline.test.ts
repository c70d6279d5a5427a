import fc from "fast-check";
import { expect, test } from "vitest";
import type { TimelineQuestion } from "../../schema/http/timeline.ts";
import { prepareSpans } from "../../src/questions/calendar.ts";
import { compileTimeline, type TimelineBucket } from "../../src/questions/timeline.ts";
import {
  answerOver,
  peopleOf,
  SOURCES,
  TYPES,
  type PlainEvent,
  type PlainPerson,
} from "../support/histories.ts";

const DAY = 86_400_000;

/** Counts with sets, event by event. */
function countOf(owned: readonly (readonly [PlainEvent, number])[]) {
  return { events: owned.length, people: new Set(owned.map(([, person]) => person)).size };
}

function naiveTimeline(asked: TimelineQuestion, people: readonly PlainPerson[]) {
  const owned = people
    .flatMap(({ events }, person) => events.map((event) => [event, person] as const))
    .filter(
      ([{ at, source, type }]) =>
        at >= (asked.from ?? -Infinity) &&
        at < (asked.to ?? Infinity) &&
        (asked.source ?? source) === source &&
        (asked.type ?? type) === type,
    );
  const spanOf = prepareSpans(asked.interval);
  const starts = [...new Set(owned.map(([{ at }]) => spanOf(at)))]
    .filter((start) => start > (asked.after ?? -Infinity))
    .toSorted((left, right) => left - right);
  const { limit = starts.length } = asked;
  return {
    timeline: starts.slice(0, limit).map((from) => {
      const inside = owned.filter(([{ at }]) => spanOf(at) === from);
      const kinds = [...new Set(inside.map(([{ source, type }]) => `${source} ${type}`))];
      return {
        from,
        ...countOf(inside),
        by: kinds.map((kind) => {
          const [source, type] = kind.split(" ");
          const own = inside.filter(([event]) => event.source === source && event.type === type);
          return { source, type, ...countOf(own) };
        }),
      };
    }),
    more: starts.length > limit,
    ...countOf(owned),
  };
}

const questionOf: fc.Arbitrary<TimelineQuestion> = fc.record(
  {
    interval: fc.constantFrom("day", "week", "month"),
    from: fc.integer({ min: 0, max: 10 }).map((days) => days * DAY + 1),
    to: fc.integer({ min: 10, max: 300 }).map((days) => days * DAY),
    source: fc.constantFrom(...SOURCES),
    type: fc.constantFrom(...TYPES),
    after: fc.integer({ min: 0, max: 10 }).map((days) => days * DAY),
    limit: fc.integer({ min: 1, max: 3 }),
  },
  { requiredKeys: ["interval"] },
);

function kindsInOrder<Bucket extends { readonly by: readonly unknown[] }>(bucket: Bucket): Bucket {
  const text = (kind: unknown) => JSON.stringify(kind);
  return { ...bucket, by: bucket.by.toSorted((a, b) => (text(a) < text(b) ? -1 : 1)) };
}

test("agrees with counting in sets", () => {
  const unit = fc.constantFrom(DAY / 4, DAY, 6 * DAY);
  fc.assert(
    fc.property(
      questionOf,
      unit.chain((one) => peopleOf(one, 20)),
      (asked, people) => {
        const told = answerOver(compileTimeline(asked), people);
        const expected = naiveTimeline(asked, people);
        expect({ ...told, timeline: told.timeline.map(kindsInOrder) }).toEqual({
          ...expected,
          timeline: expected.timeline.map(kindsInOrder),
        });
      },
    ),
    { numRuns: 1000 },
  );
});

test("of one span, sources and types with most events come first", () => {
  const events = ["buy", "ask", "ask", "form"].map((type) => ({ at: 1, source: "chat", type }));
  const { timeline } = answerOver(compileTimeline({ interval: "day" }), [{ traits: {}, events }]);
  expect(timeline[0]!.by.map(({ type, events: count }) => `${type} ${count}`)).toEqual([
    "ask 2",
    "buy 1",
    "form 1",
  ]);
});

test("of more sources and types than anybody reads a thousand are told, and that there are more", () => {
  const kinds = (count: number): TimelineBucket => {
    const events = Array.from({ length: count }, (_, index) => ({
      at: 1,
      source: "chat",
      type: `t${index}`,
    }));
    return answerOver(compileTimeline({ interval: "day" }), [{ traits: {}, events }]).timeline[0]!;
  };
  expect(kinds(1000)).not.toHaveProperty("more");
  expect(kinds(1001)).toMatchObject({ events: 1001, more: true });
  expect(kinds(1001).by).toHaveLength(1000);
});

test("a page ends before it tells more than twenty thousand rows, and the next goes on behind it", () => {
  const kinds = Array.from({ length: 150 }, (_, kind) => `t${kind}`);
  const days = Array.from({ length: 200 }, (_, day) => day * DAY);
  const events = days.flatMap((at) => kinds.map((type) => ({ at, source: "s", type })));
  const people = [{ events, traits: {} }] as unknown as readonly PlainPerson[];
  const asked: TimelineQuestion = { interval: "day", limit: 1000 };
  const ask = (after?: number) =>
    answerOver(compileTimeline({ ...asked, ...(after === undefined ? {} : { after }) }), people);
  const first = ask();
  expect([first.timeline.length, first.more]).toEqual([133, true]);
  const second = ask(first.timeline.at(-1)!.from);
  expect([second.timeline.length, second.more]).toEqual([67, false]);
  const all = answerOver(compileTimeline({ interval: "day" }), people);
  expect([...first.timeline, ...second.timeline]).toEqual(all.timeline);
});
