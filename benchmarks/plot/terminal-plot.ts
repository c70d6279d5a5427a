/** A result as bars of block characters, for the eye beside the table's numbers. No colours: they would not survive a log. */
import { formatRatio } from "../runner/format.ts";
import type { BenchmarkResult } from "../runner/measure.ts";
import { positionOn, ticksOn, tickText, type LogScale } from "./log-scale.ts";
import { panelsOf, type Bar, type Panel } from "./panels.ts";

const WIDTH_MIN = 60;
const WIDTH_MAX = 120;
const LABEL_WIDTH_MAX = 28;
const VALUE_WIDTH = 9;
const INDENT = "      ";
// A tick and its label need room.
const COLUMNS_PER_TICK = 8;
const LEGEND = "    █ median  ─ spread  │ 1×  ◆ goal reached  ◇ goal missed";

/** Lines of at most `width` columns, or of 60 where there are fewer; empty where nothing is compared. */
export function formatPlot(result: BenchmarkResult, width: number): string {
  const panels = panelsOf(result).filter(({ groups }) => groups.length > 0);
  if (panels.length === 0) return "";
  const lineWidth = Math.min(WIDTH_MAX, Math.max(WIDTH_MIN, width));
  return [...panels.map((panel) => panelLines(panel, lineWidth).join("\n")), LEGEND].join("\n\n");
}

function panelLines({ workload, reference, groups, ratios }: Panel, width: number): string[] {
  const bars = groups.flatMap((group) => group.bars);
  const longest = Math.max(...bars.map(({ contender }) => contender.length));
  const labelWidth = Math.min(longest, LABEL_WIDTH_MAX);
  const start = INDENT.length + labelWidth + 2;
  const columns = width - start - VALUE_WIDTH;
  return [
    `  ${shortened(`${workload}, ratio to ${reference}`, width - 2)}`,
    `${" ".repeat(start)}${axis(ratios, columns)}`.trimEnd(),
    ...groups.flatMap(({ figure, better, bars }) => [
      `    ${shortened(`${figure}, ${better} is better`, width - 4)}`,
      ...bars.map((bar) => {
        const label = shortened(bar.contender, labelWidth).padEnd(labelWidth);
        const value = formatRatio(bar.ratio.median).padStart(VALUE_WIDTH);
        return `${INDENT}${label}  ${drawn(bar, ratios, columns)}${value}`;
      }),
    ]),
  ];
}

function columnOf(scale: LogScale, columns: number, ratio: number): number {
  return Math.min(columns - 1, Math.floor(positionOn(scale, ratio) * columns));
}

/** The spread as a line, the bar from 1× to the median over it, and the goals over both. */
function drawn({ ratio, goals }: Bar, scale: LogScale, columns: number): string {
  const cells = Array.from({ length: columns }, () => " ");
  const column = (ratio: number) => columnOf(scale, columns, ratio);
  cells.fill("─", column(ratio.min), column(ratio.max) + 1);
  const [from, to] = [column(1), column(ratio.median)].toSorted((left, right) => left - right);
  cells.fill("█", from, to! + 1);
  cells[column(1)] = "│";
  for (const goal of goals) cells[column(goal.ratio)] = goal.reached ? "◆" : "◇";
  return cells.join("");
}

function axis(scale: LogScale, columns: number): string {
  let line = "";
  for (const tick of ticksOn(scale, Math.max(1, Math.floor(columns / COLUMNS_PER_TICK)))) {
    const column = columnOf(scale, columns, tick);
    if (column < line.length) continue;
    line = line.padEnd(column) + tickText(tick) + " ";
  }
  return line;
}

function shortened(text: string, columnsMax: number): string {
  return text.length <= columnsMax ? text : `${text.slice(0, columnsMax - 1)}…`;
}
