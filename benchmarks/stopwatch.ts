/**
 * Two clocks for work within one process: the time on the wall, and the time that the process had a core. Where others
 * share the machine the second is the steadier; it counts the collector's and the compiler's threads too.
 */
import { performance } from "node:perf_hooks";
import type { Figure } from "./benchmark.ts";
import { burnBeside, plantedShare } from "./plant.ts";

export const TIME_FIGURES: readonly Figure[] = [
  { name: "time in ms", better: "lower" },
  { name: "CPU time in ms", better: "lower" },
];

// Not a whole collection: it also drops compiled code whose hidden classes nobody uses at that moment, which undoes the
// warm-up. The union-find over texts took three times as long after one.
const collect = globalThis.gc as ((options: { readonly type: "minor" }) => void) | undefined;

export class Stopwatch {
  #wallMs = 0;
  #cpuMicroseconds = 0;
  readonly #planted = plantedShare();

  /** Clears away what making the input has left behind, where the process allows it. */
  constructor() {
    collect?.({ type: "minor" });
  }

  /** Runs one part of the work on the clocks. */
  run<Result>(part: () => Result): Result {
    const cpu = process.cpuUsage();
    const start = performance.now();
    const result = part();
    burnBeside(this.#planted, cpu);
    this.#wallMs += performance.now() - start;
    this.#addCpu(cpu);
    return result;
  }

  async runAsync<Result>(part: () => Promise<Result>): Promise<Result> {
    const cpu = process.cpuUsage();
    const start = performance.now();
    const result = await part();
    burnBeside(this.#planted, cpu);
    this.#wallMs += performance.now() - start;
    this.#addCpu(cpu);
    return result;
  }

  #addCpu(since: NodeJS.CpuUsage): void {
    const { user, system } = process.cpuUsage(since);
    this.#cpuMicroseconds += user + system;
  }

  /** By the names of `TIME_FIGURES`. */
  figures(): Readonly<Record<string, number>> {
    return { "time in ms": this.#wallMs, "CPU time in ms": this.#cpuMicroseconds / 1000 };
  }
}
