import { expect, test } from "vitest";
import type { BenchmarkResult, FigureResult } from "../../../benchmarks/runner/measure.ts";
import { summarise } from "../../../benchmarks/runner/statistics.ts";
import { formatNumber, formatTable } from "../../../benchmarks/runner/table.ts";

function figure(values: readonly number[], ratios?: readonly number[]): FigureResult {
  return {
    name: "time in ms",
    better: "lower",
    values,
    summary: summarise(values),
    ratio: ratios === undefined ? undefined : summarise(ratios),
  };
}

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
        { name: "ours", figures: [figure([1.5, 1, 2], [0.5, 0.4, 0.625])] },
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
      ours                              1.50          1 – 2     0.50×  0.40 – 0.63
      theirs                           2,000  1,001 – 3,000`);
});

test.each([
  [0, "0"],
  [7, "7"],
  [0.012_345, "0.0123"],
  [12.345, "12.3"],
  [1234.5, "1,235"],
  [900_001, "900,001"],
])("%d is written %s", (number, text) => expect(formatNumber(number)).toBe(text));
