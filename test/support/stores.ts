/** Every implementation of the store, for suites that run over all of them. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MemoryStore } from "../../src/store/memory.ts";
import { SqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import type { Store } from "../../src/store/store.ts";
import { SEEDS } from "./ids.ts";

export interface TestStore {
  readonly store: Store;
  /** A second store object over the same data, as another process would open it; undefined where there is none. */
  readonly reopen: (() => Store) | undefined;
  /** Closes it and removes what it left on disk. */
  dispose(): Promise<void>;
}

export interface StoreKind {
  readonly name: string;
  open(): TestStore;
}

export const storeKinds: readonly StoreKind[] = [
  {
    name: "memory",
    open() {
      const store = new MemoryStore(SEEDS);
      // One process's memory is nobody else's.
      return { store, reopen: undefined, dispose: () => store.close() };
    },
  },
  {
    name: "sqlite",
    open() {
      const folder = mkdtempSync(join(tmpdir(), "selfsame-store-"));
      const file = join(folder, "selfsame.db");
      const store = new SqliteStore(file);
      return {
        store,
        reopen: () => new SqliteStore(file),
        async dispose() {
          await store.close();
          rmSync(folder, { recursive: true, force: true });
        },
      };
    },
  },
];
