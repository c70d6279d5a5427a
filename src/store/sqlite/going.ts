/**
 * Which rows go with a person: numbers in temporary tables, which hold nothing else, so that a million events are found
 * and deleted where they lie. Both the look before an erasure and the erasure itself fill them.
 */
import type { SqliteDatabase } from "./database.ts";

export interface Going {
  /** Fills `going_identifiers` with the ordinals, and `going_events` with the events that name one of them. */
  readonly begin: (ordinals: readonly number[]) => void;
  /** Adds further identifiers, none of whose events stays. */
  readonly add: (ordinals: readonly number[]) => void;
  /** The ordinals under which events are kept that go. */
  readonly homes: () => readonly number[];
  /** The ordinals that an identifier is linked with. */
  readonly neighboursOf: (ordinal: number) => readonly number[];
}

export function prepareGoing({ client }: SqliteDatabase): Going {
  client.exec(
    `CREATE TEMP TABLE IF NOT EXISTS going_identifiers (ordinal INTEGER PRIMARY KEY);
     CREATE TEMP TABLE IF NOT EXISTS going_events (number INTEGER PRIMARY KEY, home INTEGER NOT NULL)`,
  );
  const clearIdentifiers = client.prepare("DELETE FROM temp.going_identifiers");
  const clearEvents = client.prepare("DELETE FROM temp.going_events");
  const addIdentifier = client.prepare<[number]>(
    "INSERT OR IGNORE INTO temp.going_identifiers VALUES (?)",
  );
  const addKept = client.prepare<[home: number]>(
    "INSERT OR IGNORE INTO temp.going_events SELECT number, home FROM event_rows WHERE home = ?",
  );
  const addNaming = client.prepare<[identifier: number]>(
    "INSERT OR IGNORE INTO temp.going_events SELECT event, home FROM mentions WHERE identifier = ?",
  );
  const homes = client
    .prepare<[], number>("SELECT DISTINCT home FROM temp.going_events ORDER BY home")
    .pluck();
  const neighbours = client
    .prepare<[{ ordinal: number }], number>(
      `SELECT b FROM link_rows WHERE a = :ordinal AND eligible IN (0, 1)
       UNION ALL SELECT a FROM link_rows WHERE b = :ordinal`,
    )
    .pluck();
  const add = (ordinals: readonly number[]) => {
    for (const ordinal of ordinals) addIdentifier.run(ordinal);
  };
  return {
    add,
    begin: (ordinals) => {
      clearIdentifiers.run();
      clearEvents.run();
      add(ordinals);
      for (const ordinal of ordinals) {
        addKept.run(ordinal);
        addNaming.run(ordinal);
      }
    },
    homes: () => homes.all(),
    neighboursOf: (ordinal) => neighbours.all({ ordinal }),
  };
}
