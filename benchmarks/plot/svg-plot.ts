/**
 * A run as a picture that stands for itself: for every benchmark and workload the ratios to the reference as bars on a
 * logarithmic scale, with their spread and their goals. What is ahead of the reference differs in colour, and a goal
 * that was missed in form too.
 */
import { formatRatio, formatSpread } from "../runner/format.ts";
import type { BenchmarkResult } from "../runner/measure.ts";
import { commitInWords } from "../runner/machine.ts";
import type { RunResult } from "../runner/result-file.ts";
import { positionOn, ticksOn, tickText, type LogScale } from "./log-scale.ts";
import { panelsOf, type Bar, type BarGroup, type GoalMark, type Panel } from "./panels.ts";
import { element, text, tip } from "./svg.ts";

const WIDTH = 1080;
const SIDE = 28;
const BARS_FROM = 210;
const BARS_TO = 760;
const VALUES_TO = 820;
const SPREADS_TO = 926;
const GOALS_FROM = 940;
const ROW = 22;
const BAR_THICK = 12;
const TICKS_MAX = 9;
const LABEL_CHARACTERS_MAX = 24;
const LINE_CHARACTERS_MAX = 150;

const PAPER = "#ffffff";
const INK = "#1f2933";
const FAINT = "#66727f";
const GRID = "#e4e8ec";
const AHEAD = "#2878b5";
const BEHIND = "#e08b2d";
const REACHED = "#1a7f4b";
const MISSED = "#c22f3d";

// Long names reach into the grid, which is not to cross them out.
const HALO = { stroke: PAPER, "stroke-width": 4, "paint-order": "stroke" };

/** Elements, and the height that they take from their top. */
interface Drawn {
  readonly elements: readonly string[];
  readonly height: number;
}

export function svgPlot(run: RunResult): string {
  const parts = [(top: number) => heading(run, top)];
  for (const result of run.benchmarks) {
    const panels = panelsOf(result).filter(({ groups }) => groups.length > 0);
    if (panels.length === 0) continue;
    parts.push((top) => benchmarkTitle(result, top));
    for (const panel of panels) parts.push((top) => drawPanel(panel, top));
  }
  const { elements, height } = stacked(parts, 0);
  const full = height + SIDE;
  const paper = element("rect", { width: WIDTH, height: full, fill: PAPER });
  const attributes = {
    xmlns: "http://www.w3.org/2000/svg",
    viewBox: `0 0 ${WIDTH} ${Math.round(full)}`,
    width: WIDTH,
    height: Math.round(full),
    role: "img",
    "font-family": "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif",
    "font-size": 12,
    fill: INK,
  };
  return `${element("svg", attributes, [tip("Benchmarks of Selfsame"), paper, ...elements])}\n`;
}

function stacked(parts: readonly ((top: number) => Drawn)[], top: number): Drawn {
  const elements: string[] = [];
  let y = top;
  for (const part of parts) {
    const drawn = part(y);
    elements.push(...drawn.elements);
    y += drawn.height;
  }
  return { elements, height: y - top };
}

function heading(
  { machine, commit, seed, size, startedAt, profiled }: RunResult,
  top: number,
): Drawn {
  const { cpu, cores, system, node } = machine;
  const where = `${cpu}, ${cores} cores, ${system}, node ${node}`;
  const what = `${commit === null ? "" : "commit "}${commitInWords(commit)}`;
  const when = `${startedAt.slice(0, 16).replace("T", " ")} UTC`;
  const note = profiled ? ", profiled: no result" : "";
  return {
    elements: [
      text(SIDE, top + 46, "Selfsame beside what one would take instead", {
        "font-size": 22,
        "font-weight": 600,
      }),
      text(SIDE, top + 68, fitting(where), { fill: FAINT }),
      text(SIDE, top + 85, fitting(`${what}, seed ${seed}, ${size} size, ${when}${note}`), {
        fill: FAINT,
      }),
      ...legend(top + 108),
    ],
    height: 124,
  };
}

function legend(y: number): string[] {
  const swatch = (x: number, fill: string) =>
    element("rect", { x, y: y - 9, width: 18, height: 10, rx: 2, fill });
  const whisker = element("path", {
    d: `M448 ${y - 8}v8m0 -4h18m0 -4v8`,
    stroke: INK,
    "stroke-opacity": 0.7,
    fill: "none",
  });
  const goal = (reached: boolean) => ({ ratio: 1, reached, text: "" });
  return [
    swatch(SIDE, AHEAD),
    text(SIDE + 24, y, "ahead of the reference", { fill: FAINT }),
    swatch(218, BEHIND),
    text(242, y, "behind it, by the median", { fill: FAINT }),
    whisker,
    text(474, y, "least to most of all rounds", { fill: FAINT }),
    diamond(696, y - 4, goal(true)),
    text(708, y, "goal, reached", { fill: FAINT }),
    diamond(832, y - 4, goal(false)),
    text(844, y, "goal, missed", { fill: FAINT }),
  ];
}

function benchmarkTitle({ name, description, rounds }: BenchmarkResult, top: number): Drawn {
  const y = top + 34;
  const trials = rounds === 1 ? "one trial" : `${rounds} rounds`;
  return {
    elements: [
      element("path", {
        d: `M${SIDE} ${top + 10}H${WIDTH - SIDE}`,
        stroke: GRID,
        "stroke-width": 2,
      }),
      text(SIDE, y, name, { "font-size": 16, "font-weight": 600 }),
      text(SIDE, y + 18, fitting(`${description} (${trials})`), { fill: FAINT }),
    ],
    height: 58,
  };
}

function drawPanel(panel: Panel, top: number): Drawn {
  const title = `${panel.workload} (${panel.scale})`;
  const axisY = top + 62;
  const rows = stacked(
    panel.groups.map((group) => (y: number) => drawGroup(group, panel, y)),
    axisY + 6,
  );
  const end = axisY + 6 + rows.height;
  return {
    elements: [
      text(SIDE, top + 20, fitting(title), { "font-weight": 600, "font-size": 13 }),
      text(SIDE, top + 36, fitting(panel.description), { fill: FAINT }),
      text(SIDE, axisY - 4, `ratio to ${panel.reference}`, { fill: FAINT, "font-style": "italic" }),
      ...axis(panel.ratios, axisY, end),
      ...rows.elements,
    ],
    height: end - top + 14,
  };
}

function xOf(scale: LogScale, ratio: number): number {
  return BARS_FROM + positionOn(scale, ratio) * (BARS_TO - BARS_FROM);
}

function axis(scale: LogScale, y: number, end: number): string[] {
  return ticksOn(scale, TICKS_MAX).flatMap((tick) => {
    const x = xOf(scale, tick);
    const isReference = tick === 1;
    return [
      element("path", {
        d: `M${x.toFixed(1)} ${y}V${end}`,
        stroke: isReference ? INK : GRID,
        ...(isReference ? { "stroke-dasharray": "4 3" } : {}),
      }),
      text(x, y - 4, tickText(tick), {
        "text-anchor": "middle",
        "font-size": 11,
        fill: isReference ? INK : FAINT,
      }),
    ];
  });
}

function drawGroup({ figure, better, bars }: BarGroup, panel: Panel, top: number): Drawn {
  const hint = better === "lower" ? "lower is better" : "higher is better";
  const title = text(SIDE, top + 14, `${figure}, ${hint}`, HALO);
  const rows = stacked(
    bars.map((bar) => (y: number) => drawBar(bar, panel.ratios, y)),
    top + 18,
  );
  return { elements: [title, ...rows.elements], height: 18 + rows.height + 6 };
}

function drawBar({ contender, ratio, ahead, goals }: Bar, scale: LogScale, top: number): Drawn {
  const middle = top + ROW / 2;
  const baseline = middle + 4;
  const [one, median] = [xOf(scale, 1), xOf(scale, ratio.median)];
  const spread = formatSpread(ratio);
  const bar = element(
    "rect",
    {
      x: Math.min(one, median),
      y: middle - BAR_THICK / 2,
      // A bar of no length is still a bar.
      width: Math.max(1.5, Math.abs(median - one)),
      height: BAR_THICK,
      fill: ahead ? AHEAD : BEHIND,
    },
    [tip(`${contender}: ${formatRatio(ratio.median)}, ${spread}`)],
  );
  const [min, max] = [xOf(scale, ratio.min), xOf(scale, ratio.max)].map((x) => x.toFixed(1));
  const whisker = element("path", {
    d: `M${min} ${middle - 4}v8M${min} ${middle}H${max}M${max} ${middle - 4}v8`,
    stroke: INK,
    "stroke-opacity": 0.7,
    fill: "none",
  });
  return {
    elements: [
      text(SIDE + 14, baseline, shortened(contender, LABEL_CHARACTERS_MAX)),
      bar,
      whisker,
      ...goals.map((goal) => diamond(xOf(scale, goal.ratio), middle, goal)),
      text(VALUES_TO, baseline, formatRatio(ratio.median), {
        "text-anchor": "end",
        "font-weight": 600,
      }),
      text(SPREADS_TO, baseline, spread, { "text-anchor": "end", fill: FAINT, "font-size": 11 }),
      ...goals.slice(0, 1).map((goal) => goalLabel(goal, baseline)),
    ],
    height: ROW,
  };
}

function diamond(x: number, y: number, { reached, text: content }: GoalMark): string {
  return element(
    "path",
    {
      d: `M${x.toFixed(1)} ${y - 6}l5 6l-5 6l-5 -6z`,
      stroke: reached ? REACHED : MISSED,
      "stroke-width": 1.5,
      fill: reached ? REACHED : PAPER,
    },
    content === "" ? [] : [tip(content)],
  );
}

function goalLabel({ text: content, reached }: GoalMark, y: number): string {
  return text(GOALS_FROM, y, `${content} ${reached ? "✓" : "✗"}`, {
    "font-size": 11,
    fill: reached ? REACHED : MISSED,
  });
}

function fitting(content: string): string {
  return shortened(content, LINE_CHARACTERS_MAX);
}

function shortened(content: string, charactersMax: number): string {
  return content.length <= charactersMax ? content : `${content.slice(0, charactersMax - 1)}…`;
}
