/**
 * What a merge costs where those who become one person have lived through much: it should cost what it costs without any
 * history, for a merge moves identifiers and no event. The engine on a SQLite file, without HTTP.
 */
import type { Service } from "../../src/service.ts";
import type { Benchmark, Outcome, Trial } from "../benchmark.ts";
import { receive, receiveAll, withService } from "../in-process.ts";
import { percentile } from "../runner/statistics.ts";
import { withScratch } from "../scratch.ts";
import { Stopwatch } from "../stopwatch.ts";
import {
  CONFIGURATION,
  drawHistories,
  drawNewcomers,
  drawWarmUp,
  SCALES,
  type Deliveries,
  type History,
  type Merge,
  type WorkloadName,
} from "./deliveries.ts";

const WORKLOADS: Readonly<Record<WorkloadName, string>> = {
  "newcomers-join": "people with one event each join one with a history, one after the other",
  "histories-join": "people with a history each join another with one",
};
const HISTORIES: readonly History[] = [
  "huge-history",
  "long-history",
  "short-history",
  "one-event",
];
/** How many deliveries of a history are on their way at once. */
const SENDERS = 1;

/** Told in proportion within one process: what two of them need differs by more than what is looked for. */
const TOGETHER = "CPU time p50 to that of strangers in the same trial in %";

export const mergeHistory: Benchmark = {
  name: "merge-history",
  description: "one event that makes two people one, alone in its commit, into a SQLite file",
  workloads: Object.entries(WORKLOADS).map(([name, description]) => ({ name, description })),
  contenders: HISTORIES,
  reference: "one-event",
  figures: [
    { name: "p50 in ms", better: "lower" },
    { name: "CPU time p50 in ms", better: "lower" },
    { name: TOGETHER, better: "lower" },
    { name: "max in ms", better: "lower" },
  ],
  // The time on the wall is that of one small write to disk, and nearly nothing else.
  goals: HISTORIES.filter((history) => history !== "one-event").map((contender) => ({
    figure: TOGETHER,
    contender,
    atMost: 1.2,
  })),
  packages: [],
  trials: { full: 3, quick: 2, tiny: 1 },
  scale: (workload, size) => {
    const { events, newcomers, joiners } = SCALES[size];
    const lengths = HISTORIES.map((history) => events[history].toLocaleString("en")).join(", ");
    const merges =
      workload === "newcomers-join"
        ? newcomers
        : HISTORIES.map((history) => joiners[history]).join(", ");
    return `${lengths} events; ${merges} merges`;
  },
  run: (trial) => withScratch((folder) => run(trial, folder)),
};

async function run({ workload, contender, size }: Trial, folder: string): Promise<Outcome> {
  const history = contender as History;
  const { events, newcomers, joiners, warmUp } = SCALES[size];
  const measured =
    (workload as WorkloadName) === "newcomers-join"
      ? drawNewcomers(events[history], newcomers)
      : drawHistories(events[history], joiners[history]);
  const strangers = drawWarmUp(warmUp + measured.merges.length);
  await fill(folder, [...measured.known, ...strangers.known]);
  // Opened again, so that nobody has in memory what was written last.
  return withService(folder, CONFIGURATION, {}, async (service) => {
    for (const { delivery } of strangers.merges.slice(0, warmUp)) await receive(service, delivery);
    const figures = await mergeEach(service, measured.merges, strangers.merges.slice(warmUp));
    await checkPeople(service, measured);
    return { figures, answer: "1 person is left, who has done all that everybody had done" };
  });
}

async function fill(folder: string, known: Deliveries["known"]): Promise<void> {
  await withService(folder, CONFIGURATION, {}, (service) => receiveAll(service, known, SENDERS));
}

/** In turns with merges of strangers, which cost the same whatever the others have lived through. */
async function mergeEach(
  service: Service,
  merges: readonly Merge[],
  strangers: readonly Merge[],
): Promise<Readonly<Record<string, number>>> {
  const times = new Float64Array(merges.length);
  const cpuTimes = new Float64Array(merges.length);
  const strangersCpuTimes = new Float64Array(merges.length);
  for (const [index, merge] of merges.entries()) {
    const figures = await timeOf(service, merge);
    times[index] = figures["time in ms"]!;
    cpuTimes[index] = figures["CPU time in ms"]!;
    strangersCpuTimes[index] = (await timeOf(service, strangers[index]!))["CPU time in ms"]!;
  }
  const cpuTime = percentile(cpuTimes, 0.5);
  return {
    "p50 in ms": percentile(times, 0.5),
    "CPU time p50 in ms": cpuTime,
    [TOGETHER]: (100 * cpuTime) / percentile(strangersCpuTimes, 0.5),
    "max in ms": percentile(times, 1),
  };
}

async function timeOf(service: Service, { delivery }: Merge) {
  const stopwatch = new Stopwatch();
  await stopwatch.runAsync(() => receive(service, delivery));
  return stopwatch.figures();
}

/** Asked after the last merge, when everybody who was in one is the same person: by the first and by the last of them. */
async function checkPeople({ queries }: Service, { merges }: Deliveries): Promise<void> {
  const { events, references: last } = merges.at(-1)!;
  const everybody = new Set(merges.flatMap(({ references }) => references));
  for (const reference of [...merges[0]!.references, ...last]) {
    const profile = await queries.profile(reference);
    if (profile === undefined) throw new Error(`nobody is ${reference}`);
    if (profile.eventCount !== events)
      throw new Error(`${reference} has ${profile.eventCount} events and not ${events}`);
    const known = new Set(profile.identifiers.map(({ identifier }) => identifier));
    const missing = [...everybody].find((named) => !known.has(named));
    if (missing !== undefined) throw new Error(`${missing} is not the same person as ${reference}`);
  }
}
