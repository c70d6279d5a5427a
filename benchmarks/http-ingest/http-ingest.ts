/**
 * Webhooks over HTTP, from the wire to the disk: the real service on a SQLite file, `synchronous = FULL`, beside a
 * route of the same server that only answers, and beside itself without a disk. The trial's own process sends; the server
 * is another.
 */
import type { Benchmark, Outcome, Trial } from "../benchmark.ts";
import { withScratch } from "../scratch.ts";
import { drawDeliveries, scaleInWords, WORKLOAD, type Deliveries } from "./deliveries.ts";
import { sendAll } from "./load.ts";
import { checkDatabase, startSelfsame, webhookUrl } from "./selfsame-server.ts";
import { startServerProcess, type ServerProcess } from "./server-process.ts";

export const httpIngest: Benchmark = {
  name: "http-ingest",
  description: "deliveries over HTTP on 64 connections; selfsame answers when they are on disk",
  workloads: [WORKLOAD],
  contenders: ["selfsame", "in-memory", "bare-route"],
  reference: "bare-route",
  figures: [
    { name: "requests/s", better: "higher" },
    { name: "p50 in ms", better: "lower" },
    { name: "p99 in ms", better: "lower" },
    { name: "server's CPU time per request in µs", better: "lower" },
    { name: "sender busy in %", better: "neither" },
  ],
  goals: [{ figure: "requests/s", contender: "selfsame", atLeast: 0.7 }],
  packages: ["autocannon"],
  trials: { full: 5, quick: 2, tiny: 1 },
  scale: scaleInWords,
  run: (trial) => withScratch((folder) => run(trial, folder)),
};

/** The programs of the contenders that keep no database. */
const OTHERS: ReadonlyMap<string, string> = new Map([
  ["in-memory", "benchmarks/http-ingest/memory-server"],
  ["bare-route", "benchmarks/http-ingest/bare-server"],
]);

async function run(trial: Trial, folder: string): Promise<Outcome> {
  const { contender, size, seed, profileFolder } = trial;
  const deliveries = drawDeliveries(size, seed);
  const other = OTHERS.get(contender);
  if (other !== undefined)
    return load(await startServerProcess(other, [], profileFolder), deliveries);
  const server = await startSelfsame(folder, profileFolder);
  const outcome = await load(server, deliveries);
  const { introductions, measured, people } = deliveries;
  checkDatabase(server.database, { events: introductions.length + measured.length, people });
  return outcome;
}

/** Sends everything, stops the server and tells what the measured part was like. */
async function load(server: ServerProcess, deliveries: Deliveries): Promise<Outcome> {
  const { introductions, measured } = deliveries;
  const url = webhookUrl(server);
  try {
    await sendAll(url, introductions);
    const before = await server.usage();
    const report = await sendAll(url, measured);
    const cpu = (await server.usage()).cpuMicroseconds - before.cpuMicroseconds;
    return {
      figures: {
        "requests/s": report.requestsPerSecond,
        "p50 in ms": report.p50Ms,
        "p99 in ms": report.p99Ms,
        "server's CPU time per request in µs": cpu / measured.length,
        "sender busy in %": 100 * report.senderBusy,
      },
      answer: `${introductions.length} + ${measured.length} deliveries accepted`,
    };
  } finally {
    await server.stop();
  }
}
