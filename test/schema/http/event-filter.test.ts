import { describe, expect, test } from "vitest";
import { eventFilterSchema } from "../../../schema/http/event-filter.ts";
import { formatPath } from "../../../src/config/config-text.ts";
import { readBySchema } from "../../../src/config/schema-faults.ts";

/** What is wrong with conditions, each fault with its path, or with a whole filter that is given as one. */
function faultsOf(where: unknown): string[] {
  const read = readBySchema(eventFilterSchema, { type: "paid", where });
  if ("value" in read) return [];
  return read.faults.map(({ path, message }) => `${formatPath(path)}: ${message}`);
}

describe("the faults of a filter", () => {
  test("name the place and what was expected there", () => {
    expect(faultsOf({ a: [1] })).toEqual([
      "where.a: expected a value to be equal to, or an object of eq, in, exists, gt, gte, lt, lte and contains",
    ]);
    expect(faultsOf({ a: { gt: true } })).toEqual(["where.a.gt: expected a text or a number"]);
    expect(faultsOf({ a: { eq: [] } })).toEqual([
      "where.a.eq: expected a text, a number, true, false or null",
    ]);
    expect(faultsOf({ a: { in: [] } })).toEqual(["where.a.in: expected at least one value"]);
    expect(faultsOf({ a: {} })).toEqual([
      "where.a: expected one of eq, in, exists, gt, gte, lt, lte and contains",
    ]);
    expect(faultsOf({ a: { exists: false, eq: 1 } })).toEqual([
      "where.a: what does not exist cannot be compared: write exists: false alone",
    ]);
    expect(faultsOf([])).toEqual(["where: expected a record"]);
  });

  test("name the operator that was probably meant", () => {
    expect(faultsOf({ "order.total": { gtee: 1 } })).toEqual([
      "where.order.total.gtee: unknown key; did you mean gte?",
    ]);
  });

  test("are too many conditions, values or characters", () => {
    const many = Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`a${index}`, 1]));
    expect(faultsOf(many)).toEqual(["where: expected at most 10 conditions"]);
    expect(faultsOf({ a: { in: Array.from({ length: 101 }, () => 1) } })).toEqual([
      "where.a.in: expected at most 100 values",
    ]);
    expect(faultsOf({ a: "x".repeat(1001) })).toEqual([
      "where.a: expected at most 1000 characters",
    ]);
  });

  test("I10: are numbers whose digits no JSON reader keeps, and the fix is told", () => {
    const told =
      'expected a number up to 9007199254740991; write a larger one as { "number": "9007199254740993" }';
    expect(faultsOf(JSON.parse('{"a":9007199254740993}'))).toEqual([`where.a: ${told}`]);
    expect(faultsOf(JSON.parse('{"a":{"eq":9007199254740993}}'))).toEqual([`where.a.eq: ${told}`]);
    expect(faultsOf({ a: { eq: { number: "9007199254740993" } } })).toEqual([]);
    expect(faultsOf({ a: { eq: { number: "seven" } } })).toEqual([
      "where.a.eq.number: expected the digits of a number, such as 9007199254740993",
    ]);
  });

  test("are a path that would be left out without a word", () => {
    expect(faultsOf(JSON.parse('{"__proto__":1}'))).toEqual([
      'where.__proto__: write the path as ["__proto__"]',
    ]);
    expect(faultsOf({ '["__proto__"]': 1 })).toEqual([]);
  });
});
