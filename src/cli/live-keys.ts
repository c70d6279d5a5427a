/** What a service that is about to start has to know of the keys in its database. */
import { existsSync } from "node:fs";
import type { Settings } from "../config/config.ts";
import { holds } from "../keys.ts";
import { SqliteStore } from "../store/sqlite/sqlite-store.ts";

/** Whether there is a key by which anybody could query; makes no database where there is none. Rejects with a StoreError. */
export async function hasLiveKey({ apiKeys, database }: Settings): Promise<boolean> {
  if (apiKeys.length > 0) return true;
  if (!existsSync(database)) return false;
  const store = new SqliteStore(database, { mustExist: true });
  try {
    const now = Date.now();
    return (await store.keys()).some((key) => holds(key, now));
  } finally {
    await store.close();
  }
}
