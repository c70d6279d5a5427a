/** Writes events, what they mention, and traits. */
import { traitKey, type ChangeSet, type TraitChange } from "../../identity/change-set.ts";
import type { SqliteBasis } from "./basis.ts";
import { flag } from "./columns.ts";
import type { SqliteDatabase } from "./database.ts";
import type { Ordinals } from "./identities.ts";

export function prepareHistory(database: SqliteDatabase) {
  const { client } = database;
  const putTrait = prepareTraits(database);
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

  return (
    { events, replaced, traits }: ChangeSet,
    ordinalOf: Ordinals,
    basis: SqliteBasis,
  ): void => {
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
    for (const trait of traits)
      putTrait(
        trait,
        ordinalOf(trait.profile),
        basis.traits.has(traitKey(trait.profile, trait.name)),
      );
  };
}

function prepareTraits({ client }: SqliteDatabase) {
  // Nearly every event says again what is known. The index by value is written only by statements that set the value.
  const confirm = client.prepare(
    `UPDATE trait_rows SET at = ?, source = ?, "key" = ?, time_given = ?, event = ?
     WHERE identifier = ? AND name = ? AND value = ?`,
  );
  const put = client.prepare(
    `INSERT INTO trait_rows (at, source, "key", time_given, event, identifier, name, value)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (identifier, name) DO UPDATE SET value = excluded.value, at = excluded.at,
       source = excluded.source, "key" = excluded."key", time_given = excluded.time_given, event = excluded.event`,
  );
  return (trait: TraitChange, identifier: number, isKnown: boolean): void => {
    const { name, value, stamp, timeGiven, event } = trait;
    const values = [stamp.at, stamp.source, stamp.key, flag(timeGiven), event] as const;
    if (isKnown && confirm.run(...values, identifier, name, value).changes > 0) return;
    put.run(...values, identifier, name, value);
  };
}
