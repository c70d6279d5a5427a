import { expect, test } from "vitest";
import { Random } from "../../benchmarks/random.ts";

function draw(seed: number, count: number): number[] {
  const random = new Random(seed);
  return Array.from({ length: count }, () => random.fraction());
}

test("a seed gives the same numbers again, another seed others", () => {
  expect(draw(7, 100)).toStrictEqual(draw(7, 100));
  expect(draw(7, 100)).not.toStrictEqual(draw(8, 100));
});

test("the first numbers are those of mulberry32, so that old results can be drawn again", () => {
  const inUnits = draw(1, 3).map((fraction) => fraction * 2 ** 32);
  expect(inUnits).toStrictEqual([2693262067, 11749833, 2265367787]);
});

test("fractions fill the unit, whole numbers stay below their end", () => {
  const drawn = draw(3, 10_000);
  expect(Math.min(...drawn)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...drawn)).toBeLessThan(1);
  const mean = drawn.reduce((sum, fraction) => sum + fraction, 0) / drawn.length;
  expect(mean).toBeCloseTo(0.5, 1);
  const random = new Random(4);
  const below = new Set(Array.from({ length: 1000 }, () => random.below(3)));
  expect(below).toStrictEqual(new Set([0, 1, 2]));
});
