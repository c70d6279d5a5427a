/** Extraction alone, without network and store: from the bytes of a delivery to what shall become of its event. */
import { createHash } from "node:crypto";
import type { Benchmark, Outcome, Size, Trial } from "../benchmark.ts";
import { drawDeliveries, WORKLOAD as SLACK } from "../http-ingest/deliveries.ts";
import { drawLines } from "../import/lines.ts";
import { Stopwatch, TIME_FIGURES } from "../stopwatch.ts";
import { warmUp } from "../warm-up.ts";
import { prepare, type ContenderName, type WorkloadName } from "./contenders.ts";

/** How often the bodies are read: with so many different ones alone, a trial would end before it can be measured. */
const ROUNDS: Readonly<Record<Size, number>> = { full: 20, quick: 10, tiny: 1 };
/** As many as share a commit: what was taken in is held for no longer. */
const BATCH = 1000;
const BODIES: Readonly<Record<Size, number>> = { full: 20_000, quick: 5000, tiny: 200 };

export const extract: Benchmark = {
  name: "extract",
  description: "from the bytes of JSON deliveries to their keys, times, identifiers and traits",
  workloads: [
    SLACK,
    {
      name: "shop",
      description: "lines of a shop's log, with up to three identifiers and two traits",
    },
  ],
  contenders: ["take-in", "by-hand"],
  reference: "by-hand",
  figures: [{ name: "events/s", better: "higher" }, ...TIME_FIGURES],
  goals: [{ figure: "events/s", contender: "take-in", atLeast: 0.25 }],
  packages: [],
  trials: { full: 5, quick: 3, tiny: 1 },
  scale: (_, size) =>
    `${BODIES[size].toLocaleString("en")} bodies of 300 bytes, ${ROUNDS[size]} times`,
  run,
};

async function run(trial: Trial): Promise<Outcome> {
  await warmUp(trial, (seed) => play({ ...trial, seed }));
  return play(trial);
}

function play({ workload, contender, size, seed }: Trial): Outcome {
  const bodies = draw(workload as WorkloadName, size, seed).map((text) => Buffer.from(text));
  const work = prepare(contender as ContenderName, workload as WorkloadName);
  const stopwatch = new Stopwatch();
  const hash = createHash("sha256");
  for (let round = 1; round <= ROUNDS[size]; round++)
    for (let start = 0; start < bodies.length; start += BATCH) {
      const batch = bodies.slice(start, start + BATCH);
      const results = stopwatch.run(() => work(batch));
      if (round === ROUNDS[size]) for (const said of results) hash.update(JSON.stringify(said()));
    }
  const figures = stopwatch.figures();
  const events = bodies.length * ROUNDS[size];
  return {
    figures: { ...figures, "events/s": (1000 * events) / figures["CPU time in ms"]! },
    answer: `${bodies.length} events (${hash.digest("hex").slice(0, 16)})`,
  };
}

function draw(workload: WorkloadName, size: Size, seed: number): readonly string[] {
  return workload === "slack"
    ? drawDeliveries(size, seed).measured
    : drawLines(BODIES[size], seed).lines;
}
