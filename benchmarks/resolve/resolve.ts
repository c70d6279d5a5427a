/** The merging of people, without any I/O: from the identifiers that events name to the components they make. */
import { createHash } from "node:crypto";
import type { Benchmark, Outcome, Trial } from "../benchmark.ts";
import { Stopwatch, TIME_FIGURES } from "../stopwatch.ts";
import { warmUp } from "../warm-up.ts";
import { prepare, type ContenderName } from "./contenders.ts";
import { drawEvents, EVENTS, WORKLOADS, type WorkloadName } from "./events.ts";

// A warm-up that is as large as the trial would take most of the time of a run.
const WARM_UP_SHARE = 0.2;

export const resolve: Benchmark = {
  name: "resolve",
  description: "from events that name one to three identifiers to people, without any I/O",
  workloads: Object.entries(WORKLOADS).map(([name, description]) => ({ name, description })),
  contenders: ["union-find", "resolve", "graphology", "map-of-sets"],
  reference: "map-of-sets",
  figures: TIME_FIGURES,
  packages: ["graphology", "graphology-components", "xxhash-wasm"],
  trials: { full: 3, quick: 2, tiny: 1 },
  scale: (_, size) => `${EVENTS[size].toLocaleString("en")} events`,
  run,
};

async function run(trial: Trial): Promise<Outcome> {
  const count = EVENTS[trial.size];
  await warmUp(trial, (seed) => play({ ...trial, seed }, count * WARM_UP_SHARE));
  return play(trial, count);
}

async function play({ workload, contender, seed }: Trial, count: number): Promise<Outcome> {
  const events = drawEvents(workload as WorkloadName, count, seed);
  const work = await prepare(contender as ContenderName, events);
  const stopwatch = new Stopwatch();
  const components = stopwatch.run(work);
  return { figures: stopwatch.figures(), answer: answerOf(components) };
}

/** The same text for the same components, in whatever order they and their members come. */
function answerOf(components: readonly (readonly string[])[]): string {
  const sorted = components.map((component) => component.toSorted().join(" ")).toSorted();
  const largest = Math.max(0, ...components.map((component) => component.length));
  const hash = createHash("sha256").update(sorted.join("\n")).digest("hex").slice(0, 16);
  return `${components.length} components, the largest of ${largest} (${hash})`;
}
