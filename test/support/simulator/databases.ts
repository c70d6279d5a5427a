/** Fresh databases for casts: in memory, or a SQLite file in a directory of its own that goes when the test ends. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { MemoryStore } from "../../../src/store/memory.ts";
import { SqliteStore } from "../../../src/store/sqlite/sqlite-store.ts";
import type { Store } from "../../../src/store/store.ts";

export type DatabaseKind = "memory" | "SQLite";

export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "selfsame-cast-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

export function freshStore(kind: DatabaseKind): Store {
  return kind === "memory"
    ? new MemoryStore([0x5e1f_5a3en, 0xc0ff_ee00n])
    : new SqliteStore(join(temporaryDirectory(), "people.db"));
}
