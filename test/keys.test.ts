/** Keys: who is let in, by what, how often, and what makes no difference to it. */
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { compileRate } from "../src/config/rate.ts";
import { hashOfKey, Keys, newKey, type KeysOptions } from "../src/keys.ts";
import { MemoryStore } from "../src/store/memory.ts";
import { SEEDS } from "./support/ids.ts";

const READER = { name: "reader", key: "r3ad", scopes: ["read"], rate: undefined } as const;
const CHIEF = { name: "chief", key: "adm1n", scopes: ["admin"], rate: undefined } as const;

function keysOf(settings: Partial<KeysOptions["settings"]> = {}, clock = () => 1000) {
  const store = new MemoryStore(SEEDS);
  return {
    store,
    keys: new Keys({ settings: { apiKeys: [], apiRate: undefined, ...settings }, store, clock }),
    add: (name: string, expiresAt?: number) =>
      store.addKey({ name, hash: hashOfKey(name), scopes: ["read"], createdAt: 0, expiresAt }),
  };
}

test("a key is recognisable, has 256 random bits, and is kept as its SHA-256", () => {
  const made = Array.from({ length: 100 }, newKey);
  expect(new Set(made).size).toBe(100);
  for (const key of made) {
    expect(key).toMatch(/^ssk_[\w-]{43}$/);
    expect(Buffer.from(key.slice(4), "base64url")).toHaveLength(32);
  }
  expect(hashOfKey("ssk_a")).toBe(createHash("sha256").update("ssk_a").digest("hex"));
});

describe("who is let in", () => {
  test("where there never was a key, whoever asks, with one or without", async () => {
    const { keys } = keysOf();
    expect(await keys.admit(undefined, "admin")).toEqual({ kind: "keyless" });
    expect(await keys.admit("any", "admin")).toEqual({ kind: "keyless" });
  });

  test("a key of the configuration and one of the database, each by its scopes", async () => {
    const { keys, add } = keysOf({ apiKeys: [READER, CHIEF] });
    await add("made");
    for (const [key, name] of [
      ["r3ad", "reader"],
      ["made", "made"],
    ] as const) {
      expect(await keys.admit(key, "read")).toEqual({ kind: "admitted", name });
      expect(await keys.admit(key, "write")).toEqual({ kind: "unscoped" });
    }
    expect(await keys.admit("adm1n", "write")).toEqual({ kind: "admitted", name: "chief" });
    expect(await keys.admit(undefined, "read")).toEqual({ kind: "missing" });
    expect(await keys.admit("r3a", "read")).toEqual({ kind: "unknown" });
    // What is kept is no key.
    expect(await keys.admit(hashOfKey("made"), "read")).toEqual({ kind: "unknown" });
  });

  test("nobody any more where all keys were revoked or have expired", async () => {
    let now = 1000;
    const { keys, store, add } = keysOf({}, () => now);
    await add("made");
    await add("short", 2000);
    now = 1999;
    expect(await keys.admit("short", "read")).toEqual({ kind: "admitted", name: "short" });
    now = 2000;
    expect(await keys.admit("short", "read")).toEqual({ kind: "expired", at: 2000 });
    await store.revokeKey("made", now);
    expect(await keys.admit("made", "read")).toEqual({ kind: "revoked" });
    expect(await keys.admit(undefined, "read")).toEqual({ kind: "missing" });
    expect(await keys.admit("any", "read")).toEqual({ kind: "unknown" });
  });

  test("a key that stands twice in the configuration by the scopes of both", async () => {
    const second = { ...READER, name: "also", scopes: ["write"] } as const;
    const { keys } = keysOf({ apiKeys: [READER, second] });
    expect(await keys.admit("r3ad", "read")).toEqual({ kind: "admitted", name: "reader" });
    expect(await keys.admit("r3ad", "write")).toEqual({ kind: "admitted", name: "also" });
  });
});

describe("how often", () => {
  test("each key alone by its own rate, and who asks for what it may not is counted too", async () => {
    let now = 1000;
    const limited = { ...READER, rate: compileRate({ perSecond: 0.5, burst: 2 }) };
    const { keys } = keysOf({ apiKeys: [limited, CHIEF] }, () => now);
    const admit = async (key: string, scope: "read" | "write" = "read") =>
      (await keys.admit(key, scope)).kind;
    expect([await admit("r3ad"), await admit("r3ad", "write")]).toEqual(["admitted", "unscoped"]);
    expect(await keys.admit("r3ad", "read")).toEqual({ kind: "limited", retryAfterSeconds: 2 });
    expect(await admit("adm1n")).toBe("admitted");
    now += 2000;
    expect([await admit("r3ad"), await admit("r3ad")]).toEqual(["admitted", "limited"]);
  });

  test("every key of the database by the one rate of all, each counted alone", async () => {
    const { keys, add } = keysOf({ apiRate: compileRate({ perSecond: 1, burst: 1 }) });
    await add("one");
    await add("other");
    const kinds = [];
    for (const key of ["one", "other", "one"]) kinds.push((await keys.admit(key, "read")).kind);
    expect(kinds).toEqual(["admitted", "admitted", "limited"]);
  });

  test("without a burst of its own it is ten seconds' worth, and one at least", () => {
    expect(compileRate({ perSecond: 3 })).toEqual({ perSecond: 3, burst: 30 });
    expect(compileRate({ perSecond: 0.01 })).toEqual({ perSecond: 0.01, burst: 1 });
  });
});
