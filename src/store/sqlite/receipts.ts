/** Writes what could not be mapped, and the counts of everything received. */
import type { Commit } from "../store.ts";
import type { SqliteDatabase } from "./database.ts";

type Write = (commit: Commit) => void;

export function prepareReceipts(database: SqliteDatabase): Write {
  const writeQuarantine = prepareQuarantine(database);
  const writeTallies = prepareTallies(database);
  return (commit) => {
    writeQuarantine(commit);
    writeTallies(commit);
  };
}

function prepareQuarantine({ client }: SqliteDatabase): Write {
  const keep = client.prepare(
    `INSERT INTO kept_deliveries (id, source, received_at, event_count, settled, url_event_type, content_type,
       headers, query, body)
     VALUES (:id, :source, :receivedAt, :eventCount, :settled, :urlEventType, :contentType,
       :headers, :query, :body)`,
  );
  const put = client.prepare(
    `INSERT INTO quarantine (id, source, "key", delivery, place, reason)
     VALUES (:id, :source, :key, :delivery, :place, :reason)
     ON CONFLICT (id) DO UPDATE SET delivery = excluded.delivery, place = excluded.place, reason = excluded.reason`,
  );
  const release = client
    .prepare<[id: string], string>("DELETE FROM quarantine WHERE id = ? RETURNING delivery")
    .pluck();
  const update = client.prepare(
    "UPDATE kept_deliveries SET event_count = :eventCount, settled = :settled WHERE id = :id",
  );
  const letGo = client.prepare<[id: string]>(
    `DELETE FROM kept_deliveries
     WHERE id = ? AND NOT EXISTS (SELECT 1 FROM quarantine WHERE delivery = kept_deliveries.id)`,
  );
  return ({ kept, quarantined, released, keptStates }) => {
    const left = new Set(released.flatMap((id) => release.get(id) ?? []));
    for (const delivery of kept)
      keep.run({
        ...delivery,
        settled: delivery.settled ?? null,
        urlEventType: delivery.urlEventType ?? null,
        contentType: delivery.contentType ?? null,
        headers: JSON.stringify(delivery.headers),
        body: Buffer.from(delivery.body),
      });
    for (const event of quarantined) put.run({ ...event, place: event.place ?? null });
    for (const state of keptStates) update.run({ ...state, settled: state.settled ?? null });
    for (const delivery of left) letGo.run(delivery);
  };
}

function prepareTallies({ client }: SqliteDatabase): Write {
  const add = client.prepare(
    `INSERT INTO tallies (source, outcome, deliveries, events)
     VALUES (:source, :outcome, :deliveries, :events)
     ON CONFLICT (source, outcome) DO UPDATE SET deliveries = deliveries + excluded.deliveries,
       events = events + excluded.events`,
  );
  const forget = client.prepare(
    `DELETE FROM tallies
     WHERE source = :source AND outcome = :outcome AND deliveries = 0 AND events = 0`,
  );
  return ({ tallies }) => {
    for (const tally of tallies) {
      add.run(tally);
      forget.run({ source: tally.source, outcome: tally.outcome });
    }
  };
}
