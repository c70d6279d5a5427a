import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { digestOf } from "../src/queries/digest.ts";
import { createApp } from "../src/http/app.ts";
import { startServer } from "../src/http/server.ts";
import { SqliteStore } from "../src/store/sqlite/sqlite-store.ts";
import { eventName, type Cast, type SimulatedDelivery } from "./support/simulator/cast.ts";
import {
  freshStore,
  temporaryDirectory,
  type DatabaseKind,
} from "./support/simulator/databases.ts";
import { openServiceFor, play, recordedRequest, settingsOf } from "./support/simulator/play.ts";
import { Random } from "./support/simulator/random.ts";
import { simulate } from "./support/simulator/simulate.ts";

const SEED = 4711;
const cast = simulate({ seed: SEED, people: 300, deliveries: 10_000, sharedMailbox: true });
const smallCast = simulate({ seed: SEED, people: 60, deliveries: 1000, sharedMailbox: true });

const shuffled = (deliveries: readonly SimulatedDelivery[]) =>
  new Random(SEED + 1).shuffle(deliveries);
const doubled = (deliveries: readonly SimulatedDelivery[]) => [...deliveries, ...deliveries];

async function played(
  cast: Cast,
  deliveries: readonly SimulatedDelivery[],
  kind: DatabaseKind,
  batchEventsMax: number,
) {
  const service = await openServiceFor(cast, freshStore(kind), batchEventsMax);
  const counts = await play(service, deliveries);
  const digest = await service.queries.digest();
  await service.close();
  return { digest, counts };
}

const reference = (await played(cast, cast.deliveries, "memory", 500)).digest;

/** Runs the command itself, once for every source, and leaves its people in a SQLite file. */
async function imported(): Promise<string> {
  const directory = temporaryDirectory();
  const place = (name: string) => join(directory, name);
  writeFileSync(place("selfsame.yaml"), cast.config);
  const main = join(import.meta.dirname, "../src/cli/main.ts");
  for (const source of settingsOf(cast).sources.keys()) {
    const own = cast.deliveries.filter((delivery) => delivery.source === source);
    writeFileSync(place(source), own.map((delivery) => `${recordedRequest(delivery)}\n`).join(""));
    const choices = ["--requests", "--source", source, "--config", place("selfsame.yaml")];
    const command = ["import", place(source), ...choices, "--database", place("people.db")];
    await promisify(execFile)(process.execPath, ["--import", "tsx", main, ...command]);
  }
  return place("people.db");
}

const SENDERS = 32;

/** Posts over HTTP, many senders at once; each goes on with the next delivery as soon as its last was answered. */
async function post(url: string, deliveries: readonly SimulatedDelivery[]): Promise<Set<number>> {
  const statuses = new Set<number>();
  const waiting = deliveries.values();
  const send = async () => {
    for (const { source, contentType, headers, body } of waiting) {
      const answer = await fetch(`${url}/webhooks/${source}`, {
        method: "POST",
        headers: { ...headers, "content-type": contentType },
        body,
      });
      await answer.arrayBuffer();
      statuses.add(answer.status);
    }
  };
  await Promise.all(Array.from({ length: SENDERS }, send));
  return statuses;
}

// Ten thousand requests and five processes take ten seconds each on an idle laptop, several times that on a busy one.
const TIMEOUT = 180_000;

describe(
  `I1: 10,000 simulated deliveries give the same digest (seed ${SEED})`,
  { timeout: TIMEOUT },
  () => {
    test("which is the digest of many people", () => {
      expect(reference.profiles).toBeGreaterThan(250);
      expect(reference.events).toBeGreaterThan(8000);
    });

    test("shuffled, in batches of 1, in memory", async () => {
      const { digest } = await played(cast, shuffled(cast.deliveries), "memory", 1);
      expect(digest).toEqual(reference);
    });

    test("imported by the command, one source after the other, into SQLite", async () => {
      const store = new SqliteStore(await imported(), { readonly: true });
      expect(await digestOf(store.people())).toEqual(reference);
      await store.close();
    });

    test("posted by many senders at once over HTTP, into SQLite", async () => {
      const service = await openServiceFor(cast, freshStore("SQLite"));
      const onError = (error: unknown) => {
        throw error;
      };
      const app = createApp({ service, settings: settingsOf(cast), onError });
      const server = await startServer(app, {
        host: "127.0.0.1",
        port: 0,
        limits: settingsOf(cast).limits,
      });
      expect(await post(server.url, cast.deliveries)).toEqual(new Set([200]));
      expect(await service.queries.digest()).toEqual(reference);
      await server.stop();
      await service.close();
    });
  },
);

describe(`I1 and I4: deliveries that all come twice give the same digest and are told apart (seed ${SEED})`, () => {
  test.each([
    ["memory", 1],
    ["SQLite", 500],
  ] as const)("10,000 of them, shuffled, in %s, in batches of %i", async (kind, batchEventsMax) => {
    const deliveries = shuffled(doubled(cast.deliveries));
    const { digest, counts } = await played(cast, deliveries, kind, batchEventsMax);
    expect(digest).toEqual(reference);
    const distinct = new Set(cast.deliveries.map(eventName)).size;
    expect(counts["duplicate"]).toBe(2 * cast.deliveries.length - distinct);
    expect(counts["accepted"]).toBe(reference.events);
  });

  test("1,000 of them, a write to disk for each", async () => {
    const { digest } = await played(smallCast, smallCast.deliveries, "memory", 500);
    const deliveries = shuffled(doubled(smallCast.deliveries));
    expect((await played(smallCast, deliveries, "SQLite", 1)).digest).toEqual(digest);
  });
});

// The canary: the digest does see what differs.
test(`the digest differs where one event is missing (seed ${SEED})`, async () => {
  const { digest } = await played(smallCast, smallCast.deliveries, "memory", 500);
  const one = smallCast.deliveries.find(({ person }) => person !== null);
  const others = smallCast.deliveries.filter((delivery) => delivery !== one);
  expect((await played(smallCast, others, "memory", 500)).digest).not.toEqual(digest);
});
