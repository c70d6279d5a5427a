/**
 * The reference: what a store must hold after some deliveries, found by an engine of one's own on a memory store; and
 * what a database file does hold, read from outside of the process that writes it.
 */
import Database from "better-sqlite3";
import { parseConfig } from "../../src/config/config.ts";
import { digestOf } from "../../src/queries/digest.ts";
import { openService } from "../../src/service.ts";
import { MemoryStore } from "../../src/store/memory.ts";
import { SqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import type { EventRecord } from "../../src/store/store.ts";
import type { Delivery } from "./deliveries.ts";

/** The digest of exactly these deliveries, in this order. */
export async function digestOfDeliveries(
  yaml: string,
  deliveries: readonly Omit<Delivery, "key">[],
): Promise<string> {
  const store = new MemoryStore([1n, 2n]);
  const settings = parseConfig(yaml, "reference.yaml", {});
  const service = await openService({ settings, store, onStoreError: () => {} });
  for (const { source, contentType, body } of deliveries) {
    const receipt = await service.engine.receive({
      source,
      contentType,
      headers: new Map(),
      query: new URLSearchParams(),
      body: Buffer.from(body),
    });
    if (receipt.kind === "rejected") throw new Error(`${receipt.code}: ${receipt.detail}`);
  }
  const { digest } = await service.queries.digest();
  await service.close();
  return digest;
}

/** A database as it lies on the disk. */
export interface Stored {
  readonly digest: string;
  /** In how many journeys each event is, by the sender's own key. */
  readonly journeysByKey: ReadonlyMap<string, number>;
  readonly events: readonly EventRecord[];
  /** Rows in the table of events, whether or not a journey leads to them. */
  readonly eventRows: number;
  /** SQLite's own opinion; `ok` where nothing is broken. */
  readonly integrity: string;
}

export async function readDatabase(file: string): Promise<Stored> {
  const store = new SqliteStore(file, { readonly: true });
  const client = new Database(file, { readonly: true });
  try {
    const events: EventRecord[] = [];
    const journeysByKey = new Map<string, number>();
    for await (const person of store.people()) {
      for await (const event of person.events) {
        events.push(event);
        journeysByKey.set(event.key, (journeysByKey.get(event.key) ?? 0) + 1);
      }
    }
    const { digest } = await digestOf(store.people());
    return {
      digest,
      journeysByKey,
      events,
      eventRows: client.prepare("SELECT count(*) FROM event_rows").pluck().get() as number,
      integrity: client.pragma("integrity_check", { simple: true }) as string,
    };
  } finally {
    client.close();
    await store.close();
  }
}
