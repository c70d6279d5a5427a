/** Results for machines: one JSON file for each run, with everything that a later reader needs to judge it. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Size } from "../benchmark.ts";
import type { Commit, Machine } from "./machine.ts";
import type { BenchmarkResult } from "./measure.ts";

export interface RunResult {
  /** Rises when the form of this file changes. */
  readonly format: 2;
  readonly startedAt: string;
  readonly seed: number;
  readonly size: Size;
  /** Whether CPU profiles were taken, which slows everything down and not everything alike. */
  readonly profiled: boolean;
  readonly machine: Machine;
  readonly commit: Commit | null;
  readonly packages: Readonly<Record<string, string>>;
  readonly benchmarks: readonly BenchmarkResult[];
}

/** Writes the JSON and, beside it under the same name, its plot; returns both paths. */
export function writeResult(
  folder: string,
  result: RunResult,
  svg: string,
): { readonly json: string; readonly plot: string } {
  mkdirSync(folder, { recursive: true });
  const name = join(folder, `${result.startedAt.replaceAll(":", "-")}-${result.size}`);
  const files = { json: `${name}.json`, plot: `${name}.svg` };
  writeFileSync(files.json, `${JSON.stringify(result, null, 2)}\n`);
  writeFileSync(files.plot, svg);
  return files;
}
