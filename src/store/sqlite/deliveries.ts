/**
 * Reads deliveries: those whose events are stored, by the events themselves, and those that are kept. Both are walked
 * by the ids of deliveries, which rise with the time of receipt.
 */
import type { EventId, Milliseconds } from "../../identity/types.ts";
import {
  overallOutcome,
  type DeliveriesPage,
  type DeliveriesRequest,
  type DeliveryEvent,
  type DeliveryRecord,
  type KeptHold,
  type KeptRecord,
  type KeptRequest,
  type KeptSummary,
  type QuarantinedEvent,
  type Settled,
} from "../deliveries.ts";
import type { Flag } from "./columns.ts";
import type { SqliteDatabase } from "./database.ts";

/** How many events are looked at for one page, so that a filter that hardly anything meets holds up nobody. */
const EVENTS_LOOKED_AT_MAX = 10_000;

interface KeptReads {
  readonly keptDelivery: (id: string) => KeptRecord | undefined;
  readonly keptDeliveries: (request: KeptRequest) => readonly KeptSummary[];
}

interface DeliveryReads extends KeptReads {
  readonly delivery: Find;
  readonly deliveries: (request: DeliveriesRequest) => DeliveriesPage;
}

export function prepareDeliveries(database: SqliteDatabase): DeliveryReads {
  const find = prepareFind(database);
  return {
    delivery: find,
    deliveries: preparePages(database, find),
    ...prepareKept(database),
  };
}

interface StoredRow {
  readonly id: EventId;
  readonly source: string;
  readonly type: string;
  readonly receivedAt: Milliseconds;
  readonly hasHome: Flag;
}

type Find = (id: string) => DeliveryRecord | undefined;

function prepareFind({ client }: SqliteDatabase): Find {
  const storedOf = client.prepare<[delivery: string], StoredRow>(
    `SELECT id, source, type, received_at AS receivedAt, home IS NOT NULL AS hasHome FROM event_rows
     WHERE delivery = ? ORDER BY number`,
  );
  const keptHead = client.prepare<[id: string], Pick<DeliveryRecord, "source" | "receivedAt">>(
    "SELECT source, received_at AS receivedAt FROM kept_deliveries WHERE id = ?",
  );
  const quarantinedOf = client.prepare<[delivery: string], { id: EventId; reason: string }>(
    "SELECT id, reason FROM quarantine WHERE delivery = ? ORDER BY place, number",
  );
  return (id) => {
    const stored = storedOf.all(id);
    const head = keptHead.get(id) ?? stored[0];
    if (head === undefined) return undefined;
    const events: DeliveryEvent[] = [
      ...stored.map((row) => ({
        id: row.id,
        outcome: row.hasHome === 1 ? ("accepted" as const) : ("anonymous" as const),
        type: row.type,
        reason: undefined,
      })),
      ...quarantinedOf.all(id).map((row) => ({
        ...row,
        outcome: "quarantined" as const,
        type: undefined,
      })),
    ];
    const { source, receivedAt } = head;
    const outcome = overallOutcome(events.map((event) => event.outcome));
    return { id, source, receivedAt, outcome, events };
  };
}

function preparePages({ client }: SqliteDatabase, find: Find): DeliveryReads["deliveries"] {
  const lastOf = (select: string) =>
    client.prepare<[before: string], string | null>(select).pluck();
  const lastStored = lastOf("SELECT max(delivery) FROM event_rows WHERE delivery < ?");
  const lastKept = lastOf("SELECT max(id) FROM kept_deliveries WHERE id < ?");
  /** The id before a place; texts compare here as they do in the database, for ids are ASCII. */
  const before = (place: string, onlyKept: boolean): string | undefined => {
    const kept = lastKept.get(place) ?? "";
    const stored = onlyKept ? "" : (lastStored.get(place) ?? "");
    const last = kept > stored ? kept : stored;
    return last === "" ? undefined : last;
  };

  return client.transaction((request: DeliveriesRequest): DeliveriesPage => {
    const onlyKept = request.outcome === "quarantined";
    const deliveries: DeliveryRecord[] = [];
    let lookedAt = 0;
    let place = request.after;
    for (;;) {
      const id = before(place ?? BEHIND_ALL, onlyKept);
      if (id === undefined) return { deliveries, next: undefined };
      if (deliveries.length === request.limit || lookedAt >= EVENTS_LOOKED_AT_MAX)
        return { deliveries, next: place };
      const record = find(id)!;
      if (isAskedFor(record, request)) deliveries.push(record);
      lookedAt += record.events.length;
      place = id;
    }
  });
}

/** Sorts behind every id of a delivery. */
const BEHIND_ALL = "e";

function isAskedFor(record: DeliveryRecord, { source, outcome }: DeliveriesRequest): boolean {
  return (
    (source === undefined || record.source === source) &&
    (outcome === undefined || record.outcome === outcome)
  );
}

interface KeptRow {
  readonly id: string;
  readonly source: string;
  readonly receivedAt: Milliseconds;
  readonly eventCount: number;
  readonly settled: Settled | null;
  readonly urlEventType: string | null;
  readonly contentType: string | null;
  readonly headers: string;
  readonly query: string;
  readonly body: Buffer;
}

type QuarantineRow = Omit<QuarantinedEvent, "place"> & { readonly place: number | null };

interface KeptBinding {
  readonly after: string;
  readonly source: string | null;
  readonly from: number | null;
  readonly to: number | null;
  readonly limit: number;
}

function prepareKept({ client }: SqliteDatabase): KeptReads {
  const keptById = client.prepare<[id: string], KeptRow>(
    `SELECT id, source, received_at AS receivedAt, event_count AS eventCount, settled,
       url_event_type AS urlEventType, content_type AS contentType, headers, query, body
     FROM kept_deliveries WHERE id = ?`,
  );
  const eventsOf = client.prepare<[delivery: string], QuarantineRow>(
    `SELECT id, source, "key", delivery, place, reason FROM quarantine
     WHERE delivery = ? ORDER BY place, number`,
  );
  const summaries = client.prepare<[KeptBinding], KeptSummary>(
    `SELECT id, source, received_at AS receivedAt, event_count AS eventCount, length(body) AS bytes
     FROM kept_deliveries
     WHERE id > :after AND (:source IS NULL OR source = :source)
       AND (:from IS NULL OR received_at >= :from) AND (:to IS NULL OR received_at < :to)
     ORDER BY id LIMIT :limit`,
  );
  return {
    keptDelivery: client.transaction((id: string): KeptRecord | undefined => {
      const row = keptById.get(id);
      if (row === undefined) return undefined;
      const delivery = {
        ...row,
        settled: row.settled ?? undefined,
        urlEventType: row.urlEventType ?? undefined,
        contentType: row.contentType ?? undefined,
        headers: JSON.parse(row.headers) as Readonly<Record<string, string>>,
      };
      const events = eventsOf
        .all(id)
        .map(({ place, ...event }) => ({ ...event, place: place ?? undefined }));
      return { delivery, events };
    }),
    keptDeliveries: ({ after, source, from, to, limit }: KeptRequest): readonly KeptSummary[] =>
      summaries.all({
        after: after ?? "",
        source: source ?? null,
        from: from ?? null,
        to: to ?? null,
        limit,
      }),
  };
}

type HoldRow = Omit<KeptHold, "settled"> & { readonly settled: Settled | null };

/** What a load tells of kept deliveries. */
export function prepareHolds({
  client,
}: SqliteDatabase): (ids: Iterable<string>) => Map<string, KeptHold> {
  const holdById = client.prepare<[id: string], HoldRow>(
    `SELECT id, source, event_count AS eventCount, settled,
       (SELECT count(*) FROM quarantine WHERE delivery = kept_deliveries.id) AS quarantined
     FROM kept_deliveries WHERE id = ?`,
  );
  return (ids) => {
    const holds = new Map<string, KeptHold>();
    for (const id of new Set(ids)) {
      const row = holdById.get(id);
      if (row !== undefined) holds.set(id, { ...row, settled: row.settled ?? undefined });
    }
    return holds;
  };
}
