import { expect, test } from "vitest";
import type { Benchmark, Goal } from "../../../benchmarks/benchmark.ts";
import { checkGoals, goalText, judge } from "../../../benchmarks/runner/goals.ts";

const VALUES: Readonly<Record<string, readonly number[]>> = {
  ours: [30, 10, 20],
  theirs: [10, 10, 40],
  others: [300, 300, 100],
};

function benchmarkWith(...goals: readonly Goal[]): Benchmark {
  return {
    name: "example",
    description: "an example",
    workloads: [
      { name: "easy", description: "an easy one" },
      { name: "hard", description: "a hard one" },
    ],
    contenders: Object.keys(VALUES),
    reference: "theirs",
    figures: [{ name: "time in ms", better: "lower" }],
    goals,
    packages: [],
    trials: { full: 3, quick: 2, tiny: 1 },
    scale: () => "1 thing",
    run: async () => ({ figures: {}, answer: "42" }),
  };
}

const PLACE = { workload: "easy", contender: "ours", figure: "time in ms" };

function judged(goal: Goal, workload = "easy") {
  return judge(benchmarkWith(goal), { ...PLACE, workload }, (name) => VALUES[name]!);
}

const OURS = { figure: "time in ms", contender: "ours" };

test.each<[string, Goal, number, boolean]>([
  ["a ratio within a round, to the reference", { ...OURS, atLeast: 1 }, 1, true],
  ["the bound itself reaches it", { ...OURS, atMost: 1 }, 1, true],
  ["more than the most misses it", { ...OURS, atMost: 0.99 }, 1, false],
  ["less than the least misses it", { ...OURS, atLeast: 1.01 }, 1, false],
  ["a ratio to another", { ...OURS, against: "others", atMost: 0.1 }, 0.1, true],
  ["how much more than the reference", { ...OURS, of: "difference", atMost: -1 }, 0, false],
  ["the figure itself", { ...OURS, of: "value", atMost: 20 }, 20, true],
  [
    "the reference's own figure",
    { ...OURS, contender: "ours", of: "value", atMost: 19 },
    20,
    false,
  ],
])("%s", (_, goal, measured, reached) => {
  expect(judged(goal)).toMatchObject([{ measured, reached }]);
});

test("a goal is for its figure and contender, and for every workload where it names none", () => {
  expect(judged({ ...OURS, atMost: 1 }, "hard")).toHaveLength(1);
  expect(judged({ ...OURS, workload: "hard", atMost: 1 }, "hard")).toHaveLength(1);
  expect(judged({ ...OURS, workload: "hard", atMost: 1 })).toStrictEqual([]);
  expect(judged({ ...OURS, contender: "others", atMost: 1 })).toStrictEqual([]);
});

test.each<[string, Goal, string]>([
  ["figure", { ...OURS, figure: "time in s", atMost: 1 }, "there are time in ms"],
  ["contender", { ...OURS, contender: "our", atMost: 1 }, "there are ours, theirs, others"],
  ["contender", { ...OURS, against: "their", atMost: 1 }, "there are ours, theirs, others"],
  ["workload", { ...OURS, workload: "eesy", atMost: 1 }, "there are easy, hard"],
])("an unknown %s is told with the known ones", (kind, goal, known) => {
  expect(() => checkGoals(benchmarkWith(goal))).toThrow(
    new RegExp(`a goal names the ${kind} .*${known}`),
  );
});

test("a contender has no goal beside itself", () => {
  expect(() => checkGoals(benchmarkWith({ ...OURS, contender: "theirs", atMost: 1 }))).toThrow(
    "measures theirs against itself",
  );
  const alone: Goal = { ...OURS, contender: "theirs", of: "value", atMost: 1 };
  expect(() => checkGoals(benchmarkWith(alone))).not.toThrow();
});

test.each<[Goal, string]>([
  [{ ...OURS, atLeast: 0.7 }, "goal ≥ 0.70×: reached"],
  [{ ...OURS, atMost: 0.7 }, "goal ≤ 0.70×: missed"],
  [{ ...OURS, against: "others", atMost: 0.2 }, "goal ≤ 0.20× others: 0.10×, reached"],
  [{ ...OURS, of: "difference", atMost: 50 }, "goal ≤ 50 more than theirs: 0, reached"],
  [{ ...OURS, of: "value", atMost: 19.5 }, "goal ≤ 19.5: missed"],
])("what is said of a goal", (goal, text) => {
  expect(goalText(judged(goal)[0]!, "theirs")).toBe(text);
});
