/** The command as it is called. What it compares and finds is told in `check/`. */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { GATES } from "../../benchmarks/check/gates.ts";
import type { BaselineEntry } from "../../benchmarks/check/baseline.ts";
import { ROOT } from "../../benchmarks/runner/program.ts";
import { exampleBaseline } from "../support/benchmark-results.ts";
import { temporaryFolder } from "../support/temporary.ts";

// Compiles the project, and starts several processes on a machine that may be busy.
const MILLISECONDS_MAX = 300_000;

function benchCheck(...args: string[]) {
  return spawnSync(process.execPath, ["--import", "tsx", "benchmarks/run-check.ts", ...args], {
    cwd: ROOT,
    encoding: "utf8",
  });
}

/** A baseline of times when the import took a million times as long as the raw inserts. */
function slowBaseline(): string {
  const entries = GATES.filter(({ benchmark }) => benchmark === "import").map(
    ({ benchmark, workload, contender, figure }): BaselineEntry => {
      const isRate = figure === "lines/s";
      const ratio = isRate ? 1e-6 : 1e6;
      return {
        benchmark,
        workload,
        contender,
        reference: "raw-insert",
        figure,
        better: isRate ? "higher" : "lower",
        rounds: 10,
        median: ratio,
        min: ratio,
        max: ratio,
      };
    },
  );
  const file = join(temporaryFolder(), "baseline.json");
  writeFileSync(file, JSON.stringify({ ...exampleBaseline(), size: "tiny", entries }));
  return file;
}

describe("ends with 1 and says why", () => {
  test("where there is no baseline", () => {
    const { stderr, status } = benchCheck("--baseline", join(temporaryFolder(), "none.json"));
    expect(stderr).toMatch(/^error: there is no baseline .*--update/);
    expect(status).toBe(1);
  });

  test("where a name is unknown, with those that are watched", () => {
    const { stderr, status } = benchCheck("unoin-find");
    expect(stderr).toContain("union-find");
    expect(status).toBe(1);
  });

  test("where a baseline is to be of several runs", () => {
    const { stderr, status } = benchCheck("--update", "import");
    expect(stderr).toContain("--update takes no names");
    expect(status).toBe(1);
  });

  test(
    "where a canary is not caught, as none can be in what was a million times as bad",
    () => {
      const { stdout, status } = benchCheck("import", "--baseline", slowBaseline(), "--canary");
      expect(stdout).toContain("planted: our contenders burn 1 times what they use, besides");
      expect(stdout).toMatch(/shop, selfsame: lines\/s .* 2 .* better\n/);
      expect(stdout).toContain("The planted slow-down was NOT caught in import, shop");
      expect(status).toBe(1);
    },
    MILLISECONDS_MAX,
  );
});
