/**
 * The floor: the same lines into one table by hand, with the same durability. It knows every event once and finds the
 * events of one id; it merges nobody, keeps no traits and answers nothing.
 */
import { createReadStream } from "node:fs";
import Database from "better-sqlite3";
import { linesOf } from "../../src/cli/lines.ts";

const LINES_PER_TRANSACTION = 1000;
const LINE_BYTES_MAX = 2 ** 20;

interface Parsed {
  readonly id: string;
  readonly visitor?: string;
  readonly user?: { readonly id: string };
}

export async function insertLines(file: string, databaseFile: string): Promise<void> {
  const database = new Database(databaseFile);
  try {
    database.pragma("journal_mode = WAL");
    database.pragma("synchronous = FULL");
    database.exec(
      `CREATE TABLE events (
         number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, person TEXT NOT NULL, payload TEXT NOT NULL
       ) STRICT;
       CREATE INDEX events_by_person ON events (person);`,
    );
    const insert = database.prepare(
      "INSERT INTO events (id, person, payload) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
    );
    const insertAll = database.transaction((lines: readonly string[]) => {
      for (const line of lines) {
        const { id, user, visitor } = JSON.parse(line) as Parsed;
        insert.run(id, user?.id ?? visitor, line);
      }
    });
    let batch: string[] = [];
    for await (const { bytes } of linesOf(createReadStream(file), LINE_BYTES_MAX)) {
      batch.push(bytes!.toString());
      if (batch.length < LINES_PER_TRANSACTION) continue;
      insertAll.immediate(batch);
      batch = [];
    }
    insertAll.immediate(batch);
  } finally {
    database.close();
  }
}
