/** What there is to see of a result, whatever draws it: a panel for each workload, a bar for each ratio. */
import { formatRatio } from "../runner/format.ts";
import type { BenchmarkResult, FigureResult } from "../runner/measure.ts";
import type { Summary } from "../runner/statistics.ts";
import { scaleFor, type LogScale } from "./log-scale.ts";

export interface Bar {
  readonly contender: string;
  readonly ratio: Summary;
  /** Whether it does better than the reference. */
  readonly ahead: boolean;
  /** Goals that are ratios to the reference; others have no place on the scale. */
  readonly goals: readonly GoalMark[];
}

export interface GoalMark {
  readonly ratio: number;
  readonly reached: boolean;
  /** Such as `goal ≥ 0.70×`. */
  readonly text: string;
}

/** The bars of one figure. */
export interface BarGroup {
  readonly figure: string;
  readonly better: "higher" | "lower";
  readonly bars: readonly Bar[];
}

export interface Panel {
  readonly workload: string;
  readonly description: string;
  readonly scale: string;
  readonly reference: string;
  readonly groups: readonly BarGroup[];
  /** Holds all bars, their spreads and goals. */
  readonly ratios: LogScale;
}

export function panelsOf({ workloads, reference }: BenchmarkResult): Panel[] {
  return workloads.map(({ name, description, scale, contenders }) => {
    const groups = contenders[0]!.figures.flatMap((figure, index) =>
      groupOf(
        figure,
        contenders.map(({ name, figures }) => [name, figures[index]!] as const),
        reference,
      ),
    );
    const marks = groups.flatMap(({ bars }) =>
      bars.flatMap(({ ratio, goals }) => [
        ratio.min,
        ratio.max,
        ...goals.map(({ ratio }) => ratio),
      ]),
    );
    return { workload: name, description, scale, reference, groups, ratios: scaleFor(marks) };
  });
}

function groupOf(
  { name: figure, better }: FigureResult,
  contenders: readonly (readonly [name: string, figure: FigureResult])[],
  reference: string,
): BarGroup[] {
  if (better === "neither") return [];
  const bars = contenders.flatMap(([contender, { ratio, goals }]): Bar[] => {
    // Nothing beside nothing is no ratio, and zero has no place on a logarithmic scale.
    if (ratio === undefined || !hasPlace(ratio)) return [];
    const ahead = better === "lower" ? ratio.median < 1 : ratio.median > 1;
    return [{ contender, ratio, ahead, goals: marksOf(goals, reference) }];
  });
  return bars.length === 0 ? [] : [{ figure, better, bars }];
}

function hasPlace({ min, median, max }: Summary): boolean {
  return [min, median, max].every((ratio) => ratio > 0 && Number.isFinite(ratio));
}

function marksOf(goals: FigureResult["goals"], reference: string): GoalMark[] {
  return goals
    .filter(({ of, against, goal }) => of === "ratio" && against === reference && goal > 0)
    .map(({ goal, reached, direction }) => ({
      ratio: goal,
      reached,
      text: `goal ${direction === "at least" ? "≥" : "≤"} ${formatRatio(goal)}`,
    }));
}
