/** SIGTERM and SIGINT: what is under way is answered, and no sender can keep the service from stopping. */
import { once } from "node:events";
import { Agent, request, type ClientRequest, type IncomingMessage } from "node:http";
import { connect, type Socket } from "node:net";
import { expect, test } from "vitest";
import { SqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import { crowd, LONG_STEPS } from "../support/crowd.ts";
import { DELIVERIES_CONFIG, deliveriesOf, type Delivery } from "../support/deliveries.ts";
import { digestOfDeliveries, readDatabase } from "../support/reference.ts";
import { serviceFiles, startService } from "../support/service-process.ts";
import { temporaryFolder } from "../support/temporary.ts";

/** Begins a POST over the agent's connections; the caller ends it. */
function begin(url: string, { source, contentType }: Delivery, agent: Agent): ClientRequest {
  return request(`${url}/webhooks/${source}`, {
    method: "POST",
    headers: { "content-type": contentType },
    agent,
  });
}

async function answerTo(sending: ClientRequest): Promise<IncomingMessage> {
  const [answer] = (await once(sending, "response")) as [IncomingMessage];
  answer.resume();
  await once(answer, "end");
  return answer;
}

test("SIGTERM stops it while senders keep their connections busy; what was acknowledged is stored", async () => {
  const files = serviceFiles(temporaryFolder(), DELIVERIES_CONFIG);
  const service = await startService(files);
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const deliveries = deliveriesOf(1, 20_000).values();
  const acknowledged: Delivery[] = [];
  const sendUntilRefused = async () => {
    for (;;) {
      const delivery = deliveries.next().value!;
      const sending = begin(service.url, delivery, agent);
      sending.end(delivery.body);
      const answer = await answerTo(sending).catch(() => undefined);
      if (answer === undefined) return;
      expect(answer.statusCode).toBe(200);
      acknowledged.push(delivery);
      if (acknowledged.length === 100) service.kill("SIGTERM");
    }
  };
  await Promise.all(Array.from({ length: 8 }, sendUntilRefused));
  agent.destroy();
  expect(await service.exited).toEqual({ code: 0, signal: null });

  const { journeysByKey, digest, events } = await readDatabase(files.database);
  expect(acknowledged.filter(({ key }) => journeysByKey.get(key) !== 1)).toEqual([]);
  // Nothing was stored whose sender was told nothing: a stop, unlike a kill, is clean.
  expect(events.length).toBe(acknowledged.length);
  expect(digest).toBe(await digestOfDeliveries(DELIVERIES_CONFIG, acknowledged));
});

test("a request that was under way when SIGTERM came is answered, and its connection ended", async () => {
  const files = serviceFiles(temporaryFolder(), DELIVERIES_CONFIG);
  const service = await startService(files);
  const agent = new Agent({ keepAlive: true });
  const [delivery] = deliveriesOf(1, 1) as [Delivery];
  const sending = begin(service.url, delivery, agent);
  sending.write(delivery.body.slice(0, 10));
  const [socket] = (await once(sending, "socket")) as [Socket];
  await once(socket, "connect");
  // A later connection is answered, so this one has been accepted.
  await fetch(`${service.url}/healthz`);
  service.kill("SIGTERM");
  await service.logged(/stopping after SIGTERM/);
  sending.end(delivery.body.slice(10));
  const answer = await answerTo(sending);
  expect([answer.statusCode, answer.headers.connection]).toEqual([200, "close"]);
  expect(await service.exited).toEqual({ code: 0, signal: null });
  expect((await readDatabase(files.database)).journeysByKey.get(delivery.key)).toBe(1);
});

test("a question that takes longer than stopping may is given up, and whoever asked is told so", async () => {
  const files = serviceFiles(temporaryFolder(), DELIVERIES_CONFIG);
  const store = new SqliteStore(files.database);
  await crowd(store, 3000);
  await store.close();
  const service = await startService(files);
  const asking = request(`${service.url}/v1/funnel`, {
    method: "POST",
    headers: { "content-type": "application/json" },
  });
  asking.end(JSON.stringify({ steps: LONG_STEPS }));
  const [socket] = (await once(asking, "socket")) as [Socket];
  await once(socket, "connect");
  await fetch(`${service.url}/healthz`);
  service.kill("SIGTERM");
  const answer = await answerTo(asking);
  expect([answer.statusCode, answer.headers.connection]).toEqual([503, "close"]);
  expect(await service.exited).toEqual({ code: 0, signal: null });
}, 30_000);

test("SIGINT stops it within seconds although some never finish their request", async () => {
  const service = await startService(serviceFiles(temporaryFolder(), DELIVERIES_CONFIG));
  const { hostname, port } = new URL(service.url);
  const head = "POST /webhooks/chat HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
  const unfinished = ["", head, `${head}Content-Length: 100\r\n\r\n{`];
  const sockets = unfinished.map((text) => {
    const socket = connect(Number(port), hostname);
    socket.on("error", () => {}).write(text);
    return socket;
  });
  await Promise.all(sockets.map((socket) => once(socket, "connect")));
  await fetch(`${service.url}/healthz`);
  service.kill("SIGINT");
  expect(await service.exited).toEqual({ code: 0, signal: null });
  for (const socket of sockets) socket.destroy();
}, 30_000);
