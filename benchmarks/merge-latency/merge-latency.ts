/**
 * How long it takes until a merge can be read: from the posting of an event that makes two people one to their journey with the
 * events of both, asked for by the id that the merge has absorbed. Beside it an event that merges nobody, read in the same way.
 */
import type { Benchmark, Outcome, Size, Trial } from "../benchmark.ts";
import { sendSteadily } from "../acknowledge/steady-load.ts";
import { CONFIGURATION, drawDeliveries, SCALES, SOURCE } from "../http-ingest/deliveries.ts";
import { sendAll } from "../http-ingest/load.ts";
import { checkDatabase, startSelfsame } from "../http-ingest/selfsame-server.ts";
import { percentile } from "../runner/statistics.ts";
import { withScratch } from "../scratch.ts";
import { drawPairs, EVENTS_EACH, PAIRS, SOURCE_OF_PAIRS, type PairKind } from "./pairs.ts";
import { introduce, probeSteadily, type Probe, type ProbeTimes } from "./probes.ts";

const CONTENDERS: readonly PairKind[] = ["merging", "merging-nothing"];
/** Leaves the service enough for the probes too, so that it is busy and not overrun. */
const LOAD_SHARE = 0.5;
const SHARE_TO_WARM_UP = 0.1;
const WARM_UP_PAIRS: Readonly<Record<Size, number>> = { full: 50, quick: 50, tiny: 2 };

const TOGETHER = "readable p99 to that of merging-nothing in the same trial in %";

export const mergeLatency: Benchmark = {
  name: "merge-latency",
  description: "from the posting of an event to the journey that shows it, read by the absorbed id",
  workloads: [
    {
      name: "account-and-address",
      description:
        "pairs known by two events each, and one that names both; webhooks of others all the time",
    },
  ],
  contenders: CONTENDERS,
  reference: "merging-nothing",
  figures: [
    { name: "readable p50 in ms", better: "lower" },
    { name: "readable p99 in ms", better: "lower" },
    { name: "receipt p50 in ms", better: "lower" },
    { name: "receipt p99 in ms", better: "lower" },
    // Both kinds take turns within each trial, so this is the ratio under the very same load.
    { name: TOGETHER, better: "lower" },
    { name: "most reads until all is there", better: "neither" },
    { name: "load in requests/s", better: "neither" },
    { name: "sender busy in %", better: "neither" },
  ],
  goals: [{ figure: TOGETHER, contender: "merging", atMost: 1.5 }],
  packages: ["autocannon"],
  trials: { full: 3, quick: 2, tiny: 1 },
  scale: (_, size) =>
    `${PAIRS[size].toLocaleString("en")} pairs of each kind, ${SCALES[size].measured.toLocaleString("en")} other requests`,
  run: (trial) => withScratch((folder) => run(trial, folder)),
};

async function run(
  { contender, size, seed, profileFolder }: Trial,
  folder: string,
): Promise<Outcome> {
  const warmUps = drawPairs("warm-up", WARM_UP_PAIRS[size], seed + 1);
  const pairs = drawPairs("measured", PAIRS[size], seed);
  const { introductions, measured, people } = drawDeliveries(size, seed);
  const server = await startSelfsame(folder, profileFolder, CONFIGURATION + SOURCE_OF_PAIRS);
  const url = `${server.url}/webhooks/${SOURCE}`;
  let outcome;
  try {
    await sendAll(url, introductions);
    const warmUpProbes = await introduce(server.url, warmUps);
    const probes = await introduce(server.url, pairs);
    const part = Math.ceil(SHARE_TO_WARM_UP * measured.length);
    // What the service can take at most is found out first, with deliveries like those of the load.
    const { requestsPerSecond } = await sendAll(url, measured.slice(0, part));
    const rate = LOAD_SHARE * requestsPerSecond;
    const underLoad = async (bodies: readonly string[], asked: readonly Probe[]) => {
      const probesPerSecond = (rate * asked.length) / bodies.length;
      return Promise.all([
        sendSteadily(url, bodies, rate),
        probeSteadily(server.url, asked, probesPerSecond),
      ]);
    };
    await underLoad(measured.slice(part, 2 * part), warmUpProbes);
    const [load, times] = await underLoad(measured.slice(2 * part), probes);
    outcome = { load, times, probes };
  } finally {
    await server.stop();
  }
  const allPairs = warmUps.length + pairs.length;
  checkDatabase(server.database, {
    events: introductions.length + measured.length + EVENTS_EACH * allPairs,
    people: people + allPairs,
  });
  const { load, times, probes } = outcome;
  const timesOf = (kind: PairKind) => times.filter((_, place) => probes[place]!.kind === kind);
  const own = summary(timesOf(contender as PairKind));
  const nothing = summary(timesOf("merging-nothing"));
  return {
    figures: {
      ...own,
      [TOGETHER]: (100 * own["readable p99 in ms"]) / nothing["readable p99 in ms"],
      "load in requests/s": load.requestsPerSecond,
      "sender busy in %": 100 * load.senderBusy,
    },
    answer: `${pairs.length} pairs are one person each, with ${EVENTS_EACH} events`,
  };
}

function summary(times: readonly ProbeTimes[]) {
  const readable = Float64Array.from(times, ({ readableMs }) => readableMs);
  const receipt = Float64Array.from(times, ({ receiptMs }) => receiptMs);
  return {
    "readable p50 in ms": percentile(readable, 0.5),
    "readable p99 in ms": percentile(readable, 0.99),
    "receipt p50 in ms": percentile(receipt, 0.5),
    "receipt p99 in ms": percentile(receipt, 0.99),
    "most reads until all is there": Math.max(...times.map(({ reads }) => reads)),
  };
}
