/** The command as it is called, with its processes, its table and its file. */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { RunResult } from "../../benchmarks/runner/result-file.ts";
import { ROOT } from "../../benchmarks/runner/program.ts";
import { temporaryFolder } from "../support/temporary.ts";

function bench(...args: string[]) {
  return spawnSync(process.execPath, ["--import", "tsx", "benchmarks/run.ts", ...args], {
    cwd: ROOT,
    encoding: "utf8",
  });
}

test("prints a table and writes what a reader needs to judge it", () => {
  const out = temporaryFolder();
  const { stdout, stderr, status } = bench("union-find", "--tiny", "--seed", "7", "--out", out);
  expect(stderr).toBe("");
  expect(status).toBe(0);
  expect(stdout).toContain("seed 7");
  expect(stdout).toContain("÷ mnemonist");
  expect(stdout).toContain("│ 1×");
  const [file, plot, ...others] = readdirSync(out).toSorted();
  expect(others).toStrictEqual([]);
  expect(plot).toBe(file!.replace(/json$/, "svg"));
  expect(readFileSync(join(out, plot!), "utf8")).toMatch(/^<svg [^]*union-find[^]*<\/svg>\n$/);
  const result = JSON.parse(readFileSync(join(out, file!), "utf8")) as RunResult;
  expect(result).toMatchObject({ format: 2, seed: 7, size: "tiny", profiled: false });
  expect(result.machine.node).toBe(process.version);
  expect(result.machine.durableWriteMs).toBeGreaterThan(0);
  expect(result.packages).toHaveProperty("mnemonist");
  expect(result.benchmarks.map(({ name }) => name)).toStrictEqual(["union-find"]);
});

test("an unknown name is told with the known ones", () => {
  const { stderr, status } = bench("union-fnid");
  expect(status).toBe(1);
  expect(stderr).toContain("union-find");
});
