/** The canary, and that the check it watches over sees a slow-down that is real: planted, in processes of its own. */
import { expect, test } from "vitest";
import { CATALOGUE } from "../../../benchmarks/catalogue.ts";
import { catches, formatCatches, isCaught } from "../../../benchmarks/check/canary.ts";
import type { Baseline } from "../../../benchmarks/check/baseline.ts";
import { check, type Finding } from "../../../benchmarks/check/check.ts";
import { gather } from "../../../benchmarks/check/gather.ts";
import { buildInto } from "../../../benchmarks/runner/build.ts";
import { trialStarter } from "../../../benchmarks/runner/start-trial.ts";
import { summarise } from "../../../benchmarks/runner/statistics.ts";
import { withScratch } from "../../../benchmarks/scratch.ts";
import { exampleBaseline } from "../../support/benchmark-results.ts";

function findingOf(workload: string, verdict: "same" | "worse"): Finding {
  const gate = { benchmark: "example", workload, contender: "ours", figure: "time", tolerance: 1 };
  const ratio = { median: 1, min: 1, max: 1 };
  return {
    kind: "compared",
    gate,
    reference: "theirs",
    better: "lower",
    baseline: ratio,
    now: ratio,
    rounds: 1,
    verdict,
  };
}

test("one figure of a workload is enough, and every workload needs one", () => {
  const caught = catches([
    findingOf("first", "same"),
    findingOf("first", "worse"),
    findingOf("first", "same"),
    findingOf("second", "same"),
  ]);
  expect(caught.map(({ workload, caught }) => [workload, caught])).toStrictEqual([
    ["first", true],
    ["second", false],
  ]);
  expect(formatCatches(caught)).toMatch(/NOT caught in example, second: /);
  expect(isCaught(caught)).toBe(false);
  expect(isCaught(caught.slice(0, 1))).toBe(true);
  expect(formatCatches(caught.slice(0, 1))).toContain("caught everywhere");
});

test("what was not compared catches nothing, and nothing at all is no success", () => {
  const place = { benchmark: "example", workload: "first", contender: "ours", figure: "time" };
  const caught = catches([{ kind: "incomparable", place, reason: "is not in the baseline" }]);
  expect(caught).toMatchObject([{ caught: false }]);
  expect(formatCatches([])).toContain("Nothing was watched");
  expect(isCaught([])).toBe(false);
});

// A tiny trial takes so little that its CPU time varies by much, but not by as much; and far more is planted.
const TOLERANCE = 20;
const PLANTED = 500;
// Compiles the project, and starts a dozen processes on a machine that may be busy.
const MILLISECONDS_MAX = 180_000;

test(
  "a slow-down planted in our contender alone is caught, and without one nothing is",
  async () => {
    const gate = {
      benchmark: "union-find",
      workload: "mixed",
      contender: "selfsame",
      figure: "CPU time in ms",
      tolerance: TOLERANCE,
    };
    const unionFind = await CATALOGUE["union-find"]!();
    await withScratch(async (build) => {
      buildInto(build);
      const common = { size: "tiny", seed: 7 } as const;
      const [{ ratios, ...measured }] = (await gather(unionFind, [gate], {
        ...common,
        rounds: 2,
        runTrial: trialStarter(build),
      })) as [Awaited<ReturnType<typeof gather>>[number]];
      const { tolerance: _, ...place } = gate;
      const { reference, better } = measured;
      const entry = { ...place, reference, better, rounds: ratios.length, ...summarise(ratios) };
      const baseline: Baseline = { ...exampleBaseline(), ...common, entries: [entry] };
      const checkWith = (share: number) =>
        check({
          benchmarks: ["union-find"],
          gates: [gate],
          baseline,
          rounds: { first: 1, further: 1 },
          load: async () => unionFind,
          runTrial: trialStarter(build, {
            share,
            isPlanted: (_, contender) => contender === "selfsame",
          }),
        });
      expect(catches(await checkWith(0))).toMatchObject([{ caught: false }]);
      expect(catches(await checkWith(PLANTED))).toMatchObject([{ caught: true }]);
    });
  },
  MILLISECONDS_MAX,
);
