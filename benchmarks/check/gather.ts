/** Measures what the gates of one benchmark watch, and no more of it: the ratios of every round, to be pooled with others. */
import type { Benchmark, Size } from "../benchmark.ts";
import { measure, type MeasureOptions, type TrialRunner } from "../runner/measure.ts";
import { ratios } from "../runner/statistics.ts";
import type { Direction } from "./compare.ts";
import type { Gate } from "./gates.ts";

/** A gate and what was measured for it. */
export interface Gathered {
  readonly gate: Gate;
  readonly reference: string;
  readonly better: Direction;
  /** By round. */
  readonly ratios: readonly number[];
}

export interface GatherOptions {
  readonly size: Size;
  readonly seed: number;
  readonly rounds: number;
  readonly runTrial: TrialRunner;
  readonly onTrial?: MeasureOptions["onTrial"];
}

/** A gate without a result is one whose figure the benchmark does not compare, or not any more. */
export async function gather(
  benchmark: Benchmark,
  gates: readonly Gate[],
  { runTrial, rounds, ...options }: GatherOptions,
): Promise<Gathered[]> {
  const narrowed = narrow(benchmark, gates);
  if (narrowed.workloads.length === 0) return [];
  const result = await measure(narrowed, runTrial, { ...options, trials: rounds });
  return gates.flatMap((gate): Gathered[] => {
    const contenders = result.workloads.find(({ name }) => name === gate.workload)?.contenders;
    const figureOf = (contender: string) =>
      contenders
        ?.find(({ name }) => name === contender)
        ?.figures.find(({ name }) => name === gate.figure);
    const [figure, other] = [figureOf(gate.contender), figureOf(benchmark.reference)];
    if (figure?.ratio === undefined || figure.better === "neither") return [];
    const byRound = ratios(figure.values, other!.values);
    if (!byRound.every((ratio) => ratio > 0 && Number.isFinite(ratio))) return [];
    return [{ gate, reference: benchmark.reference, better: figure.better, ratios: byRound }];
  });
}

/** Only the workloads and contenders that gates name; goals are no business of a check. */
function narrow(benchmark: Benchmark, gates: readonly Gate[]): Benchmark {
  const { workloads, contenders, reference } = benchmark;
  const named = new Set([reference, ...gates.map(({ contender }) => contender)]);
  return {
    ...benchmark,
    workloads: workloads.filter(({ name }) => gates.some(({ workload }) => workload === name)),
    contenders: contenders.filter((contender) => named.has(contender)),
    goals: [],
  };
}
