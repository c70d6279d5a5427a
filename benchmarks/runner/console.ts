/** What the commands of this folder share at the terminal: lines, progress, and an end when they are told to end. */
import type { Trial } from "../benchmark.ts";

/** How wide a line may be; a log is read in windows of any width. */
export const COLUMNS = process.stdout.columns ?? 80;

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

const CLEAR_LINE = "\r\u001b[K";

/** One line that is written over again, where somebody looks on. */
export function tellProgress(benchmark: string) {
  return ({ workload, contender }: Trial, round: number, rounds: number) => {
    if (!process.stderr.isTTY) return;
    process.stderr.write(
      `${CLEAR_LINE}${benchmark}, ${workload}: round ${round + 1} of ${rounds}, ${contender}`,
    );
  };
}

export function clearProgress(): void {
  if (process.stderr.isTTY) process.stderr.write(CLEAR_LINE);
}

/** Exiting by ourselves removes what lies about; the trial under way notices and does the same. */
export function endOnSignals(): void {
  for (const [signal, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)
    process.once(signal, () => process.exit(code));
}
