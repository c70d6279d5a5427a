/** One scenario on one kind of engine, in every way; each way must end with the same people. */
import type { Candidate } from "./candidate.ts";
import { holds } from "./expectations.ts";
import { play } from "./play.ts";
import type { NamedScenario } from "./scenarios.ts";
import { waysFor } from "./ways.ts";

export function deliveriesIn({ steps }: NamedScenario): number {
  return steps.reduce((sum, step) => sum + ("deliver" in step ? step.deliver.length : 0), 0);
}

export async function playInAllWays(
  scenario: NamedScenario,
  candidate: Candidate,
  seed: number,
): Promise<void> {
  let digest: string | undefined;
  for (const way of waysFor(deliveriesIn(scenario), seed)) {
    const engine = await candidate.open(scenario.configuration);
    try {
      const found = await play(scenario, engine, way);
      digest ??= found;
      holds(`${scenario.file}, ${way.name}: digest as in every way`, found, digest);
    } finally {
      await engine.close();
    }
  }
}
