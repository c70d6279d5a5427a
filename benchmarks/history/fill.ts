/**
 * Fills a database with a history that the service would need hours for. What is committed are change sets, by the store's
 * own statements, so that nothing here knows how tables are laid out; but they are written down for whole people, with
 * nothing read before, in large transactions, and the indexes are built when the rows are there. That the result is what
 * the service itself would have stored is held by a test.
 */
import { join } from "node:path";
import Database from "better-sqlite3";
import xxhash from "xxhash-wasm";
import { NO_CHANGES, type ChangeSet, type LinkChange } from "../../src/identity/change-set.ts";
import { createIdScheme, type IdScheme } from "../../src/identity/ids.ts";
import type { IdentifiedEvent, Node } from "../../src/identity/types.ts";
import { SqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import { DATABASE, withService } from "../in-process.ts";
import { CONFIGURATION, EVENTS_EACH, shopEvent, SOURCE, type ShopEvent } from "./people.ts";

const PEOPLE_PER_COMMIT = 50_000;
const RECEIVED_AT = Date.UTC(2026, 5, 1);
const ID_CHARACTERS = 26;

/** Puts a database with so many people into `folder`, closed and without a log beside it. */
export async function fillHistory(folder: string, people: number): Promise<void> {
  // Tables, seeds and rules are made by the service itself.
  await withService(folder, CONFIGURATION, {}, async () => {});
  const file = join(folder, DATABASE);
  // Before they are dropped: some of its statements name an index, none that is run here.
  const store = new SqliteStore(file);
  const rebuild = dropIndexes(file);
  try {
    const hasher = await xxhash();
    const ids = createIdScheme((text, seed) => hasher.h64(text, seed), store.seeds);
    for (let first = 0; first < people; first += PEOPLE_PER_COMMIT)
      await commitPeople(store, ids, first, Math.min(people, first + PEOPLE_PER_COMMIT));
  } finally {
    await store.close();
  }
  rebuild();
}

/**
 * Drops the indexes in which ids, being hashes, would come to lie anywhere. The store asks the one by profile for its end
 * before each commit, and there everything new goes to the end.
 */
function dropIndexes(file: string): () => void {
  const dropped = withDatabase(file, (database) => {
    const indexes = database
      .prepare<[], { readonly name: string; readonly sql: string }>(
        `SELECT name, sql FROM sqlite_master
         WHERE type = 'index' AND tbl_name LIKE '%_rows' AND sql IS NOT NULL AND name NOT LIKE '%by_profile'`,
      )
      .all();
    for (const { name } of indexes) database.exec(`DROP INDEX "${name}"`);
    return indexes;
  });
  return () =>
    withDatabase(file, (database) => {
      database.pragma("synchronous = OFF");
      database.pragma("cache_size = -262144");
      for (const { sql } of dropped) database.exec(sql);
      database.pragma("wal_checkpoint(TRUNCATE)");
    });
}

function withDatabase<Result>(file: string, work: (database: Database.Database) => Result): Result {
  const database = new Database(file);
  try {
    return work(database);
  } finally {
    database.close();
  }
}

async function commitPeople(
  store: SqliteStore,
  ids: IdScheme,
  first: number,
  end: number,
): Promise<void> {
  const { basis } = await store.load({ identifiers: [], pairs: [], traits: [], events: [] });
  const events = (end - first) * EVENTS_EACH;
  const outcome = await store.commit(
    {
      changes: changesOf(ids, first, end),
      quarantined: [],
      kept: [],
      released: [],
      keptStates: [],
      tallies: [{ source: SOURCE, outcome: "accepted", deliveries: events, events }],
    },
    basis,
  );
  if (outcome === "stale") throw new Error("somebody else has written to a database being filled");
}

function changesOf(ids: IdScheme, first: number, end: number): ChangeSet {
  const identifiers: ChangeSet["identifiers"][number][] = [];
  const links: LinkChange[] = [];
  const events: IdentifiedEvent[] = [];
  const traits: ChangeSet["traits"][number][] = [];
  for (let person = first; person < end; person++) {
    const facts = Array.from({ length: EVENTS_EACH }, (_, number) => shopEvent(person, number));
    const [earliest, newest] = [facts[0]!, facts.at(-1)!];
    const [user, email] = [
      nodeOf(ids, SOURCE, earliest.user),
      nodeOf(ids, "email", earliest.email),
    ];
    const common = {
      place: { fresh: person - first },
      component: undefined,
      sources: [SOURCE],
      generic: false,
      firstReceivedAt: RECEIVED_AT,
    };
    identifiers.push(
      { ...common, node: user, founded: true, neighbours: { email: 1 } },
      { ...common, node: email, founded: false, neighbours: { [SOURCE]: 1 } },
    );
    links.push({
      a: user,
      b: email,
      trust: "verified",
      evidenceAt: earliest.at,
      isNew: true,
      objection: undefined,
    });
    events.push(...facts.map((event) => identified(ids, event, user, email)));
    traits.push({
      profile: user.id,
      name: "plan",
      value: JSON.stringify(newest.plan),
      stamp: { at: newest.at, source: SOURCE, key: newest.id },
      timeGiven: true,
      event: ids.eventId(SOURCE, newest.id),
    });
  }
  return { ...NO_CHANGES, identifiers, links, events, traits };
}

function nodeOf(ids: IdScheme, namespace: string, value: string): Node {
  const identifier = { namespace, value };
  return { id: ids.profileId(identifier), identifier };
}

function identified(ids: IdScheme, event: ShopEvent, home: Node, other: Node): IdentifiedEvent {
  const { id, type, at, body } = event;
  return {
    id: ids.eventId(SOURCE, id),
    source: SOURCE,
    key: id,
    type,
    occurredAt: at,
    timeGiven: true,
    receivedAt: RECEIVED_AT,
    // As long as an id of the service, and rising with time as its ids do.
    delivery: `dl_${at.toString(32).padStart(ID_CHARACTERS, "0")}`,
    home,
    others: [other],
    traits: [],
    trust: "verified",
    payload: body,
  };
}
