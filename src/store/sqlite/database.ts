/**
 * The SQLite file: how it is opened, what is set on it, and what its failures mean. WAL with synchronous FULL, so that
 * a commit that was answered is on disk (invariant I2) while readers go on.
 */
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import Database from "better-sqlite3";
import { sql } from "drizzle-orm";
import { drizzle, type BetterSQLite3Database } from "drizzle-orm/better-sqlite3";
import { migrate } from "drizzle-orm/better-sqlite3/migrator";
import { readMigrationFiles } from "drizzle-orm/migrator";
import * as tables from "../../../schema/tables.ts";
import type { Seeds } from "../../identity/ids.ts";
import { StoreError } from "../store.ts";

export type Orm = BetterSQLite3Database<typeof tables>;

export interface SqliteDatabase {
  readonly client: Database.Database;
  readonly orm: Orm;
}

export interface OpenOptions {
  /** Opens the file for reading only; it must exist. */
  readonly readonly?: boolean;
  /** Opens the file for writing only where there is one. */
  readonly mustExist?: boolean;
  /**
   * Opens the file for writing only where it is of this version: bringing it up to date would take the tables away from
   * under a running service of another.
   */
  readonly asItIs?: boolean;
  /** The file grows no further than this. Default: as far as the disk goes. */
  readonly bytesMax?: number | undefined;
}

// The wait for another writer blocks this process, so it is short; the sender is asked to come again instead.
const BUSY_MILLISECONDS = 250;
const CACHE_KIBIBYTES = 64 * 1024;
const LOG_BYTES_KEPT_MAX = 64 * 2 ** 20;
/**
 * When a commit copies the log into the file: at 16 MB. At SQLite's own 1,000 pages nearly every large commit would, and
 * write most pages twice; the fewer the times, the more changes of a page go at once, and the longer that one commit takes.
 */
const LOG_PAGES_MAX = 4000;

const migrationsFolder = fileURLToPath(new URL("../../../schema/migrations", import.meta.url));

/** Opens the file, creating and migrating it where needed. Throws a StoreError that names the file. */
export function openDatabase(file: string, options: OpenOptions = {}): SqliteDatabase {
  const readonly = options.readonly ?? false;
  if ((readonly || options.mustExist === true) && !existsSync(file))
    throw new StoreError("unavailable", `there is no database at ${file}`);
  if (!existsSync(dirname(file)))
    throw new StoreError("unavailable", `there is no folder ${dirname(file)} for the database`);
  try {
    return guarded(() => openFile(file, options));
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    error.message = `${file}: ${error.message}`;
    throw error;
  }
}

function openFile(file: string, options: OpenOptions): SqliteDatabase {
  const { readonly = false, asItIs = false } = options;
  const client = new Database(file, { readonly, timeout: BUSY_MILLISECONDS });
  try {
    const orm = drizzle(client, { schema: tables });
    client.pragma(`cache_size = -${CACHE_KIBIBYTES}`);
    if (asItIs) refuseOtherVersions(orm);
    if (!readonly) prepareForWriting(client, orm, options);
    refuseOtherVersions(orm);
    return { client, orm };
  } catch (error) {
    client.close();
    throw error;
  }
}

function prepareForWriting(
  client: Database.Database,
  orm: Orm,
  { asItIs = false, bytesMax }: OpenOptions,
): void {
  client.pragma("journal_mode = WAL");
  client.pragma("synchronous = FULL");
  // A log that grew while somebody read for long is cut back when it begins anew.
  client.pragma(`journal_size_limit = ${LOG_BYTES_KEPT_MAX}`);
  client.pragma(`wal_autocheckpoint = ${LOG_PAGES_MAX}`);
  // What is deleted is overwritten at once; what that leaves is removed when somebody is erased.
  client.pragma("secure_delete = ON");
  if (bytesMax !== undefined) {
    const pageBytes = client.pragma("page_size", { simple: true }) as number;
    client.pragma(`max_page_count = ${Math.max(1, Math.floor(bytesMax / pageBytes))}`);
  }
  // Of this version it has all that is needed, and nobody has to wait for the right to write it.
  if (asItIs) return;
  refuseNewerVersion(orm);
  migrateTogether(orm);
  orm
    .insert(tables.meta)
    .values(
      ["seed0", "seed1"].map((key) => ({
        key,
        value: randomBytes(8).readBigUInt64LE().toString(),
      })),
    )
    .onConflictDoNothing()
    .run();
}

/** How often another process may get in between while both bring the same file up to date. */
const MIGRATION_TRIES_MAX = 10;

/**
 * Of two processes that start on one file at once, one finds that its work was done by the other while it looked, or
 * finds the file locked; it looks again.
 */
function migrateTogether(orm: Orm): void {
  for (let tries = 1; ; tries++) {
    try {
      migrate(orm, { migrationsFolder });
      return;
    } catch (error) {
      if (tries === MIGRATION_TRIES_MAX || sqliteCode(error) === undefined) throw error;
    }
  }
}

function migrationTimes(orm: Orm): {
  readonly applied: number | undefined;
  readonly known: number;
} {
  const known = readMigrationFiles({ migrationsFolder }).at(-1)!.folderMillis;
  const present = orm.get<{ name: string } | undefined>(
    sql`SELECT name FROM sqlite_master WHERE type = 'table' AND name = '__drizzle_migrations'`,
  );
  if (present === undefined) return { applied: undefined, known };
  const last = orm.get<{ at: number | null } | undefined>(
    sql`SELECT max(created_at) AS at FROM __drizzle_migrations`,
  );
  return { applied: last?.at ?? undefined, known };
}

function refuseNewerVersion(orm: Orm): void {
  const { applied, known } = migrationTimes(orm);
  if (applied !== undefined && applied > known)
    throw new StoreError(
      "unavailable",
      "the database was written by a newer version of Selfsame; use that version or a newer one",
    );
}

/** The database is of another version, and was not to be brought up to date. */
export class OtherVersion extends StoreError {
  constructor() {
    super(
      "unavailable",
      "no database of this version of Selfsame; start the service on it once to bring it up to date",
    );
  }
}

function refuseOtherVersions(orm: Orm): void {
  refuseNewerVersion(orm);
  const { applied, known } = migrationTimes(orm);
  if (applied !== known) throw new OtherVersion();
}

export function readSeeds(orm: Orm): Seeds {
  const rows = orm.select().from(tables.meta).all();
  const seed = (key: string) => BigInt(rows.find((row) => row.key === key)!.value);
  return [seed("seed0"), seed("seed1")];
}

/** Runs `work` and turns SQLite's failures into StoreErrors; everything else is a bug and goes on as it is. */
export function guarded<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw translated(error);
  }
}

/** drizzle wraps what the driver throws; the code is the driver's. */
function sqliteCode(error: unknown): string | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof Database.SqliteError) return cause.code;
  }
  return undefined;
}

function translated(error: unknown): unknown {
  const code = sqliteCode(error);
  if (code === undefined) return error;
  const because = { cause: error };
  if (code.startsWith("SQLITE_BUSY") || code.startsWith("SQLITE_LOCKED"))
    return new StoreError("busy", "another process holds the database", because);
  if (code === "SQLITE_FULL")
    return new StoreError("full", "the database has no room left", because);
  if (code === "SQLITE_NOTADB")
    return new StoreError("unavailable", "the file is no SQLite database", because);
  if (/^SQLITE_(IOERR|CANTOPEN|READONLY|CORRUPT|PERM|AUTH)/.test(code))
    return new StoreError("unavailable", `the database cannot be used (${code})`, because);
  return error;
}
