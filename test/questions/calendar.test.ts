import fc from "fast-check";
import { expect, test } from "vitest";
import { prepareSpans, type Interval } from "../../src/questions/calendar.ts";

function startOf(interval: Interval, text: string): string {
  return new Date(prepareSpans(interval)(Date.parse(text))).toISOString().slice(0, 10);
}

test.each([
  ["day", "2026-03-01T00:00:00Z", "2026-03-01"],
  ["day", "2026-02-28T23:59:59.999Z", "2026-02-28"],
  // An hour east of UTC it is the next day already.
  ["day", "2026-03-02T00:30:00+01:00", "2026-03-01"],
  ["week", "2026-03-01T23:59:59.999Z", "2026-02-23"],
  ["week", "2026-03-02T00:00:00Z", "2026-03-02"],
  ["week", "1969-12-31T12:00:00Z", "1969-12-29"],
  ["month", "2026-02-28T23:59:59.999Z", "2026-02-01"],
  ["month", "2024-02-29T12:00:00Z", "2024-02-01"],
  ["month", "2026-12-31T12:00:00Z", "2026-12-01"],
  ["month", "1969-12-31T12:00:00Z", "1969-12-01"],
] as const)("the %s of %s begins on %s", (interval, text, expected) => {
  expect(startOf(interval, text)).toBe(expected);
});

test("whatever moment came before, a span is that of its moment", () => {
  // The years that events may have.
  const [min, max] = [new Date("0001-01-01"), new Date("9999-12-31")];
  const moment = fc.date({ min, max, noInvalidDate: true }).map((date) => date.getTime());
  const moments = fc.array(moment);
  fc.assert(
    fc.property(fc.constantFrom("day", "week", "month"), moments, (interval, times) => {
      const spanOf = prepareSpans(interval);
      for (const time of times) expect(spanOf(time)).toBe(naiveStart(interval, time));
    }),
  );
});

/** One day back after the other. */
function naiveStart(interval: Interval, time: number): number {
  const date = new Date(time);
  date.setUTCHours(0, 0, 0, 0);
  const isStart = () =>
    interval === "day" || (interval === "week" ? date.getUTCDay() === 1 : date.getUTCDate() === 1);
  while (!isStart()) date.setUTCDate(date.getUTCDate() - 1);
  return date.getTime();
}
