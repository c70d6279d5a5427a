import fc from "fast-check";
import { expect, test } from "vitest";
import { formatTime, parseTime } from "../../src/extract/time.ts";

test.each([
  ["2026-01-31T12:00:00Z", "2026-01-31T12:00:00.000Z"],
  ["2026-01-31T12:00:00.1239Z", "2026-01-31T12:00:00.123Z"],
  ["2026-01-31t12:00:00+02:00", "2026-01-31T10:00:00.000Z"],
  ["2026-01-31 12:00:00-0530", "2026-01-31T17:30:00.000Z"],
  ["2026-01-31 12:00:00 UTC", "2026-01-31T12:00:00.000Z"],
  ["2009-03-26 21:35:57", "2009-03-26T21:35:57.000Z"],
  ["2026-01-31", "2026-01-31T00:00:00.000Z"],
  ["2016-12-31T23:59:60Z", "2016-12-31T23:59:59.999Z"],
  ["1969-07-20T20:17:40Z", "1969-07-20T20:17:40.000Z"],
  [1355517523, "2012-12-14T20:38:43.000Z"],
  ["1355517523.000005", "2012-12-14T20:38:43.000Z"],
  [1355517523.29, "2012-12-14T20:38:43.290Z"],
  [1355517523000, "2012-12-14T20:38:43.000Z"],
  [1, "1970-01-01T00:00:01.000Z"],
  [0, "1970-01-01T00:00:00.000Z"],
])("%s is %s", (value, text) => expect(formatTime(parseTime(value)!)).toBe(text));

test.each([
  "yesterday",
  "2026-02-30",
  "2026-13-01",
  "2026-01-31T24:00:00Z",
  "2026-01-31T12:60:00Z",
  "2026-01-31T12:00:00+24:00",
  "2026-1-31",
  "",
  "9".repeat(30),
  -1,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  1e300,
  1_700_000_000_000_000,
  null,
  undefined,
  {},
  true,
])("%s is no time", (value) => expect(parseTime(value)).toBeUndefined());

test("what is written is read back", () => {
  fc.assert(
    fc.property(
      fc.date({
        min: new Date("0000-01-01T00:00:00Z"),
        max: new Date("9999-12-31T23:59:59.999Z"),
        noInvalidDate: true,
      }),
      (date) => {
        expect(parseTime(formatTime(date.getTime()))).toBe(date.getTime());
      },
    ),
  );
});

test("no text breaks it", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const time = parseTime(text);
      expect(time === undefined || Number.isInteger(time)).toBe(true);
    }),
  );
});

test("a time is written as Date writes it, from the year 0 to the year 9999", () => {
  const [earliest, latest] = [-62_167_219_200_000, 253_402_300_799_999];
  const edges = [-1, 0, Date.UTC(2000, 1, 29), Date.UTC(1900, 1, 28, 23, 59, 59, 999)];
  fc.assert(
    fc.property(fc.integer({ min: earliest, max: latest }), (milliseconds) => {
      expect(formatTime(milliseconds)).toBe(new Date(milliseconds).toISOString());
    }),
    { examples: [earliest, latest, ...edges].map((edge): [number] => [edge]) },
  );
});

test("a plain time is what it is with a space for its T, which is read the long way", () => {
  const digits = (length: number, max: number) =>
    fc.integer({ min: 0, max }).map((number) => String(number).padStart(length, "0"));
  const date = fc.tuple(fc.oneof(digits(4, 9999), digits(4, 120)), digits(2, 13), digits(2, 32));
  const time = fc.tuple(digits(2, 25), digits(2, 61), digits(2, 61));
  const fraction = fc.oneof(
    fc.constant(""),
    digits(3, 999).map((text) => `.${text}`),
    fc.constantFrom(".12x", ".1", ".1239", ":123"),
  );
  fc.assert(
    fc.property(date, time, fraction, fc.constantFrom("Z", "z", ""), (on, at, rest, zone) => {
      const [day, moment] = [on.join("-"), `${at.join(":")}${rest}${zone}`];
      expect(parseTime(`${day}T${moment}`)).toBe(parseTime(`${day} ${moment}`));
    }),
    { numRuns: 3000 },
  );
});
