/**
 * What one more event costs where it meets the largest component there may be, and a rule has to be asked: the whole
 * component is read and folded again. Beside it the same event for somebody whom no rule touches.
 */
import { performance } from "node:perf_hooks";
import type { Service } from "../../src/service.ts";
import type { Benchmark, Outcome, Trial } from "../benchmark.ts";
import { countPeople, receive, receiveAll, withService } from "../in-process.ts";
import { percentile } from "../runner/statistics.ts";
import { withScratch } from "../scratch.ts";
import { Stopwatch } from "../stopwatch.ts";
import {
  CONFIGURATIONS,
  drawDeliveries,
  SCALES,
  userOf,
  WORKLOADS,
  type Deliveries,
  type WorkloadName,
} from "./deliveries.ts";

/** All that is known comes in few commits, as an import would bring it. */
const TOGETHER = 5000;
/** Of how many people of each kind is asked who they are; a profile of many identifiers is slow to tell. */
const ASKED = 10;

export const contested: Benchmark = {
  name: "contested",
  description: "one event with a new link, alone in its commit, into a SQLite file; each durable",
  workloads: Object.entries(WORKLOADS).map(([name, description]) => ({ name, description })),
  contenders: ["contested-component", "clean-profile"],
  reference: "clean-profile",
  figures: [
    { name: "p50 in ms", better: "lower" },
    { name: "p99 in ms", better: "lower" },
    { name: "CPU time per event in ms", better: "lower" },
  ],
  packages: [],
  trials: { full: 3, quick: 2, tiny: 1 },
  scale: (_, size) =>
    `${SCALES[size].identifiers.toLocaleString("en")} identifiers, ${SCALES[size].measured} events`,
  run: (trial) => withScratch((folder) => run(trial, folder)),
};

async function run({ workload, contender, size, seed }: Trial, folder: string): Promise<Outcome> {
  const kind = contender === "contested-component" ? "crowd" : "clean";
  const deliveries = drawDeliveries(kind, size, seed);
  const config = CONFIGURATIONS[workload as WorkloadName];
  return withService(folder, config, { batchEventsMax: TOGETHER }, async (service) => {
    await receiveAll(service, deliveries.known, TOGETHER);
    for (const delivery of deliveries.warmUp) await receive(service, delivery);
    const figures = await timeEach(service, deliveries);
    await checkContested(service, deliveries);
    await countPeople(service, deliveries.added);
    const { known, measured, added } = deliveries;
    return {
      figures,
      answer: `${known.length} + ${measured.length} events, ${added.length} new identifiers found`,
    };
  });
}

async function timeEach(
  service: Service,
  { measured }: Deliveries,
): Promise<Readonly<Record<string, number>>> {
  const times = new Float64Array(measured.length);
  const stopwatch = new Stopwatch();
  await stopwatch.runAsync(async () => {
    for (const [index, delivery] of measured.entries()) {
      const start = performance.now();
      await receive(service, delivery);
      times[index] = performance.now() - start;
    }
  });
  return {
    "p50 in ms": percentile(times, 0.5),
    "p99 in ms": percentile(times, 0.99),
    "CPU time per event in ms": stopwatch.figures()["CPU time in ms"]! / measured.length,
  };
}

/** Were the component one profile, no rule would have been asked, and the times would be of something else. */
async function checkContested(service: Service, { people }: Deliveries): Promise<void> {
  const users = (kind: "crowd" | "clean") =>
    Array.from({ length: ASKED }, (_, index) => {
      const person = Math.floor((index * people) / ASKED);
      return `user_id:${userOf(kind, person)}`;
    });
  if ((await countPeople(service, users("crowd"))) < 2)
    throw new Error("the component is one profile, and not contested");
  const clean = await countPeople(service, users("clean"));
  if (clean !== ASKED) throw new Error(`${ASKED} clean people are ${clean} profiles`);
}
