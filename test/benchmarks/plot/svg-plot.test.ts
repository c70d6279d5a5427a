import { describe, expect, test } from "vitest";
import { svgPlot } from "../../../benchmarks/plot/svg-plot.ts";
import { exampleResult, exampleRun, goalOf } from "../../support/benchmark-results.ts";

/** What stands in the elements that readers see, in order; throws where an element is not closed as it was opened. */
function textsOf(svg: string): string[] {
  const texts: string[] = [];
  const open: string[] = [];
  for (const [, closing, name, own, content] of svg.matchAll(
    /<(\/?)([a-z]+)(?: [a-zA-Z-]+="[^"<]*")*(\/?)>([^<]*)/g,
  )) {
    if (closing === "/") expect(open.pop()).toBe(name);
    else if (own === "") open.push(name!);
    if (content!.trim() !== "") texts.push(content!);
  }
  expect(open).toStrictEqual([]);
  return texts;
}

/** Where the first bar begins and how long it is. */
function barOf(svg: string): { readonly x: number; readonly width: number; readonly fill: string } {
  const bar = /<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)" height="12" fill="(#\w+)">/.exec(
    svg,
  )!;
  return { x: Number(bar[1]), width: Number(bar[2]), fill: bar[3]! };
}

function referenceLineOf(svg: string): number {
  return Number(/<path d="M([\d.]+) [^"]*"[^>]*stroke-dasharray/.exec(svg)![1]);
}

describe("the picture", () => {
  const svg = svgPlot(exampleRun([exampleResult()]));

  test("is one well-formed element that needs nothing else and runs nothing", () => {
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" [^]*<\/svg>\n$/);
    expect(textsOf(svg).length).toBeGreaterThan(10);
    expect(svg.replace("http://www.w3.org/2000/svg", "")).not.toMatch(/script|href|url\(|http/);
  });

  test("says what a reader needs to judge it, as text", () => {
    const texts = textsOf(svg);
    expect(texts).toContain("A &lt;fast&gt; processor, 2 cores, linux 6 x64, node v20.19.0");
    expect(texts).toContain(
      "commit 0123456789ab with changes, seed 7, quick size, 2026-01-02 03:04 UTC",
    );
    for (const expected of [
      "example",
      "an example (3 rounds)",
      "only (1,000 things)",
      "the only one",
      "ratio to theirs",
      "time in ms, lower is better",
      "ours",
      "0.50×",
      "0.40 – 0.63",
      "goal ≤ 0.50× ✓",
    ])
      expect(texts).toContain(expected);
  });
});

test("a bar ends at 1×, or begins there, and its colour says which is good", () => {
  const less = svgPlot(exampleRun([exampleResult([0.5])]));
  const more = svgPlot(exampleRun([exampleResult([2])]));
  expect(barOf(less).x + barOf(less).width).toBeCloseTo(referenceLineOf(less), 0);
  expect(barOf(more).x).toBeCloseTo(referenceLineOf(more), 0);
  expect(barOf(less).fill).not.toBe(barOf(more).fill);
});

test("a goal that is missed says so", () => {
  const svg = svgPlot(exampleRun([exampleResult([0.7, 0.7, 0.7], [goalOf(0.5, 0.7)])]));
  expect(textsOf(svg)).toContain("goal ≤ 0.50× ✗");
});

test("a profiled run says that it is no result", () => {
  const svg = svgPlot({ ...exampleRun([]), profiled: true, commit: null });
  expect(textsOf(svg).join("\n")).toMatch(/^no commit, .*profiled: no result$/m);
});
