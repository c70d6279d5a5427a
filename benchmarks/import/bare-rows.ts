/**
 * The limit: the very rows that Selfsame keeps of the lines, put into the very tables by hand, with the same durability.
 * Nothing is read, parsed, looked up or decided, no row is ever changed, and rows come in the order of their keys, so no
 * importer that keeps these tables can be faster.
 */
import Database from "better-sqlite3";
import { SqliteStore } from "../../src/store/sqlite/sqlite-store.ts";

/** As many as an import commits at once. */
const EVENTS_PER_TRANSACTION = 5000;

const TABLES = [
  "event_rows",
  "identifier_rows",
  "mentions",
  "link_rows",
  "trait_rows",
  "change_rows",
] as const;

/** The rows of the tables, in this order; each as a list of its columns. */
export type KeptRows = readonly (readonly unknown[][])[];

/** Everything that `databaseFile` holds of events and people. */
export function readRows(databaseFile: string): KeptRows {
  const database = new Database(databaseFile, { readonly: true });
  try {
    return TABLES.map(
      (table) => database.prepare(`SELECT * FROM ${table}`).raw().all() as unknown[][],
    );
  } finally {
    database.close();
  }
}

/** Of each table the same share goes with each transaction. */
export async function insertRows(tables: KeptRows, databaseFile: string): Promise<void> {
  // The service's own, so that tables, indexes and settings are the ones it uses.
  await new SqliteStore(databaseFile).close();
  const database = new Database(databaseFile);
  try {
    database.pragma("journal_mode = WAL");
    database.pragma("synchronous = FULL");
    database.pragma("cache_size = -65536");
    const inserts = TABLES.map((table, index) => {
      const columns = tables[index]![0]?.length ?? 1;
      const values = Array.from({ length: columns }, () => "?").join(", ");
      return database.prepare(`INSERT INTO ${table} VALUES (${values})`);
    });
    const transactions = Math.ceil(tables[0]!.length / EVENTS_PER_TRANSACTION);
    const insertShare = database.transaction((share: number) => {
      for (const [index, rows] of tables.entries()) {
        const start = Math.floor((rows.length * share) / transactions);
        const end = Math.floor((rows.length * (share + 1)) / transactions);
        for (let row = start; row < end; row++) inserts[index]!.run(rows[row]);
      }
    });
    for (let share = 0; share < transactions; share++) insertShare.immediate(share);
  } finally {
    database.close();
  }
}
