/**
 * Warm-ups: the same work on other input, until the compiler has had its chance. It needs work and not time: on a busy
 * machine much time passes in which nothing is run.
 */
import type { Outcome, Size } from "./benchmark.ts";

const ROUNDS_MIN = 2;
const ROUNDS_MAX = 40;
/** On the clock of the work itself, without the drawing of its input. A tiny trial measures nothing. */
const CPU_MS_MIN: Readonly<Record<Size, number>> = { full: 400, quick: 400, tiny: 0 };

/** Runs `work`, which measures its own time, with one seed after the other. */
export async function warmUp(
  { size, seed }: { readonly size: Size; readonly seed: number },
  work: (seed: number) => Promise<Outcome> | Outcome,
): Promise<void> {
  let cpuMs = 0;
  for (let round = 1; round <= ROUNDS_MAX; round++) {
    if (round > ROUNDS_MIN && cpuMs >= CPU_MS_MIN[size]) return;
    cpuMs += (await work(seed + round)).figures["CPU time in ms"]!;
  }
}
