/** A full disk: senders are asked to come again, and nothing that was acknowledged is lost (I2). */
import { spawnSync } from "node:child_process";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { DELIVERIES_CONFIG, deliveriesOf, type Delivery } from "../support/deliveries.ts";
import { digestOfDeliveries, readDatabase } from "../support/reference.ts";
import { receiptOf, request, sendAll, type Outcome } from "../support/sender.ts";
import { serviceFiles, startService, type ServiceProcess } from "../support/service-process.ts";
import { temporaryFolder } from "../support/temporary.ts";

const MEBIBYTE = 2 ** 20;
const PADDING_BYTES = 8 * 1024;
const AT_ONCE = 8;

/** The same deliveries, each several pages long; neither the spaces nor the field mean anything. */
function large(delivery: Delivery): Delivery {
  const padded =
    delivery.contentType === "application/json"
      ? `${delivery.body}${" ".repeat(PADDING_BYTES)}`
      : `${delivery.body}&padding=${"x".repeat(PADDING_BYTES)}`;
  return { ...delivery, body: padded };
}

const deliveries = deliveriesOf(26, 2000).map(large);

interface Filling {
  readonly acknowledged: Delivery[];
  readonly refused: readonly Delivery[];
}

/** Posts until the service answers 503, and then some more. */
async function fill(service: ServiceProcess): Promise<Filling> {
  const acknowledged: Delivery[] = [];
  const refused: Delivery[] = [];
  const note = (delivery: Delivery, outcome: Outcome): boolean => {
    if (outcome === "broken") throw new Error(`the service is gone:\n${service.stderr}`);
    if (outcome.status === 200) {
      acknowledged.push(delivery);
      return true;
    }
    if (outcome.status !== 503 || outcome.headers.get("retry-after") !== "5")
      throw new Error(`${outcome.status} ${outcome.text}`);
    refused.push(delivery);
    return refused.length < 5 * AT_ONCE;
  };
  await sendAll(service.url, deliveries, { atOnce: AT_ONCE, onOutcome: note });
  expect(refused.length).toBeGreaterThanOrEqual(5 * AT_ONCE);
  expect(acknowledged.length).toBeGreaterThan(AT_ONCE);
  return { acknowledged, refused };
}

async function expectStored(database: string, stored: readonly Delivery[]): Promise<void> {
  const { digest, integrity, events } = await readDatabase(database);
  expect([integrity, events.length]).toEqual(["ok", stored.length]);
  expect(digest).toBe(await digestOfDeliveries(DELIVERIES_CONFIG, stored));
}

async function expectAccepted(service: ServiceProcess, again: readonly Delivery[]): Promise<void> {
  const outcomes = await sendAll(service.url, again, { atOnce: AT_ONCE });
  for (const outcome of outcomes.values()) {
    if (outcome === "broken") throw new Error(service.stderr);
    expect(receiptOf(outcome).events[0]!.outcome).toBe("accepted");
  }
}

test("at limits.databaseBytesMax it answers 503, and goes on by itself when there is room", async () => {
  const config = `${DELIVERIES_CONFIG}\nlimits: { databaseBytesMax: ${3 * MEBIBYTE} }\n`;
  const files = serviceFiles(temporaryFolder(), config);
  const service = await startService(files);
  const ballast = new Database(files.database);
  ballast.exec(`CREATE TABLE ballast (bytes); INSERT INTO ballast VALUES (zeroblob(${MEBIBYTE}))`);

  const { acknowledged, refused } = await fill(service);
  expect(service.stderr).toContain("the database has no room left");
  expect((await request(`${service.url}/v1/stats`)).status).toBe(200);
  await expectStored(files.database, acknowledged);

  ballast.exec("DROP TABLE ballast");
  ballast.close();
  await expectAccepted(service, refused);
  await expectStored(files.database, [...acknowledged, ...refused]);
});

// The shell counts in blocks of 512 or of 1024 bytes, whichever it is.
const SMALL_FILES = "ulimit -S -f 4096";

test("when its files may grow no further it answers 503, and a start with more room finds all", async () => {
  const files = serviceFiles(temporaryFolder(), DELIVERIES_CONFIG);
  const service = await startService(files, { shellBefore: SMALL_FILES });
  const { acknowledged, refused } = await fill(service);
  expect((await request(`${service.url}/v1/stats`)).status).toBe(200);
  service.kill("SIGKILL");
  await service.exited;

  const roomier = await startService(files);
  await expectStored(files.database, acknowledged);
  await expectAccepted(roomier, refused);
  await expectStored(files.database, [...acknowledged, ...refused]);
});

// Raising the limit of a process that runs is a tool of Linux alone.
const canRaiseLimits = spawnSync("prlimit", ["--version"]).status === 0;

test.skipIf(!canRaiseLimits)(
  "when its files may grow again it goes on by itself, without a start",
  async () => {
    const files = serviceFiles(temporaryFolder(), DELIVERIES_CONFIG);
    const service = await startService(files, { shellBefore: SMALL_FILES });
    const { acknowledged, refused } = await fill(service);
    await expectStored(files.database, acknowledged);

    const raised = spawnSync("prlimit", ["--pid", String(service.pid), "--fsize=unlimited:"]);
    expect(raised.status).toBe(0);
    await expectAccepted(service, refused);
    await expectStored(files.database, [...acknowledged, ...refused]);
  },
);
