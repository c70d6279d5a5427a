import { describe, expect, test } from "vitest";
import { createSets, depthMaxOf } from "../../../benchmarks/union-find/contenders.ts";
import { UNION, writeScript } from "../../../benchmarks/union-find/script.ts";

describe("depth", () => {
  test("of forests drawn by hand", () => {
    expect(depthMaxOf([0, 1, 2])).toBe(0);
    expect(depthMaxOf([0, 0, 1, 2, 4])).toBe(3);
    expect(depthMaxOf([1, 2, 3, 3])).toBe(3);
    expect(depthMaxOf([3, 0, 0, 3, 4, 4])).toBe(2);
  });
});

/** Invariant I11, and that the benchmark can tell: the same script makes trees without a bound as deep as the set. */
test("the script of newcomers tells a bounded union-find from an unbounded one", () => {
  const nodes = 1000;
  const depthOf = (contender: "selfsame" | "mnemonist") => {
    const { kinds, lefts, rights } = writeScript("new-id-joins-known", nodes, 1);
    const sets = createSets(contender, nodes);
    const joined = new Set([0]);
    for (const [step, kind] of kinds.entries()) {
      const [left, right] = [lefts[step]!, rights[step]!];
      if (kind === UNION) sets.union(left, right);
      else expect(joined.has(left) && joined.has(right)).toBe(true);
      joined.add(left).add(right);
    }
    expect(joined.size).toBe(nodes);
    expect(sets.sets).toBe(1);
    return sets.depthMax();
  };
  expect(depthOf("selfsame")).toBeLessThanOrEqual(Math.log2(nodes));
  expect(depthOf("mnemonist")).toBeGreaterThan(Math.log2(nodes));
});
