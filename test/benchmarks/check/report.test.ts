import { expect, test } from "vitest";
import type { Compared, Finding } from "../../../benchmarks/check/check.ts";
import {
  formatConclusion,
  formatEntries,
  formatFindings,
  formatOrigin,
} from "../../../benchmarks/check/report.ts";
import { exampleBaseline, exampleRun } from "../../support/benchmark-results.ts";

const gate = {
  benchmark: "example",
  workload: "only",
  contender: "ours",
  figure: "time in ms",
  tolerance: 0.25,
};

const worse: Compared = {
  kind: "compared",
  gate,
  reference: "theirs",
  better: "lower",
  baseline: { median: 1, min: 0.9, max: 1.1 },
  now: { median: 1.5, min: 1.4, max: 1.6 },
  rounds: 10,
  verdict: "worse",
};
const same: Compared = {
  ...worse,
  gate: { ...gate, figure: "requests/s" },
  better: "higher",
  now: { median: 1.25, min: 0.8, max: 1.6 },
  rounds: 4,
  verdict: "same",
};
const better: Compared = { ...same, verdict: "better" };
const unknown: Finding = { kind: "incomparable", place: gate, reason: "is not in the baseline" };

test("a line for each figure: then, now, how much that is, and the verdict", () => {
  expect(`\n${formatFindings("example", [worse, same, unknown])}`).toBe(`
example
                          baseline    min – max    now    min – max  rounds
  only, ours: time in ms     1.00×  0.90 – 1.10  1.50×  1.40 – 1.60      10  50 % worse   WORSE, beyond 25 %
  only, ours: requests/s     1.00×  0.90 – 1.10  1.25×  0.80 – 1.60       4  25 % better  same
  only, ours: time in ms is not in the baseline: FAILS`);
});

test("the conclusion says what to do", () => {
  expect(formatConclusion([same])).toBe("Nothing is worse.");
  expect(formatConclusion([worse, same])).toMatch(
    /^1 figure is worse[^]*bench -- example --quick[^]*--update, and commit/,
  );
  expect(formatConclusion([better, better])).toMatch(
    /^Nothing is worse\.\n2 figures are better\. Record it.*--update$/,
  );
  expect(formatConclusion([unknown])).toMatch(/1 figure is without a comparison.*failure/);
});

test("another machine is told, the same is not", () => {
  const { machine } = exampleRun([]);
  const here = formatOrigin(exampleBaseline(), machine);
  expect(here).toBe(
    "baseline of 2026-01-02: no commit, A <fast> processor, 2 cores, node v20.19.0; seed 7, quick",
  );
  expect(formatOrigin(exampleBaseline(), { ...machine, cpu: "Another" })).toContain(
    "\nthis is Another, 2 cores, node v20.19.0: ratios still compare",
  );
  expect(formatOrigin(exampleBaseline(), { ...machine, node: "v22.0.0" })).toContain("v22.0.0");
});

test("a baseline says how much worse each figure has to become before it is seen", () => {
  const { entries } = exampleBaseline();
  expect(`\n${formatEntries(entries, [gate])}`).toBe(`
                                   ÷ reference    min – max   seen from
  example, only, ours: time in ms        1.00×  0.90 – 1.10  25 % worse`);
  const wide = entries.map((entry) => ({ ...entry, max: 3 }));
  expect(formatEntries(wide, [gate])).toContain("200 % worse");
});
