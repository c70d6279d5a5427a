/** `npm run bench:check`: fails where a ratio has become worse than the baseline in the repository says. */
import { join, relative } from "node:path";
import { Argument, Command, InvalidArgumentError, Option } from "commander";
import type { Benchmark, Size } from "./benchmark.ts";
import { CATALOGUE } from "./catalogue.ts";
import { readBaseline, writeBaseline, type BaselineEntry } from "./check/baseline.ts";
import { catches, formatCatches, isCaught } from "./check/canary.ts";
import { check, isPassed } from "./check/check.ts";
import { GATES } from "./check/gates.ts";
import { gather } from "./check/gather.ts";
import { formatConclusion, formatEntries, formatFindings, formatOrigin } from "./check/report.ts";
import { buildInto } from "./runner/build.ts";
import { clearProgress, endOnSignals, print, tellProgress } from "./runner/console.ts";
import { describeCommit, describeMachine, summaryOf } from "./runner/machine.ts";
import { ROOT } from "./runner/program.ts";
import { trialStarter, type Plant } from "./runner/start-trial.ts";
import { summarise } from "./runner/statistics.ts";
import { withScratch } from "./scratch.ts";

interface Choice {
  readonly update: boolean;
  readonly tiny: boolean;
  readonly canary: boolean;
  readonly burn: number;
  readonly baseline: string;
}

const SEED = 20_260_101;
const RESULTS = join(ROOT, "benchmarks", "results");
const BASELINE = join(ROOT, "benchmarks", "baseline.json");
// Even numbers, so that each of two contenders is as often the first as the second.
const ROUNDS = { first: 2, further: 4 };
/** As many as a suspicion is judged by: a spread is wider the more rounds it is of. */
const ROUNDS_OF_BASELINE = ROUNDS.first + ROUNDS.further;
const WATCHED = [...new Set(GATES.map(({ benchmark }) => benchmark))];

function share(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 100)) throw new InvalidArgumentError("a number above 0, up to 100.");
  return value;
}

async function load(name: string): Promise<Benchmark | undefined> {
  return CATALOGUE[name]?.();
}

async function run(names: readonly string[], choice: Choice): Promise<void> {
  if (choice.update && names.length > 0)
    throw new Error("a baseline is of one run: --update takes no names");
  await (choice.update ? update(choice) : compareWithBaseline(names, choice));
}

async function compareWithBaseline(names: readonly string[], choice: Choice): Promise<void> {
  const baseline = readBaseline(choice.baseline);
  const machine = describeMachine(RESULTS);
  print(summaryOf(machine, describeCommit()));
  print(`${formatOrigin(baseline, machine)}\n`);
  if (choice.canary)
    print(`planted: our contenders burn ${choice.burn} times what they use, besides\n`);
  const known = new Set([...WATCHED, ...baseline.entries.map(({ benchmark }) => benchmark)]);
  const findings = await withBuild((build) =>
    check({
      benchmarks: names.length === 0 ? [...known] : [...new Set(names)],
      gates: GATES,
      baseline,
      rounds: ROUNDS,
      load,
      runTrial: trialStarter(build, choice.canary ? plantFor(choice.burn) : undefined),
      onTrial: tellProgress,
      onFindings(benchmark, found) {
        clearProgress();
        print(`${formatFindings(benchmark, found)}\n`);
      },
    }),
  );
  print(choice.canary ? formatCatches(catches(findings)) : formatConclusion(findings));
  const isGood = choice.canary ? isCaught(catches(findings)) : isPassed(findings);
  process.exitCode = isGood ? 0 : 1;
}

/** In whatever is watched, and never in what it is compared with. */
function plantFor(share: number): Plant {
  const planted = new Set(GATES.map(({ benchmark, contender }) => `${benchmark} ${contender}`));
  return {
    share,
    isPlanted: (benchmark, contender) => planted.has(`${benchmark} ${contender}`),
  };
}

async function update({ baseline: file, tiny }: Choice): Promise<void> {
  const size: Size = tiny ? "tiny" : "quick";
  const recordedAt = new Date().toISOString();
  const [machine, commit] = [describeMachine(RESULTS), describeCommit()];
  print(`${summaryOf(machine, commit)}; seed ${SEED}, ${size}\n`);
  const entries = await withBuild((build) => measureAll(build, size));
  const { cpu, cores, system, node } = machine;
  writeBaseline(file, {
    recordedAt,
    seed: SEED,
    size,
    machine: { cpu, cores, system, node },
    commit,
    entries,
  });
  print(`${formatEntries(entries, GATES)}\n\nwritten to ${relative(process.cwd(), file)}`);
}

async function measureAll(build: string, size: Size): Promise<BaselineEntry[]> {
  const entries: BaselineEntry[] = [];
  for (const name of WATCHED) {
    const gates = GATES.filter(({ benchmark }) => benchmark === name);
    const benchmark = await load(name);
    const gathered =
      benchmark === undefined
        ? []
        : await gather(benchmark, gates, {
            size,
            seed: SEED,
            rounds: ROUNDS_OF_BASELINE,
            runTrial: trialStarter(build),
            onTrial: tellProgress(name),
          });
    clearProgress();
    if (gathered.length < gates.length)
      throw new Error(`${name} does not measure everything that is watched of it`);
    for (const { gate, reference, better, ratios } of gathered) {
      const { tolerance: _, ...place } = gate;
      entries.push({ ...place, reference, better, rounds: ratios.length, ...summarise(ratios) });
    }
  }
  return entries;
}

function withBuild<Result>(work: (build: string) => Promise<Result>): Promise<Result> {
  return withScratch((build) => {
    buildInto(build);
    return work(build);
  });
}

endOnSignals();

const command = new Command("npm run bench:check --")
  .description(
    "Measures the quick form of what is watched, compares the ratios with the baseline, and ends with 1 where one is worse.",
  )
  .addArgument(
    new Argument("[name...]", "the benchmarks to check; default: all that are watched").choices(
      WATCHED,
    ),
  )
  .addOption(
    new Option("--update", "measure and write the baseline; compares nothing")
      .default(false)
      .conflicts("canary"),
  )
  .option("--canary", "plant a slow-down; ends with 0 where it is caught, with 1 where not", false)
  .option("--burn <share>", "how many times of its CPU time a planted slow-down burns", share, 1)
  .option("--tiny", "with --update: tiny sizes; only shows that everything runs", false)
  .option("--baseline <file>", "the baseline", BASELINE)
  .action(run);

try {
  await command.parseAsync();
} catch (error) {
  process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
