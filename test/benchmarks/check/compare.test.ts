import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compare, leastSeen, worsening } from "../../../benchmarks/check/compare.ts";
import { summarise, type Summary } from "../../../benchmarks/runner/statistics.ts";

const direction = fc.constantFrom("higher" as const, "lower" as const);
const tolerance = fc.double({ min: 0.01, max: 2, noNaN: true });
const summary = fc
  .array(fc.double({ min: 1e-3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 12 })
  .map(summarise);

function of(median: number, min = median, max = median): Summary {
  return { median, min, max };
}

/** The same ratios seen from the reference: requests per second instead of seconds per request. */
function inverted({ median, min, max }: Summary): Summary {
  return { median: 1 / median, min: 1 / max, max: 1 / min };
}

describe("where lower is better", () => {
  test.each([
    ["beyond the tolerance and apart", of(1, 0.9, 1.1), of(1.3, 1.2, 1.4), "worse"],
    [
      "beyond the tolerance, but its median lies among the rounds of then",
      of(1, 0.9, 1.35),
      of(1.3, 1.2, 1.4),
      "same",
    ],
    [
      "beyond the tolerance, but among its rounds is the median of then",
      of(1, 0.9, 1.1),
      of(1.3, 0.95, 1.4),
      "same",
    ],
    [
      "beyond the tolerance, though a round of each lies among the others",
      of(1, 0.9, 1.25),
      of(1.3, 1.2, 1.4),
      "worse",
    ],
    ["apart, but within the tolerance", of(1, 0.9, 1.1), of(1.15, 1.11, 1.2), "same"],
    ["exactly the tolerance", of(1), of(1.25), "same"],
    ["a median at the edge of the rounds of then", of(1, 0.9, 1.4), of(1.4, 1.2, 1.5), "same"],
    ["less, and apart", of(1, 0.9, 1.1), of(0.5, 0.4, 0.6), "better"],
    ["less, but among those of then", of(1, 0.5, 1.1), of(0.5, 0.4, 0.6), "same"],
  ])("%s", (_, baseline, now, verdict) => {
    expect(compare("lower", 0.25, baseline, now)).toBe(verdict);
  });
});

describe("where higher is better", () => {
  test.each([
    ["less", of(0.5, 0.4, 0.6), "worse"],
    ["more", of(2, 1.5, 3), "better"],
    ["less within the tolerance", of(0.85, 0.84, 0.89), "same"],
  ])("%s", (_, now, verdict) => {
    expect(compare("higher", 0.25, of(1, 0.9, 1.1), now)).toBe(verdict);
  });
});

test("a figure is never worse or better than itself", () => {
  fc.assert(
    fc.property(direction, tolerance, summary, (direction, tolerance, summary) => {
      expect(compare(direction, tolerance, summary, summary)).toBe("same");
    }),
  );
});

test("what is worse one way round is better the other way round", () => {
  const opposite = { better: "worse", same: "same", worse: "better" } as const;
  fc.assert(
    fc.property(direction, tolerance, summary, summary, (direction, tolerance, one, other) => {
      const verdict = compare(direction, tolerance, one, other);
      expect(compare(direction, tolerance, other, one)).toBe(opposite[verdict]);
    }),
  );
});

test("a time and its inverse, the rate, are judged alike", () => {
  fc.assert(
    fc.property(tolerance, summary, summary, (tolerance, baseline, now) => {
      // Where the factor is the tolerance itself, the inverse is it only up to rounding.
      fc.pre(Math.abs(Math.log(worsening("lower", baseline, now))) !== Math.log(1 + tolerance));
      expect(compare("higher", tolerance, inverted(baseline), inverted(now))).toBe(
        compare("lower", tolerance, baseline, now),
      );
    }),
  );
});

test("a median among the rounds of the other is the same; others are judged by the tolerance", () => {
  fc.assert(
    fc.property(direction, tolerance, summary, summary, (direction, tolerance, baseline, now) => {
      const overlap =
        (baseline.min <= now.median && now.median <= baseline.max) ||
        (now.min <= baseline.median && baseline.median <= now.max);
      const factor = worsening(direction, baseline, now);
      const verdict = compare(direction, tolerance, baseline, now);
      expect(verdict === "worse").toBe(!overlap && factor > 1 + tolerance);
    }),
  );
});

test("a worse median beyond what can be seen is seen, where the rounds are alike; one short of it is not", () => {
  fc.assert(
    fc.property(direction, tolerance, summary, (direction, tolerance, baseline) => {
      const seen = leastSeen(direction, tolerance, baseline);
      const worseBy = (factor: number) =>
        of(direction === "lower" ? baseline.median * factor : baseline.median / factor);
      expect(compare(direction, tolerance, baseline, worseBy(seen * 1.001))).toBe("worse");
      expect(compare(direction, tolerance, baseline, worseBy(seen * 0.999))).not.toBe("worse");
    }),
  );
});
