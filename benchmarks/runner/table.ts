/** Results for people: one block for each workload, one line for each figure and contender. */
import { formatNumber, formatRatio } from "./format.ts";
import { goalText } from "./goals.ts";
import type { BenchmarkResult, FigureResult, WorkloadResult } from "./measure.ts";
import type { Summary } from "./statistics.ts";

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
  return [title, ...aligned(rows).map((line) => `    ${line}`)].join("\n");
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
    spread(summary, formatNumber),
    ratio === undefined ? "" : formatRatio(ratio.median),
    ratio === undefined ? "" : spread(ratio, (value) => value.toFixed(2)),
    goals.map((goal) => goalText(goal, reference)).join("; "),
  ];
}

function spread({ min, max }: Summary, format: (value: number) => string): string {
  return `${format(min)} – ${format(max)}`;
}

const GOALS_COLUMN = 5;

/** The first column and the goals to the left, the others to the right. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 || column === GOALS_COLUMN
          ? cell.padEnd(widths[column]!)
          : cell.padStart(widths[column]!),
      )
      .join("  ")
      .trimEnd(),
  );
}
