import { expect, test } from "vitest";
import { percentile } from "../../src/questions/percentile.ts";

test("by nearest rank, as the textbook example has it", () => {
  const scores = [15, 20, 35, 40, 50];
  const told = [0, 5, 30, 40, 50, 100].map((percent) => percentile(scores, percent));
  expect(told).toEqual([15, 15, 20, 20, 35, 50]);
});

test("of an even count the median is the lower of the two in the middle, a number that is there", () => {
  expect(percentile([1, 2, 30, 40], 50)).toBe(2);
});

test("of nothing there is none", () => {
  expect(percentile([], 50)).toBeNull();
});
