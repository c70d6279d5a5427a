import { expect, test } from "vitest";
import type { Benchmark, Outcome, Trial } from "../../../benchmarks/benchmark.ts";
import { measure } from "../../../benchmarks/runner/measure.ts";

function benchmarkOf(run: (trial: Trial) => Outcome): Benchmark {
  return {
    name: "example",
    description: "an example",
    workloads: [{ name: "only", description: "the only one" }],
    contenders: ["ours", "theirs"],
    reference: "theirs",
    figures: [{ name: "time in ms", better: "lower" }],
    packages: [],
    trials: { full: 3, quick: 2, tiny: 1 },
    scale: () => "1 thing",
    run: async (trial) => run(trial),
  };
}

const options = { size: "full", seed: 1 } as const;

test("contenders take turns, and the turn goes round", async () => {
  const turns: string[] = [];
  const benchmark = benchmarkOf(({ contender }) => {
    turns.push(contender);
    return { figures: { "time in ms": 1 }, answer: "42" };
  });
  await measure(benchmark, ({ run }, trial) => run(trial), options);
  expect(turns).toStrictEqual(["ours", "theirs", "theirs", "ours", "ours", "theirs"]);
});

test("a ratio is taken within a round, so a machine that slows down changes none", async () => {
  let slowdown = 1;
  const benchmark = benchmarkOf(({ contender }) => {
    const time = (contender === "ours" ? 20 : 10) * Math.ceil(slowdown / 2);
    slowdown++;
    return { figures: { "time in ms": time }, answer: "42" };
  });
  const result = await measure(benchmark, ({ run }, trial) => run(trial), options);
  const [ours, theirs] = result.workloads[0]!.contenders.map(({ figures }) => figures[0]!);
  expect(ours!.values).toStrictEqual([20, 40, 60]);
  expect(ours!.ratio).toStrictEqual({ median: 2, min: 2, max: 2 });
  expect(theirs!.ratio).toBeUndefined();
});

test("different answers are told, and no times", async () => {
  const benchmark = benchmarkOf(({ contender }) => ({
    figures: { "time in ms": 1 },
    answer: contender === "ours" ? "42" : "41",
  }));
  await expect(measure(benchmark, ({ run }, trial) => run(trial), options)).rejects.toThrow(
    /answers differ[^]*ours: 42[^]*theirs: 41/,
  );
});

test("a figure that a trial leaves out is told", async () => {
  const benchmark = benchmarkOf(() => ({ figures: {}, answer: "42" }));
  await expect(measure(benchmark, ({ run }, trial) => run(trial), options)).rejects.toThrow(
    "measured no time in ms",
  );
});
