/** Reads what is known of erasures, and the texts in which an erasure has to look. */
import type { EventId, Milliseconds, ProfileId } from "../../identity/types.ts";
import type {
  AnonymousText,
  ErasedBefore,
  ErasureCounts,
  ErasureRecord,
  ErasuresRequest,
  TextsRequest,
} from "../erasures.ts";
import { timeOf, type Flag } from "./columns.ts";
import type { SqliteDatabase } from "./database.ts";

interface ErasureRow {
  readonly id: string;
  readonly at: Milliseconds;
  readonly by: string | null;
  readonly profiles: string;
  readonly suppressed: Flag;
  readonly removed: string;
  readonly tidiedAt: Milliseconds | null;
}

export function prepareErasures(database: SqliteDatabase) {
  return { erasures: preparePages(database), anonymousTexts: prepareTexts(database) };
}

function preparePages({ client }: SqliteDatabase) {
  const before = client.prepare<[{ after: string | null; limit: number }], ErasureRow>(
    `SELECT id, at, "by", profiles, suppressed, removed, tidied_at AS tidiedAt FROM erasures
     WHERE :after IS NULL OR number < (SELECT number FROM erasures WHERE id = :after)
     ORDER BY number DESC LIMIT :limit`,
  );
  return ({ after, limit }: ErasuresRequest): readonly ErasureRecord[] =>
    before.all({ after: after ?? null, limit }).map((row) => ({
      ...row,
      by: row.by ?? undefined,
      profiles: JSON.parse(row.profiles) as readonly ProfileId[],
      suppressed: row.suppressed === 1,
      removed: JSON.parse(row.removed) as ErasureCounts,
      tidiedAt: timeOf(row.tidiedAt),
    }));
}

function prepareTexts({ client }: SqliteDatabase) {
  const behind = client.prepare<[after: number, limit: number], AnonymousText>(
    `SELECT number, id, source, payload FROM event_rows INDEXED BY events_anonymous
     WHERE home IS NULL AND number > ? ORDER BY number LIMIT ?`,
  );
  return ({ after, limit, bytesMax }: TextsRequest): readonly AnonymousText[] => {
    const page: AnonymousText[] = [];
    let bytes = 0;
    for (const text of behind.iterate(after, limit)) {
      bytes += text.payload.length;
      if (page.length > 0 && bytes > bytesMax) break;
      page.push(text);
    }
    return page;
  };
}

/** What a load tells of erasures; nearly every database has none, and then one look says so. */
export function prepareErasedBefore({ client }: SqliteDatabase) {
  const first = (table: "erased_events" | "suppressed") =>
    client.prepare<[], 1>(`SELECT 1 FROM ${table} LIMIT 1`).pluck();
  const anyErased = first("erased_events");
  const anySuppressed = first("suppressed");
  const receivedAt = client
    .prepare<[EventId], Milliseconds>("SELECT received_at FROM erased_events WHERE id = ?")
    .pluck();
  const isSuppressed = client
    .prepare<[ProfileId], 1>("SELECT 1 FROM suppressed WHERE id = ?")
    .pluck();
  /** Of events and identifiers that are not known. */
  return (events: Iterable<EventId>, identifiers: Iterable<ProfileId>): ErasedBefore => {
    const erased = new Map<EventId, Milliseconds>();
    const suppressed = new Set<ProfileId>();
    if (anyErased.get() !== undefined)
      for (const id of events) {
        const at = receivedAt.get(id);
        if (at !== undefined) erased.set(id, at);
      }
    if (anySuppressed.get() !== undefined)
      for (const id of identifiers) if (isSuppressed.get(id) !== undefined) suppressed.add(id);
    return { erased, suppressed };
  };
}
