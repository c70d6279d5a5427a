/**
 * Removes what deleted rows leave in the file. SQLite overwrites what it deletes (`secure_delete`), and still leaves copies:
 * a page that was split keeps, where it is unused now, cells that moved to another. So the file is written anew (`VACUUM`)
 * and the log of its former pages is emptied. That is done in a thread of its own, where it holds up nobody who reads.
 */
import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import type { Milliseconds } from "../../identity/types.ts";
import { guarded, type SqliteDatabase } from "./database.ts";

export interface Tidying {
  readonly isUntidy: () => boolean;
  readonly tidy: (at: Milliseconds) => Promise<"clean" | "pending">;
}

interface Task {
  readonly driver: string;
  readonly file: string;
  /** Whether the file is written anew; else only the log is emptied. */
  readonly rewrite: boolean;
  readonly busyMilliseconds: number;
}

interface Result {
  readonly rewritten: boolean;
  readonly emptied: boolean;
}

/** How long it waits for another process that writes, or for readers of former pages to end. */
const BUSY_MILLISECONDS = 2000;

// Text, so that it runs alike from sources and when it is built. Whatever is in the way says so by an error. What stands
// in the log goes into the file first: where the disk has no room for a copy, the log that the attempt has filled it with
// can be emptied only if nothing of it has to find room in the file.
const WORKER = `
const { parentPort, workerData } = require("node:worker_threads");
const Database = require(workerData.driver);
const attempt = (work) => { try { return work(); } catch { return false; } };
const client = new Database(workerData.file, { timeout: workerData.busyMilliseconds });
attempt(() => client.pragma("wal_checkpoint(PASSIVE)"));
const rewritten = !workerData.rewrite || attempt(() => { client.exec("VACUUM"); return true; });
const emptied = attempt(() => client.pragma("wal_checkpoint(TRUNCATE)")[0].busy === 0);
client.close();
parentPort.postMessage({ rewritten, emptied });
`;

export function prepareTidying({ client }: SqliteDatabase, file: string): Tidying {
  const lastUntidy = client
    .prepare<[], number | null>("SELECT max(number) FROM erasures WHERE tidied_at IS NULL")
    .pluck();
  const note = client.prepare<[at: Milliseconds, last: number]>(
    "UPDATE erasures SET tidied_at = ? WHERE tidied_at IS NULL AND number <= ?",
  );
  /** The last erasure before the file was last written anew. */
  let rewrittenAfter = 0;
  return {
    isUntidy: () => lastUntidy.get() !== null,
    tidy: async (at) => {
      const last = guarded(() => lastUntidy.get());
      if (last === null || last === undefined) return "clean";
      const driver = createRequire(import.meta.url).resolve("better-sqlite3");
      const rewrite = last > rewrittenAfter;
      const task = { driver, file, rewrite, busyMilliseconds: BUSY_MILLISECONDS };
      const { rewritten, emptied } = await inThread(task);
      if (rewritten) rewrittenAfter = last;
      if (!rewritten || !emptied) return "pending";
      guarded(() => note.run(at, last));
      return "clean";
    },
  };
}

function inThread(task: Task): Promise<Result> {
  return new Promise((resolve) => {
    const worker = new Worker(WORKER, { eval: true, workerData: task });
    worker.once("message", resolve);
    // A file that cannot be opened now, or no room for its copy: it is tried again later.
    worker.once("error", () => resolve({ rewritten: false, emptied: false }));
  });
}
