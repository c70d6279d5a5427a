/** Goals beside what was measured: which figures they are for, what reached them, and how that is said. */
import type { Benchmark, Goal } from "../benchmark.ts";
import { formatNumber, formatRatio } from "./format.ts";
import { ratios, summarise } from "./statistics.ts";

export interface JudgedGoal {
  readonly of: "ratio" | "difference" | "value";
  /** The contender that it is measured against; null for a goal of the figure itself. */
  readonly against: string | null;
  readonly direction: "at least" | "at most";
  readonly goal: number;
  /** What is to reach it: the median over the rounds. */
  readonly measured: number;
  readonly reached: boolean;
}

interface Place {
  readonly workload: string;
  readonly contender: string;
  readonly figure: string;
}

/** Throws for a goal that nothing measured could ever reach: a misspelled one would look like none. */
export function checkGoals(benchmark: Benchmark): void {
  const known = {
    figure: benchmark.figures.map(({ name }) => name),
    contender: benchmark.contenders,
    workload: benchmark.workloads.map(({ name }) => name),
  };
  for (const goal of benchmark.goals ?? []) {
    const named = [
      ["figure", goal.figure],
      ["contender", goal.contender],
      ["contender", goal.against ?? benchmark.reference],
      ["workload", goal.workload],
    ] as const;
    for (const [kind, name] of named)
      if (name !== undefined && !known[kind].includes(name))
        throw new Error(
          `${benchmark.name}: a goal names the ${kind} "${name}"; there are ${known[kind].join(", ")}`,
        );
    if (goal.of !== "value" && goal.contender === (goal.against ?? benchmark.reference))
      throw new Error(`${benchmark.name}: a goal measures ${goal.contender} against itself`);
  }
}

/** What became of the goals of one figure; `valuesOf` gives its values by round for any contender. */
export function judge(
  { goals = [], reference }: Benchmark,
  place: Place,
  valuesOf: (contender: string) => readonly number[],
): JudgedGoal[] {
  return goals
    .filter(
      ({ figure, contender, workload }) =>
        figure === place.figure &&
        contender === place.contender &&
        (workload === undefined || workload === place.workload),
    )
    .map((goal) => judgeOne(goal, goal.against ?? reference, valuesOf));
}

function judgeOne(
  goal: Goal,
  against: string,
  valuesOf: (contender: string) => readonly number[],
): JudgedGoal {
  const of = goal.of ?? "ratio";
  const measured = summarise(reaching(of, valuesOf(goal.contender), valuesOf(against))).median;
  const [direction, bound] =
    "atLeast" in goal ? (["at least", goal.atLeast] as const) : (["at most", goal.atMost] as const);
  return {
    of,
    against: of === "value" ? null : against,
    direction,
    goal: bound,
    measured,
    reached: direction === "at least" ? measured >= bound : measured <= bound,
  };
}

function reaching(
  of: JudgedGoal["of"],
  values: readonly number[],
  others: readonly number[],
): readonly number[] {
  switch (of) {
    case "ratio":
      return ratios(values, others);
    case "difference":
      return values.map((value, round) => value - others[round]!);
    case "value":
      return values;
  }
}

/** Such as `goal ≥ 0.70×: reached`; what the reader cannot see beside it is said too. */
export function goalText(judged: JudgedGoal, reference: string): string {
  const { of, against, direction, goal, measured, reached } = judged;
  const format = of === "ratio" ? formatRatio : formatNumber;
  const elsewhere = against === null || against === reference ? "" : ` ${against}`;
  const more = of === "difference" ? ` more than ${against}` : elsewhere;
  const seen = of === "difference" || elsewhere !== "" ? `${format(measured)}, ` : "";
  const verdict = reached ? "reached" : "missed";
  return `goal ${direction === "at least" ? "≥" : "≤"} ${format(goal)}${more}: ${seen}${verdict}`;
}
