/**
 * The check: measures what the gates watch, compares it with the baseline, and measures again whatever looks worse
 * before it says so. What is measured again is added to what was measured first and never takes its place, or a slow
 * round would be retried until it is fast.
 */
import type { Benchmark } from "../benchmark.ts";
import type { MeasureOptions, TrialRunner } from "../runner/measure.ts";
import { summarise, type Summary } from "../runner/statistics.ts";
import { placeOf, type Baseline, type BaselineEntry } from "./baseline.ts";
import { compare, type Direction, type Verdict } from "./compare.ts";
import type { Gate } from "./gates.ts";
import { gather, type Gathered } from "./gather.ts";

export interface Compared {
  readonly kind: "compared";
  readonly gate: Gate;
  readonly reference: string;
  readonly better: Direction;
  readonly baseline: Summary;
  readonly now: Summary;
  readonly rounds: number;
  readonly verdict: Verdict;
}

/** Nothing could be said of a gate, which is never taken for well. */
interface Incomparable {
  readonly kind: "incomparable";
  readonly place: Omit<Gate, "tolerance">;
  readonly reason: string;
}

export type Finding = Compared | Incomparable;

export interface CheckOptions {
  /** The names of those to check, in their order. */
  readonly benchmarks: readonly string[];
  readonly gates: readonly Gate[];
  readonly baseline: Baseline;
  /** How many rounds are measured first, and how many more where something looks worse. */
  readonly rounds: { readonly first: number; readonly further: number };
  /** Undefined for one that does not exist. */
  readonly load: (name: string) => Promise<Benchmark | undefined>;
  readonly runTrial: TrialRunner;
  readonly onTrial?: (benchmark: string) => MeasureOptions["onTrial"];
  readonly onFindings?: (benchmark: string, findings: readonly Finding[]) => void;
}

/** Rejects where a trial fails or answers differ. */
export async function check(options: CheckOptions): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const name of options.benchmarks) {
    const found = await checkBenchmark(name, options);
    options.onFindings?.(name, found);
    findings.push(...found);
  }
  return findings;
}

/** What could not be compared fails as what is worse does. */
export function isPassed(findings: readonly Finding[]): boolean {
  return findings.every((finding) => finding.kind === "compared" && finding.verdict !== "worse");
}

async function checkBenchmark(name: string, options: CheckOptions): Promise<Finding[]> {
  const gates = options.gates.filter(({ benchmark }) => benchmark === name);
  const benchmark = await options.load(name);
  const entries = entriesOf(options.baseline, name);
  const measured =
    benchmark === undefined ? [] : await measureTwice(benchmark, gates, entries, options);
  const gone = [...entries.values()].filter(
    (entry) => !gates.some((gate) => placeOf(gate) === placeOf(entry)),
  );
  return [
    ...gates.map((gate) => find(gate, measured, entries)),
    ...gone.map((entry) => incomparable(entry, "is in the baseline, and no longer watched")),
  ];
}

type Entries = ReadonlyMap<string, BaselineEntry>;

function entriesOf({ entries }: Baseline, name: string): Entries {
  return new Map(
    entries
      .filter(({ benchmark }) => benchmark === name)
      .map((entry) => [placeOf(entry), entry] as const),
  );
}

async function measureTwice(
  benchmark: Benchmark,
  gates: readonly Gate[],
  entries: Entries,
  { baseline, rounds, runTrial, onTrial }: CheckOptions,
): Promise<Gathered[]> {
  const { seed, size } = baseline;
  const common = { seed, size, runTrial, onTrial: onTrial?.(benchmark.name) };
  const first = await gather(benchmark, gates, { ...common, rounds: rounds.first });
  const suspects = new Set(
    first
      .map(({ gate }) => find(gate, first, entries))
      .filter((finding) => finding.kind === "compared" && finding.verdict === "worse")
      .map((finding) => (finding as Compared).gate.workload),
  );
  if (suspects.size === 0) return first;
  const again = gates.filter(({ workload }) => suspects.has(workload));
  const further = await gather(benchmark, again, { ...common, rounds: rounds.further });
  return first.map((one) => ({
    ...one,
    ratios: [
      ...one.ratios,
      ...(further.find(({ gate }) => placeOf(gate) === placeOf(one.gate))?.ratios ?? []),
    ],
  }));
}

function find(gate: Gate, measured: readonly Gathered[], entries: Entries): Finding {
  const found = measured.find((one) => placeOf(one.gate) === placeOf(gate));
  if (found === undefined)
    return incomparable(gate, "is watched, and the benchmark measures no such ratio");
  const entry = entries.get(placeOf(gate));
  if (entry === undefined) return incomparable(gate, "is watched, and not in the baseline");
  const { reference, better, ratios } = found;
  if (entry.reference !== reference || entry.better !== better)
    return incomparable(gate, `was compared with ${entry.reference}, ${entry.better} is better`);
  const now = summarise(ratios);
  const baseline = { median: entry.median, min: entry.min, max: entry.max };
  const verdict = compare(better, gate.tolerance, baseline, now);
  return {
    kind: "compared",
    gate,
    reference,
    better,
    baseline,
    now,
    rounds: ratios.length,
    verdict,
  };
}

function incomparable(place: Omit<Gate, "tolerance">, reason: string): Incomparable {
  return { kind: "incomparable", place, reason };
}
