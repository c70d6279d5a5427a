import { expect, test } from "vitest";
import { formatTable } from "../../../benchmarks/runner/table.ts";
import { exampleResult } from "../../support/benchmark-results.ts";

test("a block for a workload, a line for a contender, columns that stand below each other", () => {
  expect(`\n${formatTable(exampleResult())}`).toBe(`
example: an example

  only (1,000 things): the only one
    time in ms, lower is better  median of 3      min – max  ÷ theirs
      ours                              1.50          1 – 2     0.50×  0.40 – 0.63  goal ≤ 0.50×: reached
      theirs                           2,000  1,001 – 3,000`);
});
