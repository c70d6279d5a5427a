/** The scenarios agree with each other: the simplest engine plays them all. And the suite can fail. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { scenarioJsonSchema, type Scenario } from "./format.ts";
import { naiveEngine } from "./naive-engine.ts";
import { play } from "./play.ts";
import { readScenarios } from "./scenarios.ts";
import { deliveriesIn, playInAllWays } from "./suite.ts";
import { SEED, waysFor } from "./ways.ts";

const scenarios = readScenarios();

describe(`the naive engine, seed ${SEED}`, () => {
  test.each(scenarios)("$file", (scenario) => playInAllWays(scenario, naiveEngine, SEED));
});

test("the canary: an engine that is deaf to the rules is found out", async () => {
  const found = new Set<number>();
  for (const scenario of scenarios) {
    if (deliveriesIn(scenario) > 200) continue;
    const { sources } = scenario.configuration;
    const [asWritten] = waysFor(deliveriesIn(scenario), SEED);
    const engine = await naiveEngine.open({ sources });
    try {
      await play(scenario, engine, asWritten!);
    } catch {
      found.add(scenario.scenario);
    }
  }
  expect([...found]).toEqual(expect.arrayContaining([16, 17, 18, 19, 20, 21, 31, 33]));
  expect([...found].filter((number) => number < 16)).toEqual([]);
});

test("the canary: an engine that does not look at times is found out", async () => {
  const scenario = scenarios.find(
    ({ file }) => file === "16-earlier-evidence-keeps-the-shared-one",
  );
  const timeless = {
    ...naiveEngine,
    open: ({ sources, ...rules }: Scenario["configuration"]) =>
      naiveEngine.open({ ...rules, sources: withoutTimes(sources) }),
  };
  await expect(playInAllWays(scenario!, timeless, SEED)).rejects.toThrow(/step 1/);
});

function withoutTimes(sources: Scenario["configuration"]["sources"]) {
  return Object.fromEntries(
    Object.entries(sources).map(
      ([name, source]) => [name, { ...source, occurredAt: "nowhere" }] as const,
    ),
  );
}

test("the JSON Schema of the files is the one that their format makes", () => {
  const written = readFileSync(new URL("scenario.schema.json", import.meta.url), "utf8");
  expect(JSON.parse(written)).toEqual(JSON.parse(JSON.stringify(scenarioJsonSchema())));
});
