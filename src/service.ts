/** A running Selfsame without its network: store, engine and queries, put together from the settings. */
import { createHash, randomBytes } from "node:crypto";
import xxhash from "xxhash-wasm";
import type { Settings } from "./config.ts";
import { Engine, type EngineOptions } from "./engine.ts";
import { createIdScheme } from "./identity/ids.ts";
import type { Milliseconds } from "./identity/types.ts";
import { Queries } from "./queries.ts";
import { SqliteStore } from "./store/sqlite/sqlite-store.ts";
import type { Store, StoreError } from "./store/store.ts";

export interface Service {
  readonly engine: Engine;
  readonly queries: Queries;
  /** Finishes what was accepted and closes the store. */
  close(): Promise<void>;
}

export interface ServiceOptions {
  readonly settings: Settings;
  readonly onStoreError: (error: StoreError) => void;
  /** Default: the SQLite file of the settings. */
  readonly store?: Store;
  /** Default: the wall clock. */
  readonly clock?: () => Milliseconds;
  readonly batchEventsMax?: EngineOptions["batchEventsMax"];
}

/** Rejects with a StoreError where the database cannot be opened. */
export async function openService(options: ServiceOptions): Promise<Service> {
  const { settings, onStoreError, clock = Date.now } = options;
  const hasher = await xxhash();
  const store =
    options.store ??
    new SqliteStore(settings.database, { bytesMax: settings.limits.databaseBytesMax });
  const ids = createIdScheme((text, seed) => hasher.h64(text, seed), store.seeds);
  const engine = new Engine({
    settings,
    store,
    ids,
    clock,
    onStoreError,
    newDeliveryId,
    fingerprint: (text) => createHash("sha256").update(text).digest("base64url"),
    ...(options.batchEventsMax === undefined ? {} : { batchEventsMax: options.batchEventsMax }),
  });
  const queries = new Queries({
    store,
    ids,
    settings,
    pendingTallies: () => engine.pendingTallies(),
  });
  return {
    engine,
    queries,
    async close() {
      try {
        await engine.close();
      } finally {
        await store.close();
      }
    },
  };
}

const TIME_CHARACTERS = 10;
const RANDOM_BYTES = 10;

/** `dl_` and 26 characters: the time first, so that ids sort by receipt, then 80 random bits. */
function newDeliveryId(receivedAt: Milliseconds): string {
  const time = receivedAt.toString(32).padStart(TIME_CHARACTERS, "0");
  const random = BigInt(`0x${randomBytes(RANDOM_BYTES).toString("hex")}`)
    .toString(32)
    .padStart(16, "0");
  return `dl_${time}${random}`;
}
