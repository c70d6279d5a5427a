/** Writes events, what they mention, and traits. */
import type { ChangeSet } from "../../identity/change-set.ts";
import { flag } from "./columns.ts";
import type { SqliteDatabase } from "./database.ts";
import type { Ordinals } from "./identities.ts";

export function prepareHistory({ client }: SqliteDatabase) {
  const addEvent = client.prepare(
    `INSERT INTO event_rows (id, source, "key", type, occurred_at, time_given, received_at, home, delivery, payload)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const giveWay = client.prepare<[id: string]>(
    "DELETE FROM event_rows WHERE id = ? AND home IS NULL",
  );
  const addMention = client.prepare(
    "INSERT INTO mentions (identifier, home, occurred_at, event) VALUES (?, ?, ?, ?)",
  );
  const putTrait = client.prepare(
    `INSERT INTO trait_rows (identifier, name, value, at, source, "key", time_given, event)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (identifier, name) DO UPDATE SET value = excluded.value, at = excluded.at,
       source = excluded.source, "key" = excluded."key", time_given = excluded.time_given, event = excluded.event`,
  );

  return ({ events, replaced, traits }: ChangeSet, ordinalOf: Ordinals): void => {
    for (const id of replaced) giveWay.run(id);
    for (const event of events) {
      const home = event.home === null ? null : ordinalOf(event.home.id);
      const { lastInsertRowid } = addEvent.run(
        event.id,
        event.source,
        event.key,
        event.type,
        event.occurredAt,
        flag(event.timeGiven),
        event.receivedAt,
        home,
        event.delivery,
        event.payload,
      );
      if (home === null) continue;
      for (const other of event.others)
        addMention.run(ordinalOf(other.id), home, event.occurredAt, lastInsertRowid);
    }
    for (const { profile, name, value, stamp, timeGiven, event } of traits) {
      const { at, source, key } = stamp;
      putTrait.run(ordinalOf(profile), name, value, at, source, key, flag(timeGiven), event);
    }
  };
}
