/**
 * What a benchmark is, in the words used everywhere below this folder.
 *
 * - **workload**: input made from a seed, the same for every contender.
 * - **contender**: one way of doing the work: ours, or what somebody would take instead.
 * - **trial**: one contender doing one workload once, after a warm-up, in a fresh process.
 * - **answer**: what the contender made of the workload, in one text; contenders whose answers differ did not do the
 *   same work, so their times may not be compared.
 * - **figure**: what was measured, a number with a unit.
 * - **reference**: the contender that the others are told in proportion to.
 * - **goal**: what a figure is to reach beside another contender's, so that a reader need not know what is good.
 *
 * A benchmark owes the runner three things: input that follows from the seed and the size alone, a clock that runs
 * only while the contender works, and an answer that is made from the contender's results, so that none of them can be
 * left out by the compiler.
 */

/** `full` is what is published, `quick` shows a trend within a minute, `tiny` only shows that it runs. */
export type Size = "full" | "quick" | "tiny";

export interface Trial {
  readonly workload: string;
  readonly contender: string;
  readonly size: Size;
  readonly seed: number;
  /** Where processes that a trial starts write their CPU profiles; undefined where nobody asked for any. */
  readonly profileFolder?: string | undefined;
}

export interface Outcome {
  /** By the name of the figure. */
  readonly figures: Readonly<Record<string, number>>;
  readonly answer: string;
}

export interface Figure {
  /** The unit is its last word. */
  readonly name: string;
  /** `neither` for a figure that describes the run and is not compared. */
  readonly better: "higher" | "lower" | "neither";
}

interface GoalPlace {
  readonly figure: string;
  readonly contender: string;
  /** Default: every workload. */
  readonly workload?: string;
  /** Another contender; default: the reference. */
  readonly against?: string;
  /**
   * What is to reach it: the ratio to the other's figure, how much there is more of it than there, or the figure
   * itself, in its own unit. Default: the ratio. Half the time is a ratio of at most 0.5.
   */
  readonly of?: "ratio" | "difference" | "value";
}

/** Reached where the median over the rounds reaches it, in the full size. */
export type Goal = GoalPlace & ({ readonly atLeast: number } | { readonly atMost: number });

export interface Workload {
  readonly name: string;
  /** What it is and where it is found in real life, without its numbers. */
  readonly description: string;
}

export interface Benchmark {
  readonly name: string;
  readonly description: string;
  readonly workloads: readonly Workload[];
  readonly contenders: readonly string[];
  /** One of the contenders. */
  readonly reference: string;
  readonly figures: readonly Figure[];
  readonly goals?: readonly Goal[];
  /** The packages whose versions belong beside the figures. */
  readonly packages: readonly string[];
  /** How many trials of each contender and workload make a result. */
  readonly trials: Readonly<Record<Size, number>>;
  /** The size of a workload in words, such as `1,000,000 nodes`. */
  readonly scale: (workload: string, size: Size) => string;
  readonly run: (trial: Trial) => Promise<Outcome>;
}
