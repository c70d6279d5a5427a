import { expect, test } from "vitest";
import type { JudgedGoal } from "../../../benchmarks/runner/goals.ts";
import type { BenchmarkResult, FigureResult } from "../../../benchmarks/runner/measure.ts";
import { summarise } from "../../../benchmarks/runner/statistics.ts";
import { formatTable } from "../../../benchmarks/runner/table.ts";

function figure(
  values: readonly number[],
  ratios?: readonly number[],
  goals: readonly JudgedGoal[] = [],
): FigureResult {
  return {
    name: "time in ms",
    better: "lower",
    values,
    summary: summarise(values),
    ratio: ratios === undefined ? undefined : summarise(ratios),
    goals,
  };
}

const goal: JudgedGoal = {
  of: "ratio",
  against: "theirs",
  direction: "at most",
  goal: 0.5,
  measured: 0.5,
  reached: true,
};

const result: BenchmarkResult = {
  name: "example",
  description: "an example",
  reference: "theirs",
  rounds: 3,
  workloads: [
    {
      name: "only",
      description: "the only one",
      scale: "1,000 things",
      answer: "42",
      contenders: [
        { name: "ours", figures: [figure([1.5, 1, 2], [0.5, 0.4, 0.625], [goal])] },
        { name: "theirs", figures: [figure([2000, 3000, 1000.5])] },
      ],
    },
  ],
};

test("a block for a workload, a line for a contender, columns that stand below each other", () => {
  expect(`\n${formatTable(result)}`).toBe(`
example: an example

  only (1,000 things): the only one
    time in ms, lower is better  median of 3      min – max  ÷ theirs
      ours                              1.50          1 – 2     0.50×  0.40 – 0.63  goal ≤ 0.50×: reached
      theirs                           2,000  1,001 – 3,000`);
});
