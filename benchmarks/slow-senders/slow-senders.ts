/**
 * What senders that never finish cost those that do: the same load from 64 fast connections, with and without
 * thousands of slow ones beside it. Server, fast senders and slow senders are a process each.
 */
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { Benchmark, Outcome, Size, Trial } from "../benchmark.ts";
import { drawDeliveries, SCALES } from "../http-ingest/deliveries.ts";
import { sendAll } from "../http-ingest/load.ts";
import { checkDatabase, startSelfsame, webhookUrl } from "../http-ingest/selfsame-server.ts";
import { programAt } from "../runner/program.ts";
import { withScratch } from "../scratch.ts";
import type { SlowReport } from "./slow-process.ts";

const SLOW: Readonly<Record<Size, number>> = { full: 10_000, quick: 2000, tiny: 40 };
const MEBIBYTE = 2 ** 20;

export const slowSenders: Benchmark = {
  name: "slow-senders",
  description:
    "deliveries on 64 fast connections beside slow ones, half in their headers, half in a body",
  workloads: [
    {
      name: "slack",
      description:
        "messages of 300 bytes; the slow ones send a byte every two seconds, and come again",
    },
  ],
  contenders: ["beside-slow", "alone"],
  reference: "alone",
  figures: [
    { name: "requests/s", better: "higher" },
    { name: "p50 in ms", better: "lower" },
    { name: "p99 in ms", better: "lower" },
    { name: "max in ms", better: "lower" },
    { name: "server's CPU time per request in µs", better: "lower" },
    { name: "server's memory in MiB", better: "lower" },
    { name: "slow connections open at the end", better: "neither" },
    { name: "slow connections hung up on", better: "neither" },
  ],
  packages: ["autocannon"],
  trials: { full: 3, quick: 2, tiny: 1 },
  scale: (_, size) =>
    `${SLOW[size].toLocaleString("en")} slow connections, ${SCALES[size].measured.toLocaleString("en")} requests`,
  run: (trial) => withScratch((folder) => run(trial, folder)),
};

async function run(
  { contender, size, seed, profileFolder }: Trial,
  folder: string,
): Promise<Outcome> {
  const { introductions, measured, people } = drawDeliveries(size, seed);
  const server = await startSelfsame(folder, profileFolder);
  let figures;
  try {
    const url = webhookUrl(server);
    await sendAll(url, introductions);
    const slow = contender === "alone" ? undefined : await startSlow(url, SLOW[size]);
    const before = await server.usage();
    const report = await sendAll(url, measured);
    const { residentBytes, cpuMicroseconds } = await server.usage();
    const { open, hungUpOn } = slow === undefined ? { open: 0, hungUpOn: 0 } : await stopSlow(slow);
    figures = {
      "requests/s": report.requestsPerSecond,
      "p50 in ms": report.p50Ms,
      "p99 in ms": report.p99Ms,
      "max in ms": report.maxMs,
      "server's CPU time per request in µs":
        (cpuMicroseconds - before.cpuMicroseconds) / measured.length,
      "server's memory in MiB": residentBytes / MEBIBYTE,
      "slow connections open at the end": open,
      "slow connections hung up on": hungUpOn,
    };
  } finally {
    await server.stop();
  }
  checkDatabase(server.database, { events: introductions.length + measured.length, people });
  return {
    figures,
    answer: `${introductions.length} + ${measured.length} deliveries accepted`,
  };
}

/** Resolves when all of them are slow. */
async function startSlow(url: string, count: number): Promise<ChildProcess> {
  const { file, flags } = programAt("benchmarks/slow-senders/slow-process");
  const slow = fork(file, [url, String(count)], {
    execArgv: [...flags],
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  await once(slow.stdout!, "data");
  return slow;
}

async function stopSlow(slow: ChildProcess): Promise<SlowReport> {
  slow.send("report");
  const [report] = await once(slow, "message");
  const exited = once(slow, "exit");
  slow.kill();
  await exited;
  return report as SlowReport;
}
