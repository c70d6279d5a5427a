/** `npm run bench`: runs the benchmarks asked for, prints what came out and keeps it as JSON. */
import { join } from "node:path";
import { Argument, Command, InvalidArgumentError } from "commander";
import type { Benchmark, Size, Trial } from "./benchmark.ts";
import { CATALOGUE } from "./catalogue.ts";
import { buildInto } from "./runner/build.ts";
import { describeCommit, describeMachine, packageVersions } from "./runner/machine.ts";
import { measure, type BenchmarkResult } from "./runner/measure.ts";
import { ROOT } from "./runner/program.ts";
import { writeResult } from "./runner/result-file.ts";
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
  const { cpu, cores, system, node, loadBefore, durableWriteMs } = machine;
  print(
    `${cpu}, ${cores} cores, load ${loadBefore.toFixed(2)}; ${system}; node ${node}; ` +
      `a durable write takes ${durableWriteMs.toFixed(2)} ms; ` +
      `${commit === null ? "no commit" : commit.hash.slice(0, 12) + (commit.dirty ? " with changes" : "")}; ` +
      `seed ${choice.seed}, ${size}\n`,
  );
  const results = await withScratch(async (build) => {
    buildInto(build);
    return measureAll(benchmarks, build, size, choice);
  });
  const file = writeResult(choice.out, {
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
  });
  print(`written to ${file}`);
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
      onTrial: tellProgress(benchmark),
    });
    clearProgress();
    print(`${formatTable(result)}\n`);
    results.push(result);
  }
  return results;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

const CLEAR_LINE = "\r\u001b[K";

function tellProgress({ name }: Benchmark) {
  return ({ workload, contender }: Trial, round: number, rounds: number) => {
    if (!process.stderr.isTTY) return;
    process.stderr.write(
      `${CLEAR_LINE}${name}, ${workload}: round ${round + 1} of ${rounds}, ${contender}`,
    );
  };
}

function clearProgress(): void {
  if (process.stderr.isTTY) process.stderr.write(CLEAR_LINE);
}

// Exiting by ourselves removes what lies about; the trial under way notices and does the same.
for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)
  process.once(signal, () => process.exit(code));

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
  .option("--out <folder>", "where the JSON goes", join(ROOT, "benchmarks", "results"))
  .action(run)
  .parseAsync();
