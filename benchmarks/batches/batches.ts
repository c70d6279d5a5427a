/**
 * The whole resolver, batch by batch and without any I/O: what it costs to know besides who is one person the links,
 * the merges, the founders, and what a store has to write. The other contender gives none of that and is a floor.
 */
import type { Benchmark, Outcome, Size, Trial } from "../benchmark.ts";
import { answerOf } from "../resolve/answer.ts";
import {
  drawEvents,
  WORKLOADS,
  type NamedIdentifiers,
  type WorkloadName,
} from "../resolve/events.ts";
import { byMapOfSets, componentsOf } from "../resolve/map-of-sets.ts";
import { Stopwatch, TIME_FIGURES } from "../stopwatch.ts";
import { warmUp } from "../warm-up.ts";
import { prepareResolver } from "./resolver.ts";

const EVENTS: Readonly<Record<Size, number>> = { full: 100_000, quick: 20_000, tiny: 500 };
// A warm-up that is as large as the trial would take most of the time of a run.
const WARM_UP_SHARE = 0.2;

type ContenderName = "resolver" | "map-of-sets";

export const batches: Benchmark = {
  name: "batches",
  description: "from batches of events to change sets, without any I/O",
  workloads: Object.entries(WORKLOADS).map(([name, description]) => ({ name, description })),
  contenders: ["resolver", "map-of-sets"],
  reference: "map-of-sets",
  figures: TIME_FIGURES,
  packages: ["xxhash-wasm"],
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
  return { figures: stopwatch.figures(), answer: answerOf(components()) };
}

/** What is timed returns a way to list the components, off the clock. */
async function prepare(
  contender: ContenderName,
  events: NamedIdentifiers,
): Promise<() => () => string[][]> {
  if (contender === "resolver") return prepareResolver(events);
  return () => {
    const sets = byMapOfSets(events);
    return () => componentsOf(sets);
  };
}
