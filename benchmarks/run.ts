/** `npm run bench`: runs the benchmarks asked for, prints what came out, keeps it as JSON and draws it. */
import { join } from "node:path";
import { Argument, Command, InvalidArgumentError } from "commander";
import type { Benchmark, Size } from "./benchmark.ts";
import { CATALOGUE } from "./catalogue.ts";
import { svgPlot } from "./plot/svg-plot.ts";
import { formatPlot } from "./plot/terminal-plot.ts";
import { buildInto } from "./runner/build.ts";
import { clearProgress, COLUMNS, endOnSignals, print, tellProgress } from "./runner/console.ts";
import { describeCommit, describeMachine, packageVersions, summaryOf } from "./runner/machine.ts";
import { measure, type BenchmarkResult } from "./runner/measure.ts";
import { ROOT } from "./runner/program.ts";
import { writeResult, type RunResult } from "./runner/result-file.ts";
import { trialStarter } from "./runner/start-trial.ts";
import { formatTable } from "./runner/table.ts";
import { withScratch } from "./scratch.ts";

interface Choice {
  readonly quick: boolean;
  readonly tiny: boolean;
  readonly seed: number;
  readonly trials?: number;
  readonly profile: boolean;
  readonly out: string;
}

const SEED_DEFAULT = 20_260_101;
// Packages that take part in every measurement of ours.
const OWN_PACKAGES = ["better-sqlite3", "drizzle-orm", "hono", "@hono/node-server", "tsx"];

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError("a whole number from 1.");
  return Number(text);
}

async function run(names: readonly string[], choice: Choice): Promise<void> {
  const size: Size = choice.tiny ? "tiny" : choice.quick ? "quick" : "full";
  const benchmarks = await Promise.all(
    (names.length === 0 ? Object.keys(CATALOGUE) : [...new Set(names)]).map((name) =>
      CATALOGUE[name]!(),
    ),
  );
  const startedAt = new Date().toISOString();
  const machine = describeMachine(choice.out);
  const commit = describeCommit();
  print(`${summaryOf(machine, commit)}; seed ${choice.seed}, ${size}\n`);
  const results = await withScratch(async (build) => {
    buildInto(build);
    return measureAll(benchmarks, build, size, choice);
  });
  const result: RunResult = {
    format: 2,
    startedAt,
    seed: choice.seed,
    size,
    profiled: choice.profile,
    machine,
    commit,
    packages: packageVersions([
      ...OWN_PACKAGES,
      ...benchmarks.flatMap(({ packages }) => [...packages]),
    ]),
    benchmarks: results,
  };
  const { json, plot } = writeResult(choice.out, result, svgPlot(result));
  print(`written to ${json}\nplotted in ${plot}`);
}

async function measureAll(
  benchmarks: readonly Benchmark[],
  build: string,
  size: Size,
  { seed, trials, profile, out }: Choice,
): Promise<BenchmarkResult[]> {
  const results: BenchmarkResult[] = [];
  for (const benchmark of benchmarks) {
    const result = await measure(benchmark, trialStarter(build), {
      size,
      seed,
      trials,
      profileFolder: profile ? join(out, "profiles") : undefined,
      onTrial: tellProgress(benchmark.name),
    });
    clearProgress();
    print(`${[formatTable(result), formatPlot(result, COLUMNS)].join("\n\n").trimEnd()}\n`);
    results.push(result);
  }
  return results;
}

endOnSignals();

await new Command("npm run bench --")
  .description(
    "Measures Selfsame beside what one would take instead. Figures are ratios taken side by side in one run.",
  )
  .addArgument(
    new Argument("[name...]", "the benchmarks to run; default: all").choices(
      Object.keys(CATALOGUE),
    ),
  )
  .option("--quick", "small sizes and few trials: shows a trend within a minute", false)
  .option("--tiny", "tiny sizes and one trial: only shows that everything runs", false)
  .option("--seed <number>", "the seed that all workloads are made from", wholeNumber, SEED_DEFAULT)
  .option("--trials <number>", "how many trials of each contender", wholeNumber)
  .option(
    "--profile",
    "also write CPU profiles to <folder>/profiles; such figures are no result",
    false,
  )
  .option("--out <folder>", "where the JSON and the plot go", join(ROOT, "benchmarks", "results"))
  .action(run)
  .parseAsync();
