/** What a check found, for people: a line for each figure, what it comes to, and what to do about it. */
import { aligned, formatRatio, formatSpread } from "../runner/format.ts";
import { commitInWords, type Machine } from "../runner/machine.ts";
import type { Baseline, BaselineEntry } from "./baseline.ts";
import type { Compared, Finding } from "./check.ts";
import { leastSeen, worsening } from "./compare.ts";
import type { Gate } from "./gates.ts";

const HEAD = ["", "baseline", "min – max", "now", "min – max", "rounds", "", ""];
// The names, how much it changed and the verdict.
const LEFT = [0, 6, 7];

export function formatFindings(benchmark: string, findings: readonly Finding[]): string {
  const rows = findings.map((finding) =>
    finding.kind === "compared" ? comparedRow(finding) : [`  ${where(finding.place)}`],
  );
  const lines = aligned([HEAD, ...rows], LEFT);
  const noted = lines.map((line, index) => {
    const finding = findings[index - 1];
    return finding?.kind === "incomparable" ? `${line} ${finding.reason}: FAILS` : line;
  });
  return [benchmark, ...noted].join("\n");
}

function where({ workload, contender, figure }: Omit<Gate, "tolerance">): string {
  return `${workload}, ${contender}: ${figure}`;
}

function comparedRow({ gate, better, baseline, now, rounds, verdict }: Compared): string[] {
  return [
    `  ${where(gate)}`,
    formatRatio(baseline.median),
    formatSpread(baseline),
    formatRatio(now.median),
    formatSpread(now),
    String(rounds),
    changeInWords(worsening(better, baseline, now)),
    verdict === "worse" ? `WORSE, beyond ${percent(gate.tolerance)}` : verdict,
  ];
}

/** 1.25 is a quarter worse; 0.8 is what it comes from, so a quarter better. */
function changeInWords(factor: number): string {
  if (factor >= 1) return `${percent(factor - 1)} worse`;
  return `${percent(1 / factor - 1)} better`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** What all of it comes to. */
export function formatConclusion(findings: readonly Finding[]): string {
  const compared = findings.filter((finding) => finding.kind === "compared");
  const ofVerdict = (wanted: string) => compared.filter(({ verdict }) => verdict === wanted);
  const [worse, better] = [ofVerdict("worse"), ofVerdict("better")];
  const without = findings.length - compared.length;
  const lines = [
    worse.length === 0 ? "Nothing is worse." : `${counted(worse.length)} worse than the baseline.`,
  ];
  if (worse.length > 0)
    lines.push(
      `  Where the time goes: npm run bench -- ${namesOf(worse)} --quick --trials 1 --profile`,
      "  Where it is meant: npm run bench:check -- --update, and commit the baseline with the reason.",
    );
  if (better.length > 0)
    lines.push(
      `${counted(better.length)} better. Record it, or it can be lost again unseen: npm run bench:check -- --update`,
    );
  if (without > 0)
    lines.push(
      `${counted(without)} without a comparison, which is a failure: npm run bench:check -- --update`,
    );
  return lines.join("\n");
}

function counted(count: number): string {
  return count === 1 ? "1 figure is" : `${count} figures are`;
}

function namesOf(findings: readonly Compared[]): string {
  return [...new Set(findings.map(({ gate }) => gate.benchmark))].join(" ");
}

/** Where the baseline comes from, and whether that is here. */
export function formatOrigin({ recordedAt, machine, commit, seed, size }: Baseline, here: Machine) {
  const { cpu, cores, node } = machine;
  const day = recordedAt.slice(0, 10);
  const lines = [
    `baseline of ${day}: ${commitInWords(commit)}, ${cpu}, ${cores} cores, node ${node}; seed ${seed}, ${size}`,
  ];
  if (cpu !== here.cpu || cores !== here.cores || node !== here.node)
    lines.push(
      `this is ${here.cpu}, ${here.cores} cores, node ${here.node}: ratios still compare, though not as closely`,
    );
  return lines.join("\n");
}

/** How much worse each figure has to become before a check sees it. */
export function formatEntries(entries: readonly BaselineEntry[], gates: readonly Gate[]): string {
  const rows = entries.map((entry, index) => [
    `  ${entry.benchmark}, ${where(entry)}`,
    formatRatio(entry.median),
    formatSpread(entry),
    `${percent(leastSeen(entry.better, gates[index]!.tolerance, entry) - 1)} worse`,
  ]);
  return aligned([["", "÷ reference", "min – max", "seen from"], ...rows], [0]).join("\n");
}
