/** Reads and writes the keys to the query API. */
import { asc, eq, sql } from "drizzle-orm";
import * as tables from "../../../schema/tables.ts";
import type { Milliseconds } from "../../identity/types.ts";
import type { KeyRecord, NewKey } from "../keys.ts";
import { timeOf } from "./columns.ts";
import type { SqliteDatabase } from "./database.ts";

export function prepareKeys({ client, orm }: SqliteDatabase) {
  const { apiKeys } = tables;
  const all = orm.select().from(apiKeys).orderBy(asc(apiKeys.number)).prepare();
  const byHash = orm
    .select()
    .from(apiKeys)
    .where(eq(apiKeys.hash, sql.placeholder("hash")))
    .prepare();
  const exists = client.prepare<[], 0 | 1>("SELECT EXISTS (SELECT 1 FROM api_keys)").pluck();
  const add = client.prepare(
    `INSERT INTO api_keys (name, hash, scopes, created_at, expires_at)
     VALUES (:name, :hash, :scopes, :createdAt, :expiresAt) ON CONFLICT (name) DO NOTHING`,
  );
  const revoke = client.prepare<[at: Milliseconds, name: string]>(
    "UPDATE api_keys SET revoked_at = ? WHERE name = ? AND revoked_at IS NULL",
  );
  return {
    add: (key: NewKey): boolean =>
      add.run({
        ...key,
        scopes: JSON.stringify(key.scopes),
        expiresAt: key.expiresAt ?? null,
      }).changes === 1,
    all: (): readonly KeyRecord[] => all.all().map(recordOf),
    byHash: (hash: string): KeyRecord | undefined => {
      const row = byHash.get({ hash });
      return row === undefined ? undefined : recordOf(row);
    },
    exist: (): boolean => exists.get() === 1,
    revoke: (name: string, at: Milliseconds): boolean => revoke.run(at, name).changes === 1,
  };
}

function recordOf(row: typeof tables.apiKeys.$inferSelect): KeyRecord {
  const { name, hash, scopes, createdAt, expiresAt, revokedAt } = row;
  return {
    name,
    hash,
    scopes,
    createdAt,
    expiresAt: timeOf(expiresAt),
    revokedAt: timeOf(revokedAt),
  };
}
