/** What a service that is about to start has to know of the keys in its database. */
import { existsSync } from "node:fs";
import type { Settings } from "../config/config.ts";
import { holds } from "../keys.ts";
import { OtherVersion } from "../store/sqlite/database.ts";
import { SqliteStore } from "../store/sqlite/sqlite-store.ts";

/**
 * Whether there is a key by which anybody could query. Changes nothing, for the service may be refused: a database of a former
 * version, which is not brought up to date here, counts as one without keys. Rejects with a StoreError.
 */
export async function hasLiveKey({ apiKeys, database }: Settings): Promise<boolean> {
  if (apiKeys.length > 0) return true;
  if (!existsSync(database)) return false;
  const store = openAsItIs(database);
  if (store === undefined) return false;
  try {
    const now = Date.now();
    return (await store.keys()).some((key) => holds(key, now));
  } finally {
    await store.close();
  }
}

function openAsItIs(database: string): SqliteStore | undefined {
  try {
    return new SqliteStore(database, { readonly: true });
  } catch (error) {
    if (error instanceof OtherVersion) return undefined;
    throw error;
  }
}
