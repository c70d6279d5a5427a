/** Every benchmark runs, tiny and in this process, so that none can rot. Nothing here looks at a time. */
import { beforeEach, describe, expect, test, vi } from "vitest";
import { CATALOGUE } from "../../benchmarks/catalogue.ts";
import { measure, type FigureResult } from "../../benchmarks/runner/measure.ts";

const SEED = 1;

// The import prints its counts.
beforeEach(() => void vi.spyOn(process.stdout, "write").mockReturnValue(true));

function expectSane({ name, better, values, summary, ratio }: FigureResult, expectRatio: boolean) {
  expect(name).toMatch(/\S/);
  expect(values).toHaveLength(1);
  for (const value of values) {
    expect(Number.isFinite(value)).toBe(true);
    expect(value).toBeGreaterThanOrEqual(0);
  }
  expect(summary).toStrictEqual({ median: values[0], min: values[0], max: values[0] });
  if (!expectRatio || better === "neither") expect(ratio).toBeUndefined();
  else expect(ratio!.median).toBeGreaterThan(0);
}

describe.each(Object.keys(CATALOGUE))("%s", (name) => {
  test("runs, and all contenders give the same answers", async () => {
    const benchmark = await CATALOGUE[name]!();
    expect(benchmark.name).toBe(name);
    expect(benchmark.contenders).toContain(benchmark.reference);
    const result = await measure(benchmark, ({ run }, trial) => run(trial), {
      size: "tiny",
      seed: SEED,
      trials: 1,
    });
    expect(result.workloads.map((workload) => workload.name)).toStrictEqual(
      benchmark.workloads.map((workload) => workload.name),
    );
    for (const { answer, scale, contenders } of result.workloads) {
      expect(answer).toMatch(/[1-9]/);
      expect(scale).toMatch(/^[1-9]/);
      expect(contenders.map((contender) => contender.name)).toStrictEqual(benchmark.contenders);
      for (const { name: contender, figures } of contenders) {
        expect(figures.map((figure) => figure.name)).toStrictEqual(
          benchmark.figures.map((figure) => figure.name),
        );
        for (const figure of figures) expectSane(figure, contender !== benchmark.reference);
      }
    }
  });
});
