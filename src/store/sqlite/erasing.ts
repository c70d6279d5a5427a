/**
 * Erases somebody: every row that is theirs or came of an event that names them, set by set, and what is left to know the
 * events and identifiers again by, which is hashes.
 */
import type { ProfileId } from "../../identity/types.ts";
import type { ErasureCommit } from "../erasures.ts";
import type { SqliteBasis } from "./basis.ts";
import { flag } from "./columns.ts";
import type { SqliteDatabase } from "./database.ts";
import { prepareGoing, type Going } from "./going.ts";

/** To be called within a commit, after what it changes of those who stay and before events leave quarantine. */
export type Erase = (erasure: ErasureCommit, basis: SqliteBasis) => void;

/** Prepared at the first use, which makes temporary tables. */
export function prepareErasing(database: SqliteDatabase): Erase {
  let prepared: Erase | undefined;
  return (erasure, basis) => {
    prepared ??= prepare(database);
    prepared(erasure, basis);
  };
}

function prepare(database: SqliteDatabase): Erase {
  const going = prepareGoing(database);
  const remember = prepareMemory(database);
  const eraseHistory = prepareHistory(database, going);
  const eraseIdentities = prepareIdentities(database);
  return (erasure, basis) => {
    const ordinalsOf = (ids: readonly ProfileId[]) => ids.map((id) => basis.ordinals.get(id)!);
    going.begin(ordinalsOf(erasure.members));
    going.add(ordinalsOf(erasure.orphans));
    remember(erasure);
    eraseHistory(erasure);
    eraseIdentities(erasure.links.map(ordinalsOf));
  };
}

function prepareMemory({ client }: SqliteDatabase) {
  const named = client.prepare(
    `INSERT OR IGNORE INTO erased_events
     SELECT e.id, e.received_at FROM temp.going_events AS g CROSS JOIN event_rows AS e ON e.number = g.number`,
  );
  const anonymous = client.prepare<[id: string]>(
    "INSERT OR IGNORE INTO erased_events SELECT id, received_at FROM event_rows WHERE id = ?",
  );
  const quarantined = client.prepare<[id: string]>(
    `INSERT OR IGNORE INTO erased_events
     SELECT q.id, d.received_at FROM quarantine AS q CROSS JOIN kept_deliveries AS d ON d.id = q.delivery
     WHERE q.id = ?`,
  );
  const suppress = client.prepare<[id: string, erasure: string]>(
    "INSERT OR IGNORE INTO suppressed (id, erasure) VALUES (?, ?)",
  );
  const record = client.prepare(
    `INSERT INTO erasures (id, at, "by", profiles, suppressed, removed) VALUES (?, ?, ?, ?, ?, ?)`,
  );
  return (erasure: ErasureCommit): void => {
    const { id, at, by, profiles, suppressed, removed } = erasure;
    named.run();
    for (const event of erasure.anonymous) anonymous.run(event);
    for (const event of erasure.quarantined) quarantined.run(event);
    if (suppressed) for (const member of erasure.members) suppress.run(member, id);
    record.run(
      id,
      at,
      by ?? null,
      JSON.stringify(profiles),
      flag(suppressed),
      JSON.stringify(removed),
    );
  };
}

/** Events, what they mention, and the traits that they gave. */
function prepareHistory({ client }: SqliteDatabase, going: Going) {
  const IS_GOING = "IN (SELECT number FROM temp.going_events)";
  const ofEvents = client.prepare<[identifier: number, home: number]>(
    `DELETE FROM mentions WHERE identifier = ? AND home = ? AND event ${IS_GOING}`,
  );
  const traitsOfEvents = client.prepare<[identifier: number]>(
    `DELETE FROM trait_rows WHERE identifier = ?
       AND (SELECT number FROM event_rows WHERE id = trait_rows.event) ${IS_GOING}`,
  );
  const traits = client.prepare(
    "DELETE FROM trait_rows WHERE identifier IN (SELECT ordinal FROM temp.going_identifiers)",
  );
  const events = client.prepare(`DELETE FROM event_rows WHERE number ${IS_GOING}`);
  const anonymous = client.prepare<[id: string]>(
    "DELETE FROM event_rows WHERE id = ? AND home IS NULL",
  );
  return (erasure: ErasureCommit): void => {
    for (const home of going.homes()) {
      for (const other of going.neighboursOf(home)) ofEvents.run(other, home);
      traitsOfEvents.run(home);
    }
    traits.run();
    events.run();
    for (const id of erasure.anonymous) anonymous.run(id);
  };
}

function prepareIdentities({ client }: SqliteDatabase) {
  const IS_GOING = "IN (SELECT ordinal FROM temp.going_identifiers)";
  const linksFrom = client.prepare(`DELETE FROM link_rows WHERE a ${IS_GOING}`);
  const linksTo = client.prepare(`DELETE FROM link_rows WHERE b ${IS_GOING}`);
  const link = client.prepare<[a: number, b: number]>(
    "DELETE FROM link_rows WHERE a = ? AND eligible IN (0, 1) AND b = ?",
  );
  const decisions = client.prepare(`DELETE FROM decisions WHERE a ${IS_GOING} OR b ${IS_GOING}`);
  const identifiers = client.prepare(`DELETE FROM identifier_rows WHERE ordinal ${IS_GOING}`);
  return (links: readonly (readonly number[])[]): void => {
    linksFrom.run();
    linksTo.run();
    for (const ends of links) link.run(Math.min(...ends), Math.max(...ends));
    decisions.run();
    identifiers.run();
  };
}
