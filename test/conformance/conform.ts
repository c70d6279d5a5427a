/** Scenarios over every store, in every way their deliveries may come. CONFORMANCE_SEED repeats a run. */
import { describe, test } from "vitest";
import { storeKinds } from "../support/stores.ts";
import { serviceOver } from "./engine.ts";
import { readScenarios } from "./scenarios.ts";
import { playInAllWays } from "./suite.ts";
import { SEED } from "./ways.ts";

/** Tests the scenarios whose place in the list is chosen. */
export function conform(isChosen: (place: number) => boolean): void {
  const scenarios = readScenarios().filter((_, place) => isChosen(place));
  describe.each(storeKinds)(`$name, seed ${SEED}`, (kind) => {
    test.each(scenarios)("$file", (scenario) => playInAllWays(scenario, serviceOver(kind), SEED));
  });
}
