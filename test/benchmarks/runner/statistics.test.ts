import { expect, test } from "vitest";
import { percentile, summarise } from "../../../benchmarks/runner/statistics.ts";

test("the median of an odd and of an even number of values, and the spread", () => {
  expect(summarise([5, 1, 100])).toStrictEqual({ median: 5, min: 1, max: 100 });
  expect(summarise([4, 1, 2, 100])).toStrictEqual({ median: 3, min: 1, max: 100 });
});

test("a percentile is one of the values", () => {
  const values = Float64Array.from({ length: 100 }, (_, index) => 100 - index);
  expect(percentile(values, 0.5)).toBe(50);
  expect(percentile(values, 0.99)).toBe(99);
  expect(percentile(values, 1)).toBe(100);
  expect(percentile(Float64Array.of(7), 0.01)).toBe(7);
});

test("nothing has neither", () => {
  expect(() => summarise([])).toThrow(RangeError);
  expect(() => percentile(new Float64Array(), 0.5)).toThrow(RangeError);
});
