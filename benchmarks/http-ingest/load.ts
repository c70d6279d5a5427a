/**
 * The load: 64 connections, each of which sends its next delivery when the last one was answered, as a sender does that
 * waits for its receipt. So latencies are those of a server that is busy, not of one that is overrun.
 */
import { performance } from "node:perf_hooks";
import autocannon from "autocannon";
import { percentile } from "../runner/statistics.ts";

export const CONNECTIONS = 64;
const ANSWER_SECONDS_MAX = 20;

export interface LoadReport {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** The share of the time that the sending process was busy: near 1 it is the sender that was measured. */
  readonly senderBusy: number;
}

/** Sends every body once. Rejects unless each is answered with 2xx. */
export async function sendAll(url: string, bodies: readonly string[]): Promise<LoadReport> {
  const latencies = new Float64Array(bodies.length);
  let answered = 0;
  let lastAnswer = 0;
  let senderBusy = 1;
  let clients = 0;
  const utilisation = performance.eventLoopUtilization();
  const start = performance.now();
  const onAnswer = (_status: number, _bytes: number, responseTime: number) => {
    latencies[answered++] = responseTime;
    if (answered < bodies.length) return;
    lastAnswer = performance.now();
    senderBusy = performance.eventLoopUtilization(utilisation).utilization;
  };
  const { "2xx": good, errors } = await autocannon({
    url,
    method: "POST",
    headers: { "content-type": "application/json" },
    connections: CONNECTIONS,
    amount: bodies.length,
    timeout: ANSWER_SECONDS_MAX,
    // How soon the end is noticed; the clock has stopped with the last answer.
    sampleInt: 50,
    setupClient(client) {
      const first = clients++;
      const share = bodies.filter((_, index) => index % CONNECTIONS === first);
      client.setRequests(share.map((body) => ({ body })));
      client.on("response", onAnswer);
    },
  });
  if (good !== bodies.length || errors > 0)
    throw new Error(`${good} of ${bodies.length} deliveries were accepted; ${errors} failed`);
  return {
    requestsPerSecond: (1000 * bodies.length) / (lastAnswer - start),
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
    maxMs: percentile(latencies, 1),
    senderBusy,
  };
}
