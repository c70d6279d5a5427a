import { writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { openDatabase } from "../../../src/store/sqlite/database.ts";
import { StoreError } from "../../../src/store/store.ts";
import { temporaryFolder } from "../../support/temporary.ts";

function faultOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof StoreError) return `${error.fault}: ${error.message}`;
    throw error;
  }
  return "none";
}

test("I2: WAL with synchronous FULL", () => {
  const { client } = openDatabase(join(temporaryFolder(), "a.db"));
  expect(client.pragma("journal_mode", { simple: true })).toBe("wal");
  // 2 is FULL.
  expect(client.pragma("synchronous", { simple: true })).toBe(2);
  client.close();
});

test("what cannot be opened is told with its name and the reason", () => {
  const folder = temporaryFolder();
  const garbage = join(folder, "garbage.db");
  writeFileSync(
    garbage,
    "this is a text and not a database, and long enough to be looked at by SQLite",
  );
  expect(faultOf(() => openDatabase(garbage))).toBe(
    `unavailable: ${garbage}: the file is no SQLite database`,
  );
  const nowhere = join(folder, "no", "folder.db");
  expect(faultOf(() => openDatabase(nowhere))).toMatch(
    /^unavailable: there is no folder .* for the database$/,
  );
  const missing = join(folder, "missing.db");
  expect(faultOf(() => openDatabase(missing, { readonly: true }))).toBe(
    `unavailable: there is no database at ${missing}`,
  );
  const foreign = join(folder, "foreign.db");
  new Database(foreign).exec("CREATE TABLE a (b)").close();
  expect(faultOf(() => openDatabase(foreign, { readonly: true }))).toMatch(
    /no database of this version of Selfsame/,
  );
});

test("a database of a newer version is refused and left alone", () => {
  const file = join(temporaryFolder(), "a.db");
  openDatabase(file).client.close();
  const client = new Database(file);
  client
    .prepare("INSERT INTO __drizzle_migrations (hash, created_at) VALUES ('newer', ?)")
    .run(Date.now() + 1e12);
  client.close();
  expect(faultOf(() => openDatabase(file))).toMatch(/written by a newer version/);
});

test("opening again keeps the seeds, so that ids stay what they were", () => {
  const file = join(temporaryFolder(), "a.db");
  const seeds = () => {
    const { client } = openDatabase(file);
    const rows = client.prepare("SELECT key, value FROM meta ORDER BY key").all();
    client.close();
    return rows;
  };
  const first = seeds();
  expect(first).toHaveLength(2);
  expect(seeds()).toEqual(first);
});
