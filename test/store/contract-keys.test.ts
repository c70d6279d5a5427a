/** What every store owes its caller of keys to the query API. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { NewKey } from "../../src/store/keys.ts";
import { storeKinds, type TestStore } from "../support/stores.ts";

const READER: NewKey = {
  name: "reader",
  hash: "aa",
  scopes: ["read"],
  createdAt: 1,
  expiresAt: undefined,
};
const CHIEF: NewKey = {
  name: "chief",
  hash: "bb",
  scopes: ["write", "admin"],
  createdAt: 2,
  expiresAt: 9,
};

describe.each(storeKinds)("$name", (kind) => {
  let opened: TestStore;
  beforeEach(() => {
    opened = kind.open();
  });
  afterEach(() => opened.dispose());

  test("keys are told as they were added, in the order in which they were", async () => {
    const { store } = opened;
    expect([await store.hasKeys(), await store.keys()]).toEqual([false, []]);
    expect([await store.addKey(READER), await store.addKey(CHIEF)]).toEqual(["added", "added"]);
    expect(await store.hasKeys()).toBe(true);
    const held = { revokedAt: undefined };
    expect(await store.keys()).toEqual([
      { ...READER, ...held },
      { ...CHIEF, ...held },
    ]);
    expect(await store.keyByHash("bb")).toEqual({ ...CHIEF, ...held });
    expect(await store.keyByHash("chief")).toBeUndefined();
  });

  test("a name is given once, also where its key was revoked", async () => {
    const { store } = opened;
    await store.addKey(READER);
    const second = { ...READER, hash: "cc" };
    expect(await store.addKey(second)).toBe("taken");
    await store.revokeKey("reader", 5);
    expect(await store.addKey(second)).toBe("taken");
    expect(await store.keys()).toEqual([{ ...READER, revokedAt: 5 }]);
    expect(await store.keyByHash("cc")).toBeUndefined();
  });

  test("a key is revoked once, and stays known by its hash", async () => {
    const { store } = opened;
    await store.addKey(READER);
    await store.addKey(CHIEF);
    expect(await store.revokeKey("nobody", 4)).toBe(false);
    expect(await store.revokeKey("reader", 5)).toBe(true);
    expect(await store.revokeKey("reader", 6)).toBe(false);
    expect((await store.keyByHash("aa"))?.revokedAt).toBe(5);
    expect((await store.keyByHash("bb"))?.revokedAt).toBeUndefined();
    expect(await store.hasKeys()).toBe(true);
  });

  test("what another store object over the same data adds or revokes holds at once", async (context) => {
    const { store, reopen } = opened;
    if (reopen === undefined) context.skip("a memory store belongs to one process");
    const other = reopen!();
    try {
      await other.addKey(READER);
      expect(await store.keyByHash("aa")).toBeDefined();
      await other.revokeKey("reader", 5);
      expect((await store.keyByHash("aa"))?.revokedAt).toBe(5);
    } finally {
      await other.close();
    }
  });
});
