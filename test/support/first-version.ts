/** A database as the first version wrote it, by the migrations as they were then. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import Database from "better-sqlite3";
import { drizzle } from "drizzle-orm/better-sqlite3";
import { migrate } from "drizzle-orm/better-sqlite3/migrator";
import { ann, bo, card, mail } from "./commits.ts";

const migrations = fileURLToPath(new URL("../../schema/migrations", import.meta.url));

/** A new database of the first version: the migrations as they were when there was one. */
export function firstVersion(folder: string): {
  readonly file: string;
  readonly client: Database.Database;
} {
  const migrationsFolder = join(folder, "migrations");
  mkdirSync(join(migrationsFolder, "meta"), { recursive: true });
  cpSync(join(migrations, "0000_start.sql"), join(migrationsFolder, "0000_start.sql"));
  const journal = JSON.parse(readFileSync(join(migrations, "meta/_journal.json"), "utf8")) as {
    entries: unknown[];
  };
  writeFileSync(
    join(migrationsFolder, "meta/_journal.json"),
    JSON.stringify({ ...journal, entries: journal.entries.slice(0, 1) }),
  );
  const file = join(folder, "selfsame.db");
  const client = new Database(file);
  migrate(drizzle(client), { migrationsFolder });
  client.exec("INSERT INTO meta VALUES ('seed0', '1'), ('seed1', '2')");
  return { file, client };
}

/** Ann and her address are one person, Bo another, and a card that is Bo's; the label is one of the members' ordinals. */
export function fill(client: Database.Database): void {
  const identifier = client.prepare(
    "INSERT INTO identifiers VALUES (?, ?, ?, ?, ?, ?, '[\"crm\"]', 1)",
  );
  for (const [index, { id, identifier: own }] of [ann, mail, bo, card].entries())
    identifier.run(index + 1, id, own.namespace, own.value, [2, 2, 4, 4][index], index % 2 ? 0 : 1);
  const event = client.prepare(
    "INSERT INTO events VALUES (?, ?, 'crm', ?, 'm', ?, ?, 9000, ?, 'dl', '{}')",
  );
  const mention = client.prepare("INSERT INTO mentions VALUES (?, ?, ?, ?)");
  const events = [
    { home: 1, other: 2, at: 500, timeGiven: 0 },
    { home: 2, other: 1, at: 700, timeGiven: 1 },
    { home: 1, other: 2, at: 800, timeGiven: 1 },
    { home: 3, other: 4, at: 600, timeGiven: 1 },
    { home: 1, other: 3, at: 400, timeGiven: 0 },
  ];
  for (const [index, { home, other, at, timeGiven }] of events.entries()) {
    event.run(index + 1, `ev_${index}`, `e${index}`, at, timeGiven, home);
    mention.run(other, home, at, index + 1);
  }
  client.exec(
    "INSERT INTO links VALUES (1, 2, 'verified', 500), (3, 4, 'claimed', 600), (1, 3, 'claimed', 400)",
  );
  client
    .prepare(`INSERT INTO changes VALUES (1, 'merge', 5, ?, ?, '{"event":"ev_0"}')`)
    .run(ann.id, JSON.stringify([mail.id]));
}
