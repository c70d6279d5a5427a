/**
 * Which figures `npm run bench:check` watches, as data. A figure belongs here where its ratio stays put while the
 * machine does not: CPU time before time, a median before a tail, and a reference that takes long enough to be measured.
 */

export interface Gate {
  readonly benchmark: string;
  readonly workload: string;
  readonly contender: string;
  readonly figure: string;
  /** How much worse the median may become before it counts, as a share: 0.25 is a quarter. */
  readonly tolerance: number;
}

interface Watched {
  readonly workloads: readonly string[];
  readonly contenders: readonly string[];
  /** The tolerance of each figure. */
  readonly figures: Readonly<Record<string, number>>;
}

// Other threads and other processes lengthen CPU time a little, and time a lot.
const CPU = 0.2;
const TIME = 0.3;

const WATCHED: Readonly<Record<string, Watched>> = {
  "union-find": {
    workloads: ["random-unions", "chain", "new-id-joins-known", "mixed"],
    contenders: ["selfsame"],
    figures: { "CPU time in ms": CPU },
  },
  resolve: {
    workloads: ["people", "crowd"],
    contenders: ["union-find", "resolve"],
    figures: { "CPU time in ms": CPU },
  },
  "http-ingest": {
    workloads: ["slack"],
    contenders: ["selfsame"],
    figures: { "server's CPU time per request in µs": CPU, "requests/s": TIME },
  },
  import: {
    workloads: ["shop"],
    contenders: ["selfsame"],
    figures: { "CPU time in ms": CPU, "lines/s": TIME },
  },
};

export const GATES: readonly Gate[] = Object.entries(WATCHED).flatMap(
  ([benchmark, { workloads, contenders, figures }]) =>
    workloads.flatMap((workload) =>
      contenders.flatMap((contender) =>
        Object.entries(figures).map(([figure, tolerance]) => ({
          benchmark,
          workload,
          contender,
          figure,
          tolerance,
        })),
      ),
    ),
);
