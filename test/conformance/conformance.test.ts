/** Every scenario over every store, in every way its deliveries may come. CONFORMANCE_SEED repeats a run. */
import { describe, test } from "vitest";
import { storeKinds } from "../support/stores.ts";
import { serviceOver } from "./engine.ts";
import { readScenarios } from "./scenarios.ts";
import { playInAllWays } from "./suite.ts";
import { SEED } from "./ways.ts";

const scenarios = readScenarios();

describe.each(storeKinds)(`$name, seed ${SEED}`, (kind) => {
  test.each(scenarios)("$file", (scenario) => playInAllWays(scenario, serviceOver(kind), SEED));
});
