/** Writes what could not be mapped, and the counts of everything received. */
import type { Commit } from "../store.ts";
import type { SqliteDatabase } from "./database.ts";

export function prepareReceipts({ client }: SqliteDatabase) {
  const keep = client.prepare(
    `INSERT INTO quarantine (id, source, "key", delivery, received_at, reason, url_event_type, content_type,
       headers, query, body)
     VALUES (:id, :source, :key, :delivery, :receivedAt, :reason, :urlEventType, :contentType,
       :headers, :query, :body)`,
  );
  const release = client.prepare<[id: string]>("DELETE FROM quarantine WHERE id = ?");
  const addTally = client.prepare(
    `INSERT INTO tallies (source, outcome, deliveries, events)
     VALUES (:source, :outcome, :deliveries, :events)
     ON CONFLICT (source, outcome) DO UPDATE SET deliveries = deliveries + excluded.deliveries,
       events = events + excluded.events`,
  );
  return ({ quarantined, released, tallies }: Commit): void => {
    for (const id of released) release.run(id);
    for (const event of quarantined)
      keep.run({
        ...event,
        urlEventType: event.urlEventType ?? null,
        headers: JSON.stringify(event.headers),
        body: Buffer.from(event.body),
      });
    for (const tally of tallies) addTally.run(tally);
  };
}
