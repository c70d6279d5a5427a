import fc from "fast-check";
import { expect, test } from "vitest";
import { formatPlot } from "../../../benchmarks/plot/terminal-plot.ts";
import { exampleResult, figureResult, goalOf } from "../../support/benchmark-results.ts";

test("a bar from 1× to the median, its spread, and the goal", () => {
  expect(`\n${formatPlot(exampleResult([0.5, 0.4, 0.8], [goalOf(0.25, 0.5)]), 80)}\n`).toBe(`
  only, ratio to theirs
                    0.3×          0.5×     0.7×     1×         1.5×   2×
    time in ms, lower is better
      ours     ◇            ──────██████████████████│                      0.50×

    █ median  ─ spread  │ 1×  ◆ goal reached  ◇ goal missed
`);
});

test("a goal that is reached looks different, and a bar may go the other way", () => {
  const plot = formatPlot(exampleResult([3, 3, 3], [goalOf(4, 3)]), 80);
  expect(plot).toMatch(/│█+ +◆ +3\.00×/);
});

test("no line is longer than the terminal is wide", () => {
  const ratios = fc.array(fc.double({ min: 1e-4, max: 1e4, noNaN: true }), { minLength: 1 });
  fc.assert(
    fc.property(ratios, fc.integer({ min: 60, max: 200 }), (ratios, width) => {
      for (const line of formatPlot(exampleResult(ratios), width).split("\n"))
        expect(line.length).toBeLessThanOrEqual(width);
    }),
  );
});

test("what is no ratio is not drawn, and where nothing is, there is no plot", () => {
  expect(formatPlot(exampleResult([0, 1, 1]), 80)).toBe("");
  expect(formatPlot(exampleResult([1, Number.POSITIVE_INFINITY, 1]), 80)).toBe("");
  expect(formatPlot(exampleResult([1, Number.NaN, 1]), 80)).toBe("");
  const result = exampleResult();
  const alone = { name: "ours", figures: [figureResult([1])] };
  const workloads = result.workloads.map((workload) => ({ ...workload, contenders: [alone] }));
  expect(formatPlot({ ...result, workloads }, 80)).toBe("");
});
