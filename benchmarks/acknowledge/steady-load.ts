/**
 * An open loop: deliveries fall due at a steady rate whether or not the last one was answered, as they do where many
 * senders do not know of each other. A latency counts from when a delivery was due, so that a server that stops for a
 * moment is charged with everybody who had to wait, and not only with those whose request was already under way.
 */
import { Agent, request } from "node:http";
import { performance } from "node:perf_hooks";
import { CONNECTIONS, type LoadReport } from "../http-ingest/load.ts";
import { percentile } from "../runner/statistics.ts";

/** Rejects unless each is answered with 2xx. */
export async function sendSteadily(
  url: string,
  bodies: readonly string[],
  perSecond: number,
): Promise<LoadReport> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const latencies = new Float64Array(bodies.length);
  const utilisation = performance.eventLoopUtilization();
  const start = performance.now();
  const dueAt = (index: number) => start + (1000 * index) / perSecond;
  const sendOne = async (index: number) => {
    await post(url, bodies[index]!, agent);
    latencies[index] = performance.now() - dueAt(index);
  };
  const underWay: Promise<void>[] = [];
  try {
    for (let next = 0; next < bodies.length;) {
      for (; next < bodies.length && dueAt(next) <= performance.now(); next++) {
        underWay.push(sendOne(next));
      }
      // The finest pause there is; what fell due meanwhile is sent at once.
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await Promise.all(underWay);
  } finally {
    agent.destroy();
  }
  return {
    requestsPerSecond: (1000 * bodies.length) / (performance.now() - start),
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
    maxMs: percentile(latencies, 1),
    senderBusy: performance.eventLoopUtilization(utilisation).utilization,
  };
}

function post(url: string, body: string, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
    };
    const sending = request(url, { method: "POST", agent, headers }, (answer) => {
      answer.resume().once("error", reject);
      answer.once("end", () => {
        if (answer.statusCode === 200) resolve();
        else reject(new Error(`a delivery was answered ${answer.statusCode}`));
      });
    });
    sending.once("error", reject);
    sending.end(body);
  });
}
