/**
 * How long a sender waits for its receipt under sustained load, over HTTP and from the disk: where the service is given
 * all it can take, and at seven tenths of that. The strictest senders hang up after three seconds.
 */
import type { Benchmark, Outcome, Trial } from "../benchmark.ts";
import { drawDeliveries, scaleInWords, WORKLOAD } from "../http-ingest/deliveries.ts";
import { sendAll } from "../http-ingest/load.ts";
import { checkDatabase, startSelfsame, webhookUrl } from "../http-ingest/selfsame-server.ts";
import { withScratch } from "../scratch.ts";
import { sendSteadily } from "./steady-load.ts";

/** Slack's and Zoom's. */
const DEADLINE_MILLISECONDS = 3000;
const STEADY_SHARE = 0.7;
const SHARE_TO_WARM_UP = 0.1;

export const acknowledge: Benchmark = {
  name: "acknowledge",
  description: "how long a sender waits until its delivery is on disk and acknowledged",
  workloads: [WORKLOAD],
  contenders: ["steady", "saturated"],
  reference: "saturated",
  figures: [
    { name: "p50 in ms", better: "lower" },
    { name: "p99 in ms", better: "lower" },
    { name: "max in ms", better: "lower" },
    { name: "the strictest sender's deadline in ms", better: "neither" },
    { name: "requests/s", better: "neither" },
    { name: "sender busy in %", better: "neither" },
  ],
  packages: ["autocannon"],
  trials: { full: 5, quick: 2, tiny: 1 },
  scale: scaleInWords,
  run: (trial) => withScratch((folder) => run(trial, folder)),
};

async function run(
  { contender, size, seed, profileFolder }: Trial,
  folder: string,
): Promise<Outcome> {
  const { introductions, measured, people } = drawDeliveries(size, seed);
  const server = await startSelfsame(folder, profileFolder);
  let report;
  try {
    const url = webhookUrl(server);
    await sendAll(url, introductions);
    const part = Math.ceil(SHARE_TO_WARM_UP * measured.length);
    // What the service can take at most is found out first, with deliveries like those that are measured.
    const { requestsPerSecond } = await sendAll(url, measured.slice(0, part));
    const send = (bodies: readonly string[]) =>
      contender === "saturated"
        ? sendAll(url, bodies)
        : sendSteadily(url, bodies, STEADY_SHARE * requestsPerSecond);
    // The sender has to be warm too, or its own first requests would be the slowest.
    await send(measured.slice(part, 2 * part));
    report = await send(measured.slice(2 * part));
  } finally {
    await server.stop();
  }
  checkDatabase(server.database, { events: introductions.length + measured.length, people });
  return {
    figures: {
      "p50 in ms": report.p50Ms,
      "p99 in ms": report.p99Ms,
      "max in ms": report.maxMs,
      "the strictest sender's deadline in ms": DEADLINE_MILLISECONDS,
      "requests/s": report.requestsPerSecond,
      "sender busy in %": 100 * report.senderBusy,
    },
    answer: `${introductions.length} + ${measured.length} deliveries accepted`,
  };
}
