/** What waits is bounded in number and in bytes, as it is in memory; whatever becomes of a delivery, it is not counted on. */
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import type { Receipt } from "../src/messages.ts";
import { MemoryStore } from "../src/store/memory.ts";
import { SEEDS } from "./support/ids.ts";
import { openTestService, type TestService } from "./support/service.ts";

const CONFIG = `
sources:
  lists: { events: list, replaceProfileId: user, eventId: id }
limits: { LIMITS }
`;

function open(limits: string): Promise<TestService> {
  return openTestService(CONFIG.replace("LIMITS", limits), new MemoryStore(SEEDS));
}

function send(
  { engine }: TestService,
  body: Uint8Array | string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Receipt> {
  return engine.receive({
    source: "lists",
    contentType: "application/json",
    headers: new Map(Object.entries(headers)),
    query: new URLSearchParams(),
    body: Buffer.from(body),
  });
}

function listOf(name: string, length: number, text = ""): string {
  const list = Array.from({ length }, (_, id) => ({ id: `${name}-${id}`, user: "ann", text }));
  return JSON.stringify({ list });
}

function kindOf(receipt: Receipt): string {
  return receipt.kind === "rejected" ? receipt.code : receipt.kind;
}

const compressed = { "content-encoding": "gzip" };

test("a compressed delivery is refused by its true size, before its events are read", async () => {
  const service = await open("pendingBytesMax: 500000");
  const bodies = Array.from({ length: 10 }, (_, number) =>
    gzipSync(listOf(`l${number}`, 200, "x".repeat(1000))),
  );
  const told: string[] = [];
  const all = bodies.map(async (body) => told.push(kindOf(await send(service, body, compressed))));
  for (let turn = 0; turn < 2; turn++) await new Promise(setImmediate);
  expect(told).toEqual(Array.from({ length: 8 }, () => "overloaded"));
  await Promise.all(all);
  expect(told.slice(8)).toEqual(["received", "received"]);
  // None of it is held any more.
  expect(kindOf(await send(service, bodies[9]!, compressed))).toBe("received");
  await service.close();
});

test("large deliveries count from when they are let in, and no more are than may wait", async () => {
  const service = await open("pendingDeliveriesMax: 2");
  const receipts = await Promise.all(
    ["a", "b", "c", "d"].map((name) => send(service, listOf(name, 120))),
  );
  expect(receipts.map(kindOf)).toEqual(["received", "received", "overloaded", "overloaded"]);
  expect(kindOf(await send(service, listOf("c", 120)))).toBe("received");
  await service.close();
});

test("what is refused, faulty or quarantined leaves the room it had", async () => {
  const service = await open("pendingBytesMax: 3000");
  const large = "x".repeat(2000);
  for (const body of [`{"list":[${large}`, JSON.stringify({ list: large }), large])
    expect(["unparseable", "received"]).toContain(kindOf(await send(service, body)));
  for (const name of ["a", "b", "c"])
    expect(kindOf(await send(service, listOf(name, 1, large)))).toBe("received");
  await service.close();
});

test("a service that closes while a delivery is read finishes it first", async () => {
  const service = await open("pageSizeMax: 100");
  const large = send(service, listOf("a", 201));
  const closed = service.close();
  const receipt = await large;
  expect(receipt.kind === "received" && receipt.events.length).toBe(201);
  await closed;
});
