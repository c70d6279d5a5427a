/** Results for people: one block for each workload, one line for each figure and contender. */
import { aligned, formatNumber, formatRatio, formatSpread } from "./format.ts";
import { goalText } from "./goals.ts";
import type { BenchmarkResult, FigureResult, WorkloadResult } from "./measure.ts";

// The names of the contenders, and the goals.
const LEFT = [0, 5];

export function formatTable(result: BenchmarkResult): string {
  const blocks = result.workloads.map((workload) => formatWorkload(workload, result));
  return [`${result.name}: ${result.description}`, ...blocks].join("\n\n");
}

function formatWorkload(workload: WorkloadResult, { reference, rounds }: BenchmarkResult): string {
  const figures = workload.contenders[0]!.figures;
  const rows = figures.flatMap((figure, index) => [
    [
      direction(figure),
      rounds === 1 ? "one trial" : `median of ${rounds}`,
      "min – max",
      figure.better === "neither" ? "" : `÷ ${reference}`,
      "",
      "",
    ],
    ...workload.contenders.map(({ name, figures }) =>
      contenderRow(name, figures[index]!, reference),
    ),
  ]);
  const title = `  ${workload.name} (${workload.scale}): ${workload.description}`;
  return [title, ...aligned(rows, LEFT).map((line) => `    ${line}`)].join("\n");
}

function direction({ name, better }: FigureResult): string {
  return better === "neither" ? name : `${name}, ${better} is better`;
}

function contenderRow(
  name: string,
  { summary, ratio, goals }: FigureResult,
  reference: string,
): string[] {
  return [
    `  ${name}`,
    formatNumber(summary.median),
    formatSpread(summary, formatNumber),
    ratio === undefined ? "" : formatRatio(ratio.median),
    ratio === undefined ? "" : formatSpread(ratio),
    goals.map((goal) => goalText(goal, reference)).join("; "),
  ];
}
