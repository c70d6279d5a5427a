/** The hot path of merging, without any I/O: from the identifiers that events name to the components they make. */
import type { Benchmark, Outcome, Size, Trial } from "../benchmark.ts";
import { Stopwatch, TIME_FIGURES } from "../stopwatch.ts";
import { warmUp } from "../warm-up.ts";
import { answerOf } from "./answer.ts";
import { connect, type ContenderName } from "./contenders.ts";
import { drawEvents, WORKLOADS, type WorkloadName } from "./events.ts";

const EVENTS: Readonly<Record<Size, number>> = { full: 1_000_000, quick: 100_000, tiny: 500 };
// A warm-up that is as large as the trial would take most of the time of a run.
const WARM_UP_SHARE = 0.05;

/** CPU time, for nobody waits for anything here but a core. */
const OURS = { figure: "CPU time in ms", contender: "selfsame" } as const;

export const resolve: Benchmark = {
  name: "resolve",
  description: "from events that name one to three identifiers to components, without any I/O",
  workloads: Object.entries(WORKLOADS).map(([name, description]) => ({ name, description })),
  contenders: ["selfsame", "graphology", "map-of-sets"],
  reference: "map-of-sets",
  figures: TIME_FIGURES,
  goals: [
    { ...OURS, atMost: 0.5 },
    { ...OURS, against: "graphology", atMost: 0.1 },
  ],
  packages: ["graphology", "graphology-components"],
  trials: { full: 3, quick: 2, tiny: 1 },
  scale: (_, size) => `${EVENTS[size].toLocaleString("en")} events`,
  run,
};

async function run(trial: Trial): Promise<Outcome> {
  const count = EVENTS[trial.size];
  await warmUp(trial, (seed) => play({ ...trial, seed }, count * WARM_UP_SHARE));
  return play(trial, count);
}

function play({ workload, contender, seed }: Trial, count: number): Outcome {
  const events = drawEvents(workload as WorkloadName, count, seed);
  const stopwatch = new Stopwatch();
  const components = stopwatch.run(() => connect(contender as ContenderName, events));
  return { figures: stopwatch.figures(), answer: answerOf(components()) };
}
