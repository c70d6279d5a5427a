import { describe, expect, test } from "vitest";
import type { Benchmark, Trial } from "../../../benchmarks/benchmark.ts";
import type { Baseline } from "../../../benchmarks/check/baseline.ts";
import { check, isPassed, type Compared } from "../../../benchmarks/check/check.ts";
import type { Gate } from "../../../benchmarks/check/gates.ts";
import { exampleBaseline } from "../../support/benchmark-results.ts";

const GATE: Gate = {
  benchmark: "example",
  workload: "only",
  contender: "ours",
  figure: "time in ms",
  tolerance: 0.25,
};

/** What `ours` takes in each of its rounds, to the 10 ms of the reference; what is run is noted. */
function example(times: readonly number[], played: Trial[] = []): Benchmark {
  let round = 0;
  return {
    name: "example",
    description: "an example",
    workloads: [
      { name: "only", description: "the only one that is watched" },
      { name: "other", description: "another" },
    ],
    contenders: ["ours", "theirs", "others"],
    reference: "theirs",
    figures: [
      { name: "time in ms", better: "lower" },
      { name: "depth in steps", better: "neither" },
    ],
    goals: [{ figure: "time in ms", contender: "others", atMost: 1 }],
    packages: [],
    trials: { full: 3, quick: 2, tiny: 1 },
    scale: () => "1 thing",
    async run(trial) {
      played.push(trial);
      const time = trial.contender === "ours" ? times[round++ % times.length]! : 10;
      return { figures: { "time in ms": time, "depth in steps": 1 }, answer: "42" };
    },
  };
}

interface Given {
  readonly gates?: readonly Gate[];
  readonly baseline?: Partial<Baseline>;
}

function checked(benchmark: Benchmark | undefined, { gates = [GATE], baseline = {} }: Given = {}) {
  return check({
    benchmarks: ["example"],
    gates,
    // From 0.9 to 1.1, and 1 in the middle.
    baseline: { ...exampleBaseline(), ...baseline },
    rounds: { first: 2, further: 3 },
    load: async () => benchmark,
    runTrial: ({ run }, trial) => run(trial),
  });
}

test("only what is watched is run, with the reference, in the size and from the seed of the baseline", async () => {
  const played: Trial[] = [];
  const [finding] = await checked(example([10], played));
  expect(finding).toMatchObject({ verdict: "same", rounds: 2, now: { median: 1 } });
  expect(played.map(({ contender }) => contender)).toStrictEqual([
    "ours",
    "theirs",
    "theirs",
    "ours",
  ]);
  for (const trial of played)
    expect(trial).toMatchObject({ workload: "only", seed: 7, size: "quick" });
});

test("what looks worse is measured again, and all rounds are judged together", async () => {
  const [finding] = await checked(example([20, 30, 20, 25, 20]));
  expect(finding).toMatchObject({
    verdict: "worse",
    rounds: 5,
    now: { median: 2, min: 2, max: 3 },
  });
});

test("a suspicion that does not hold is dropped: one round among those of then is enough", async () => {
  const [finding] = await checked(example([20, 20, 10, 20, 20]));
  expect(finding).toMatchObject({ verdict: "same", rounds: 5, now: { median: 2, min: 1 } });
});

test("more rounds never replace the first: a slow start is not retried away", async () => {
  const { now } = (await checked(example([20, 30, 13, 13, 13])))[0] as Compared;
  expect(now).toStrictEqual({ median: 1.3, min: 1.3, max: 3 });
});

test("what is better is not measured again", async () => {
  expect(await checked(example([5]))).toMatchObject([{ verdict: "better", rounds: 2 }]);
});

describe("what cannot be compared is told", () => {
  const [entry] = exampleBaseline().entries;

  test.each<[string, Given, string]>([
    [
      "a figure that nobody measures",
      { gates: [{ ...GATE, figure: "time" }], baseline: { entries: [] } },
      "measures no such ratio",
    ],
    [
      "a workload that is gone",
      { gates: [{ ...GATE, workload: "gone" }], baseline: { entries: [] } },
      "measures no such ratio",
    ],
    [
      "a figure that is not compared",
      { gates: [{ ...GATE, figure: "depth in steps" }], baseline: { entries: [] } },
      "measures no such ratio",
    ],
    [
      "a figure that the baseline does not know",
      { baseline: { entries: [] } },
      "not in the baseline",
    ],
    ["a figure that nobody watches any more", { gates: [] }, "no longer watched"],
    [
      "another reference",
      { baseline: { entries: [{ ...entry!, reference: "others" }] } },
      "compared with others",
    ],
    [
      "another direction",
      { baseline: { entries: [{ ...entry!, better: "higher" }] } },
      "higher is better",
    ],
  ])("%s", async (_, given, reason) => {
    const findings = await checked(example([10]), given);
    expect(findings).toMatchObject([
      { kind: "incomparable", reason: expect.stringContaining(reason) },
    ]);
    expect(isPassed(findings)).toBe(false);
  });

  test("a benchmark that is gone", async () => {
    expect(await checked(undefined)).toMatchObject([{ kind: "incomparable" }]);
  });

  test("a time of nothing", async () => {
    expect(await checked(example([0]))).toMatchObject([{ kind: "incomparable" }]);
  });
});

test("a check is passed where nothing is worse", async () => {
  expect(isPassed(await checked(example([10])))).toBe(true);
  expect(isPassed(await checked(example([5])))).toBe(true);
  expect(isPassed(await checked(example([20])))).toBe(false);
});

test("contenders that answer differently end the check", async () => {
  const benchmark = example([10]);
  const run = async (trial: Trial) => ({
    ...(await benchmark.run(trial)),
    answer: trial.contender,
  });
  await expect(checked({ ...benchmark, run })).rejects.toThrow("the answers differ");
});
