import fc from "fast-check";
import { expect, test } from "vitest";
import { positionOn, scaleFor, ticksOn, tickText } from "../../../benchmarks/plot/log-scale.ts";

const ratio = fc.double({ min: 1e-6, max: 1e6, noNaN: true });

test("every value has its place, in order, and so has 1", () => {
  fc.assert(
    fc.property(fc.array(ratio), (values) => {
      const scale = scaleFor(values);
      const positions = [...values, 1]
        .toSorted((left, right) => left - right)
        .map((value) => positionOn(scale, value));
      for (const position of positions) {
        expect(position).toBeGreaterThan(0);
        expect(position).toBeLessThan(1);
      }
      expect(positions).toStrictEqual(positions.toSorted((left, right) => left - right));
    }),
  );
});

test("half lies as far from one as double", () => {
  const scale = scaleFor([0.1, 3]);
  const at = (value: number) => positionOn(scale, value);
  expect(at(1) - at(0.5)).toBeCloseTo(at(2) - at(1));
});

test("a small difference does not fill the scale", () => {
  expect(scaleFor([0.9, 1.1])).toStrictEqual({ from: 0.5, to: 2 });
});

test("ticks are as many as there is room for, rise, lie on the scale, and 1 is one of them", () => {
  fc.assert(
    fc.property(fc.array(ratio), fc.integer({ min: 3, max: 20 }), (values, ticksMax) => {
      const scale = scaleFor(values);
      const ticks = ticksOn(scale, ticksMax);
      expect(ticks).toContain(1);
      expect(ticks.length).toBeLessThanOrEqual(ticksMax);
      expect(ticks).toStrictEqual([...new Set(ticks)].toSorted((left, right) => left - right));
      for (const tick of ticks) expect(tick >= scale.from && tick <= scale.to).toBe(true);
    }),
  );
});

test("the ticks are round numbers, the finer the smaller the scale", () => {
  expect(ticksOn(scaleFor([]), 9)).toStrictEqual([0.5, 0.7, 1, 1.5, 2]);
  expect(ticksOn(scaleFor([0.1, 10]), 9)).toStrictEqual([0.1, 0.2, 0.5, 1, 2, 5, 10]);
  expect(ticksOn(scaleFor([0.001, 1000]), 9)).toStrictEqual([0.001, 0.01, 0.1, 1, 10, 100, 1000]);
  expect(ticksOn(scaleFor([0.0001, 10_000]), 4)).toStrictEqual([0.001, 1, 1000]);
});

test.each([
  [0.05, "0.05×"],
  [1, "1×"],
  [2000, "2,000×"],
])("the tick %d is written %s", (tick, text) => expect(tickText(tick)).toBe(text));
