/**
 * Probes: an event is posted, and the journey is read by the id that a merge has absorbed, until it shows everything. They
 * fall due in an open loop, and a probe's time counts from when it was due.
 */
import { Agent } from "node:http";
import { performance } from "node:perf_hooks";
import { ask } from "../http-client.ts";
import { EVENTS_EACH, PATH, type Pair } from "./pairs.ts";

/** A pair that the service knows. */
export interface Probe extends Pair {
  /** The id that was given out for the address when it was nobody else's. */
  readonly absorbedId: string;
}

export interface ProbeTimes {
  readonly receiptMs: number;
  readonly readableMs: number;
  /** How often the journey was read until it showed everything. */
  readonly reads: number;
}

interface FullReceipt {
  readonly events: readonly { readonly outcome: string; readonly provisional: string }[];
}

const SENDERS = 16;
const READS_MAX = 100;

/** Makes the pairs known, by a few senders, each of which takes one pair after the other. */
export async function introduce(server: string, pairs: readonly Pair[]): Promise<Probe[]> {
  const agent = new Agent({ keepAlive: true });
  const probes: Probe[] = [];
  let next = 0;
  const send = async () => {
    while (next < pairs.length) {
      const place = next++;
      const pair = pairs[place]!;
      const ids: string[] = [];
      for (const body of pair.known) ids.push(await post(server, body, agent));
      probes[place] = { ...pair, absorbedId: ids[pair.absorbed]! };
    }
  };
  try {
    await Promise.all(Array.from({ length: SENDERS }, send));
  } finally {
    agent.destroy();
  }
  return probes;
}

/** By probe. Rejects where an event is not taken, or a journey does not show all events of both. */
export async function probeSteadily(
  server: string,
  probes: readonly Probe[],
  perSecond: number,
): Promise<ProbeTimes[]> {
  const agent = new Agent({ keepAlive: true });
  const start = performance.now();
  const dueAt = (index: number) => start + (1000 * index) / perSecond;
  const underWay: Promise<ProbeTimes>[] = [];
  try {
    while (underWay.length < probes.length) {
      for (; underWay.length < probes.length;) {
        const due = dueAt(underWay.length);
        if (due > performance.now()) break;
        underWay.push(probeOnce(server, probes[underWay.length]!, due, agent));
      }
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    return await Promise.all(underWay);
  } finally {
    agent.destroy();
  }
}

async function probeOnce(
  server: string,
  { timed, absorbedId }: Probe,
  due: number,
  agent: Agent,
): Promise<ProbeTimes> {
  await post(server, timed, agent);
  const receiptMs = performance.now() - due;
  const url = `${server}/v1/profiles/${absorbedId}/journey`;
  for (let reads = 1; reads <= READS_MAX; reads++) {
    const { profile, events } = JSON.parse(await ask({ url, agent })) as {
      readonly profile: string;
      readonly events: readonly unknown[];
    };
    const readableMs = performance.now() - due;
    if (events.length === EVENTS_EACH && profile !== absorbedId)
      return { receiptMs, readableMs, reads };
  }
  throw new Error(`${absorbedId} does not lead to the journey of both`);
}

/** The id of the event's own provisional profile. */
async function post(server: string, body: string, agent: Agent): Promise<string> {
  const { events } = JSON.parse(await ask({ url: server + PATH, body, agent })) as FullReceipt;
  const { outcome, provisional } = events[0]!;
  if (outcome !== "accepted") throw new Error(`a delivery ended as ${outcome}`);
  return provisional;
}
