/** Whether a planted slow-down was caught: by at least one figure of every workload that is watched. */
import type { Finding } from "./check.ts";

export interface Catch {
  readonly benchmark: string;
  readonly workload: string;
  readonly caught: boolean;
}

/** A figure that could not be compared catches nothing. */
export function catches(findings: readonly Finding[]): Catch[] {
  const byWorkload = new Map<string, Catch>();
  for (const finding of findings) {
    const { benchmark, workload } = finding.kind === "compared" ? finding.gate : finding.place;
    const key = JSON.stringify([benchmark, workload]);
    const caught = finding.kind === "compared" && finding.verdict === "worse";
    const before = byWorkload.get(key)?.caught === true;
    byWorkload.set(key, { benchmark, workload, caught: caught || before });
  }
  return [...byWorkload.values()];
}

/** Where nothing is watched, nothing can be caught. */
export function isCaught(caught: readonly Catch[]): boolean {
  return caught.length > 0 && caught.every((one) => one.caught);
}

export function formatCatches(caught: readonly Catch[]): string {
  const missed = caught.filter((one) => !one.caught);
  if (caught.length === 0) return "Nothing was watched, so nothing could be caught.";
  if (missed.length === 0) return "The planted slow-down was caught everywhere.";
  const names = missed.map(({ benchmark, workload }) => `${benchmark}, ${workload}`);
  return (
    `The planted slow-down was NOT caught in ${names.join("; ")}: the check would not see a real one ` +
    "either. A baseline with a narrower spread, or one of this machine, may help: npm run bench:check -- --update"
  );
}
