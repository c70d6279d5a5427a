/**
 * Measures one benchmark. The trials of the contenders take turns, and the turn goes round, so that what else the
 * machine does falls on all of them alike. A ratio is taken within one round, never across rounds: absolute figures
 * drift with the machine, ratios of neighbours much less.
 */
import { join } from "node:path";
import type { Benchmark, Figure, Outcome, Size, Trial, Workload } from "../benchmark.ts";
import { checkGoals, judge, type JudgedGoal } from "./goals.ts";
import { ratios, summarise, type Summary } from "./statistics.ts";

export interface MeasureOptions {
  readonly size: Size;
  readonly seed: number;
  /** Default: what the benchmark asks for. */
  readonly trials?: number | undefined;
  readonly profileFolder?: string | undefined;
  readonly onTrial?: ((trial: Trial, round: number, rounds: number) => void) | undefined;
}

/** Runs one trial: in a fresh process, or right here where only the answers matter. */
export type TrialRunner = (benchmark: Benchmark, trial: Trial) => Promise<Outcome>;

export interface FigureResult extends Figure {
  /** By round. */
  readonly values: readonly number[];
  readonly summary: Summary;
  /** To the reference of the same round; undefined for the reference itself and where nothing is compared. */
  readonly ratio: Summary | undefined;
  readonly goals: readonly JudgedGoal[];
}

interface ContenderResult {
  readonly name: string;
  readonly figures: readonly FigureResult[];
}

export interface WorkloadResult extends Workload {
  readonly scale: string;
  readonly answer: string;
  readonly contenders: readonly ContenderResult[];
}

export interface BenchmarkResult {
  readonly name: string;
  readonly description: string;
  readonly reference: string;
  readonly rounds: number;
  readonly workloads: readonly WorkloadResult[];
}

/** Rejects where a trial fails or two contenders answer differently. */
export async function measure(
  benchmark: Benchmark,
  runTrial: TrialRunner,
  options: MeasureOptions,
): Promise<BenchmarkResult> {
  checkGoals(benchmark);
  const { name, description, reference } = benchmark;
  const rounds = options.trials ?? benchmark.trials[options.size];
  const workloads: WorkloadResult[] = [];
  for (const workload of benchmark.workloads) {
    const outcomes = await playRounds(benchmark, workload, rounds, runTrial, options);
    workloads.push({
      ...workload,
      scale: benchmark.scale(workload.name, options.size),
      answer: agreedAnswer(benchmark, workload, outcomes),
      contenders: benchmark.contenders.map((contender) => ({
        name: contender,
        figures: benchmark.figures.map((figure) => ({
          ...figureResult(figure, outcomes.get(contender)!, outcomes.get(reference)!),
          goals: judge(
            benchmark,
            { workload: workload.name, contender, figure: figure.name },
            (name) => valuesOf(figure, outcomes.get(name)!),
          ),
        })),
      })),
    });
  }
  return { name, description, reference, rounds, workloads };
}

/** The outcomes of each contender, by round. */
type Outcomes = ReadonlyMap<string, readonly Outcome[]>;

async function playRounds(
  benchmark: Benchmark,
  workload: Workload,
  rounds: number,
  runTrial: TrialRunner,
  { size, seed, profileFolder, onTrial }: MeasureOptions,
): Promise<Outcomes> {
  const { contenders } = benchmark;
  const outcomes = new Map(contenders.map((name) => [name, [] as Outcome[]]));
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < contenders.length; turn++) {
      const contender = contenders[(round + turn) % contenders.length]!;
      const profiles =
        profileFolder && join(profileFolder, `${benchmark.name}-${workload.name}-${contender}`);
      const trial = { workload: workload.name, contender, size, seed, profileFolder: profiles };
      onTrial?.(trial, round, rounds);
      outcomes.get(contender)!.push(await runTrial(benchmark, trial));
    }
  }
  return outcomes;
}

function agreedAnswer({ name }: Benchmark, workload: Workload, outcomes: Outcomes): string {
  const answers = [...outcomes].flatMap(([contender, list]) =>
    list.map(({ answer }) => ({ contender, answer })),
  );
  const first = answers[0]!;
  const other = answers.find(({ answer }) => answer !== first.answer);
  if (other !== undefined)
    throw new Error(
      `${name}, ${workload.name}: the answers differ, so the times cannot be compared\n` +
        `  ${first.contender}: ${first.answer}\n  ${other.contender}: ${other.answer}`,
    );
  return first.answer;
}

function figureResult(
  figure: Figure,
  outcomes: readonly Outcome[],
  references: readonly Outcome[],
): Omit<FigureResult, "goals"> {
  const values = valuesOf(figure, outcomes);
  const compared = figure.better !== "neither" && outcomes !== references;
  return {
    ...figure,
    values,
    summary: summarise(values),
    ratio: compared ? summarise(ratios(values, valuesOf(figure, references))) : undefined,
  };
}

function valuesOf({ name }: Figure, outcomes: readonly Outcome[]): number[] {
  return outcomes.map(({ figures }) => {
    const value = figures[name];
    if (value === undefined) throw new Error(`a trial measured no ${name}`);
    return value;
  });
}
