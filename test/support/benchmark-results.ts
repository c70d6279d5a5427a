/** Results of benchmarks as the runner would make them, for tests of what is made of them. */
import type { Baseline } from "../../benchmarks/check/baseline.ts";
import type { JudgedGoal } from "../../benchmarks/runner/goals.ts";
import type { BenchmarkResult, FigureResult } from "../../benchmarks/runner/measure.ts";
import type { RunResult } from "../../benchmarks/runner/result-file.ts";
import { summarise } from "../../benchmarks/runner/statistics.ts";

export function figureResult(
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

export function goalOf(goal: number, measured: number): JudgedGoal {
  const reached = measured <= goal;
  return { of: "ratio", against: "theirs", direction: "at most", goal, measured, reached };
}

/** One workload, in which `ours` is as good as the ratios say. */
export function exampleResult(
  ratios: readonly number[] = [0.5, 0.4, 0.625],
  goals: readonly JudgedGoal[] = [goalOf(0.5, 0.5)],
): BenchmarkResult {
  return {
    name: "example",
    description: "an example",
    reference: "theirs",
    rounds: ratios.length,
    workloads: [
      {
        name: "only",
        description: "the only one",
        scale: "1,000 things",
        answer: "42",
        contenders: [
          { name: "ours", figures: [figureResult([1.5, 1, 2], ratios, goals)] },
          { name: "theirs", figures: [figureResult([2000, 3000, 1000.5])] },
        ],
      },
    ],
  };
}

export function exampleRun(benchmarks: readonly BenchmarkResult[]): RunResult {
  return {
    format: 2,
    startedAt: "2026-01-02T03:04:05.678Z",
    seed: 7,
    size: "quick",
    profiled: false,
    machine: {
      cpu: "A <fast> processor",
      cores: 2,
      memoryBytes: 2 ** 33,
      system: "linux 6 x64",
      node: "v20.19.0",
      loadBefore: 0,
      durableWriteMs: 1,
    },
    commit: { hash: "0123456789abcdef", dirty: true },
    packages: {},
    benchmarks,
  };
}

/** In which `ours` took between 0.9 and 1.1 of what `theirs` did. */
export function exampleBaseline(): Baseline {
  return {
    format: 1,
    recordedAt: "2026-01-02T03:04:05.678Z",
    seed: 7,
    size: "quick",
    machine: { cpu: "A <fast> processor", cores: 2, system: "linux 6 x64", node: "v20.19.0" },
    commit: null,
    entries: [
      {
        benchmark: "example",
        workload: "only",
        contender: "ours",
        reference: "theirs",
        figure: "time in ms",
        better: "lower",
        rounds: 4,
        median: 1,
        min: 0.9,
        max: 1.1,
      },
    ],
  };
}
