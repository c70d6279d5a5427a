import { expect, test } from "vitest";
import { CATALOGUE } from "../../../benchmarks/catalogue.ts";
import { placeOf } from "../../../benchmarks/check/baseline.ts";
import { GATES } from "../../../benchmarks/check/gates.ts";

test("what is watched is watched once", () => {
  expect(new Set(GATES.map(placeOf)).size).toBe(GATES.length);
});

test.each(GATES)("$benchmark compares $workload, $contender: $figure", async (gate) => {
  const benchmark = await CATALOGUE[gate.benchmark]!();
  expect(benchmark.workloads.map(({ name }) => name)).toContain(gate.workload);
  expect(benchmark.contenders).toContain(gate.contender);
  expect(gate.contender).not.toBe(benchmark.reference);
  const figure = benchmark.figures.find(({ name }) => name === gate.figure);
  expect(["higher", "lower"]).toContain(figure?.better);
});
