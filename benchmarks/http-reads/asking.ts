/** Asks a server for many addresses: once, to have its answers, and on several connections at once, to see how fast it is. */
import { performance } from "node:perf_hooks";
import autocannon from "autocannon";

export const CONNECTIONS = 16;

/** Each answer with its address, without the server's. */
export type Answers = readonly (readonly [path: string, body: string])[];

/** Rejects where one is not answered with 200. */
export async function answersTo(
  ask: (path: string) => Promise<Response> | Response,
  paths: readonly string[],
): Promise<Answers> {
  const answers: (readonly [string, string])[] = [];
  for (const path of paths) {
    const response = await ask(path);
    const body = await response.text();
    if (response.status !== 200) throw new Error(`${path} was answered with ${body}`);
    answers.push([path, body]);
  }
  return answers;
}

export interface AskingReport {
  readonly requestsPerSecond: number;
  /** The share of the time that the asking process was busy: near 1 it is the asker that was measured. */
  readonly askerBusy: number;
}

/** Asks for every address once, each connection for the next of its share when the last was answered. */
export async function askAll(url: string, paths: readonly string[]): Promise<AskingReport> {
  let answered = 0;
  let lastAnswer = 0;
  let askerBusy = 1;
  let clients = 0;
  const connections = Math.min(CONNECTIONS, paths.length);
  const utilisation = performance.eventLoopUtilization();
  const start = performance.now();
  const onAnswer = () => {
    if (++answered < paths.length) return;
    lastAnswer = performance.now();
    askerBusy = performance.eventLoopUtilization(utilisation).utilization;
  };
  const { "2xx": good, errors } = await autocannon({
    url,
    connections,
    amount: paths.length,
    sampleInt: 50,
    setupClient(client) {
      const first = clients++;
      const share = paths.filter((_, index) => index % connections === first);
      client.setRequests(share.map((path) => ({ path })));
      client.on("response", onAnswer);
    },
  });
  if (good !== paths.length || errors > 0)
    throw new Error(`${good} of ${paths.length} questions were answered; ${errors} failed`);
  return { requestsPerSecond: (1000 * paths.length) / (lastAnswer - start), askerBusy };
}
