/**
 * Webhooks over HTTP, from the wire to the disk: the real service on a SQLite file, `synchronous = FULL`, beside a
 * route of the same server that only answers. The trial's own process sends; the server is another.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import type { Benchmark, Outcome, Trial } from "../benchmark.ts";
import { withScratch } from "../scratch.ts";
import { CONFIGURATION, drawDeliveries, SCALES, SOURCE, type Deliveries } from "./deliveries.ts";
import { sendAll } from "./load.ts";
import { startServerProcess, type ServerProcess } from "./server-process.ts";

export const httpIngest: Benchmark = {
  name: "http-ingest",
  description: "deliveries over HTTP on 64 connections; selfsame answers when they are on disk",
  workloads: [
    {
      name: "slack",
      description:
        "messages of 300 bytes, nine in ten by people who are known, the others by new ones",
    },
  ],
  contenders: ["selfsame", "bare-route"],
  reference: "bare-route",
  figures: [
    { name: "requests/s", better: "higher" },
    { name: "p50 in ms", better: "lower" },
    { name: "p99 in ms", better: "lower" },
    { name: "server's CPU time per request in µs", better: "lower" },
    { name: "sender busy in %", better: "neither" },
  ],
  packages: ["autocannon"],
  trials: { full: 5, quick: 2, tiny: 1 },
  scale: (_, size) =>
    `${SCALES[size].measured.toLocaleString("en")} requests, ${SCALES[size].known.toLocaleString("en")} people known`,
  run: (trial) => withScratch((folder) => run(trial, folder)),
};

async function run(trial: Trial, folder: string): Promise<Outcome> {
  const { contender, size, seed, profileFolder } = trial;
  const deliveries = drawDeliveries(size, seed);
  if (contender === "bare-route") {
    const server = await startServerProcess(
      "benchmarks/http-ingest/bare-server",
      [],
      profileFolder,
    );
    return load(server, deliveries);
  }
  const database = join(folder, "selfsame.db");
  const config = join(folder, "selfsame.yaml");
  writeFileSync(config, CONFIGURATION);
  const server = await startServerProcess(
    "src/cli/main",
    ["serve", "--config", config, "--database", database, "--port", "0"],
    profileFolder,
  );
  const outcome = await load(server, deliveries);
  checkDatabase(database, deliveries);
  return outcome;
}

/** Sends everything, stops the server and tells what the measured part was like. */
async function load(server: ServerProcess, deliveries: Deliveries): Promise<Outcome> {
  const { introductions, measured } = deliveries;
  const url = `${server.url}/webhooks/${SOURCE}`;
  try {
    await sendAll(url, introductions);
    const before = await server.cpuMicroseconds();
    const report = await sendAll(url, measured);
    const cpu = (await server.cpuMicroseconds()) - before;
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

/** What was acknowledged must be there, once each: a service that answered and forgot would be fast. */
function checkDatabase(file: string, { introductions, measured, people }: Deliveries): void {
  const database = new Database(file, { readonly: true });
  try {
    const count = (sql: string) => database.prepare<[], number>(sql).pluck().get();
    const events = count("SELECT count(*) FROM events");
    const profiles = count("SELECT count(DISTINCT profile) FROM identifiers");
    if (events !== introductions.length + measured.length || profiles !== people)
      throw new Error(
        `the database holds ${events} events of ${profiles} people, not of ${people}`,
      );
  } finally {
    database.close();
  }
}
