import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { InlineReader } from "../../src/reading/inline-reader.ts";
import type { Asked } from "../../src/reading/reader.ts";
import { ThreadReader } from "../../src/reading/thread-reader.ts";
import { openService } from "../../src/service.ts";
import { StoreError } from "../../src/store/store.ts";
import { settingsFrom } from "../support/service.ts";
import { temporaryFolder } from "../support/temporary.ts";

const CONFIG = `
sources:
  chat: { replaceProfileId: user, eventId: id, occurredAt: at, identifiers: { email: mail }, traits: { name: name } }
`;
const LIMITS = { pageBytesMax: 2 ** 20, identifierBytesMax: 512 };

async function open() {
  const file = join(temporaryFolder(), "a.db");
  const service = await openService({
    settings: { ...settingsFrom(CONFIG), database: file },
    workIn: "threads",
    onStoreError: (error) => {
      throw error;
    },
  });
  onTestFinished(() => service.close());
  const post = async (body: object) => {
    const receipt = await service.engine.receive({
      source: "chat",
      contentType: "application/json",
      headers: new Map(),
      query: new URLSearchParams(),
      body: Buffer.from(JSON.stringify(body)),
    });
    expect(receipt).toMatchObject({ events: [{ outcome: "accepted" }] });
  };
  return { service, file, post };
}

function readerOf(file: string, threadsMax: number): ThreadReader {
  const reader = new ThreadReader({ file, limits: LIMITS, threadsMax });
  onTestFinished(() => reader.close());
  return reader;
}

const profile = (reference: string): Asked => ({ kind: "profile", reference });

function page(reference: string, limit: number, order: "asc" | "desc" = "asc"): Asked {
  return { kind: "journey", reference, query: { order, limit } };
}

describe("threads that read", () => {
  test("answer what would be answered here, byte for byte", async () => {
    const { service, post } = await open();
    for (let number = 0; number < 30; number++)
      await post({
        id: `e${number}`,
        at: `2026-01-${String((number % 9) + 1).padStart(2, "0")}T00:00:00Z`,
        user: `u${number % 3}`,
        ...(number % 2 === 0 ? { mail: "ünïcode@example.com" } : {}),
        name: `\u2028 ${number}`,
        number: 12345678901234,
      });
    const here = new InlineReader(service.queries);
    const asked = [
      ...["chat:u0", "chat:u1", "email:ünïcode@example.com"].map(profile),
      ...["chat:nobody", "no reference", ""].map(profile),
      ...[1, 7, 100].flatMap((limit) => [page("chat:u1", limit), page("chat:u1", limit, "desc")]),
      page("chat:nobody", 5),
    ];
    const told = await Promise.all(asked.map((each) => service.reader.read(each)));
    expect(told).toEqual(await Promise.all(asked.map((each) => here.read(each))));
    expect(told.filter((text) => text === undefined)).toHaveLength(4);
    expect(JSON.parse(told.at(-2)!)).toMatchObject({ next: null });
  });

  test("see what was acknowledged before they were asked", async () => {
    const { service, post } = await open();
    for (let number = 1; number <= 25; number++) {
      await post({ id: `e${number}`, user: "ann" });
      const text = await service.reader.read(profile("chat:ann"));
      expect(JSON.parse(text!)).toMatchObject({ eventCount: number });
    }
  });

  test("answer everybody who asks at once, each what was asked", async () => {
    const { file, post } = await open();
    const users = Array.from({ length: 20 }, (_, number) => `u${number}`);
    for (const user of users) await post({ id: user, user });
    const reader = readerOf(file, 3);
    const asked = Array.from({ length: 200 }, (_, number) => users[number % users.length]!);
    const reading = asked.map((user) => reader.read(profile(`chat:${user}`)));
    expect(reader.threads).toBe(3);
    const told = await Promise.all(reading);
    const values = told.map((text) => {
      const { identifiers } = JSON.parse(text!) as { identifiers: { value: string }[] };
      return identifiers.map(({ value }) => value).join(" ");
    });
    expect(values).toEqual(asked);
  });

  test("are as few as have enough to do", async () => {
    const { file } = await open();
    const reader = readerOf(file, 3);
    const ask = () => reader.read(profile("chat:ann"));
    const first = Array.from({ length: 8 }, ask);
    expect(reader.threads).toBe(1);
    const ninth = ask();
    expect(reader.threads).toBe(2);
    await Promise.all([...first, ninth]);
    await Promise.all(Array.from({ length: 8 }, ask));
    expect(reader.threads).toBe(2);
  });

  test("refuse those who would wait too long, and nobody once they are through", async () => {
    const { file } = await open();
    const reader = readerOf(file, 1);
    const ask = () => reader.read(profile("chat:ann"));
    const waiting = Array.from({ length: 1000 }, ask);
    await expect(ask()).rejects.toThrow("too many are waiting to read");
    await Promise.all(waiting);
    expect(await ask()).toBeUndefined();
  });

  test("know nobody who was erased", async () => {
    const { service, post } = await open();
    await post({ id: "1", user: "ann" });
    expect(await service.reader.read(profile("chat:ann"))).toContain("chat:ann");
    await service.erasures.erase({
      person: "chat:ann",
      dryRun: false,
      suppress: false,
      by: undefined,
    });
    expect(await service.reader.read(profile("chat:ann"))).toBeUndefined();
    expect(await service.reader.read(page("chat:ann", 5))).toBeUndefined();
  });

  test("tell why the database cannot be read, and try again with the next question", async () => {
    const file = join(temporaryFolder(), "a.db");
    const reader = readerOf(file, 1);
    const failed = reader.read(profile("chat:ann"));
    await expect(failed).rejects.toThrow("there is no database");
    await expect(failed).rejects.toBeInstanceOf(StoreError);
    const settings = { ...settingsFrom(CONFIG), database: file };
    const service = await openService({ settings, onStoreError: () => {} });
    onTestFinished(() => service.close());
    expect(await reader.read(profile("chat:ann"))).toBeUndefined();
  });

  test("answer nobody once they are closed, and leave nobody without an answer", async () => {
    const { file } = await open();
    const reader = readerOf(file, 1);
    expect(await reader.read(profile("chat:ann"))).toBeUndefined();
    const late = reader.read(profile("chat:ann")).catch((error: unknown) => error);
    await reader.close();
    const outcome = await late;
    expect(outcome === undefined || outcome instanceof StoreError).toBe(true);
    await expect(reader.read(profile("chat:ann"))).rejects.toThrow("the service is closed");
  });
});
