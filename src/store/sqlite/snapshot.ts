/**
 * Streams everything over a connection of its own, in one read transaction: one moment, and no writer waits. A row is
 * read when it is asked for, so that memory holds one of each identifier of the person who is under way.
 */
import type Database from "better-sqlite3";
import type * as tables from "../../../schema/tables.ts";
import { compareStamps } from "../../identity/stamp.ts";
import type { Milliseconds, Node, ProfileId, Stamp } from "../../identity/types.ts";
import type {
  CountedLink,
  JourneyEvent,
  ProfileRecord,
  Snapshot,
  SnapshotCounts,
} from "../store.ts";
import { objectionOf } from "./columns.ts";
import { guarded, openDatabase, type SqliteDatabase } from "./database.ts";
import { EVENT_COLUMNS, recordOf, type EventRow } from "./journeys.ts";
import { prepareLedger } from "./ledger.ts";
import { mergeSorted } from "./merge.ts";
import { prepareProfile } from "./reads.ts";

/** Little, since every row is read once; the system keeps pages of the file besides. */
const CACHE_KIBIBYTES = 8 * 1024;

/** Throws a StoreError. */
export function openSnapshot(file: string): Snapshot {
  const database = openDatabase(file, { readonly: true });
  const { client } = database;
  try {
    return guarded(() => {
      client.pragma(`cache_size = -${CACHE_KIBIBYTES}`);
      client.exec("BEGIN");
      // The moment is that of the first read.
      const counts = countAll(client);
      const rules = prepareLedger(database).rules();
      return {
        counts,
        rules,
        profiles: () => streamed(() => profilesOf(database)),
        journeys: () => streamed(() => journeysOf(client)),
        links: () => streamed(() => linksOf(client)),
        async close() {
          client.close();
        },
      };
    });
  } catch (error) {
    client.close();
    throw error;
  }
}

/** Rows are read synchronously; only who takes them is waited for. */
async function* streamed<Row>(rows: () => Iterable<Row>): AsyncGenerator<Row, void> {
  try {
    for (const row of rows()) yield row;
  } catch (error) {
    guarded(() => {
      throw error;
    });
  }
}

function countAll(client: Database.Database): SnapshotCounts {
  return client
    .prepare<[], SnapshotCounts>(
      `SELECT (SELECT count(DISTINCT profile) FROM identifier_rows) AS profiles,
         (SELECT count(*) FROM event_rows WHERE home IS NOT NULL) AS events,
         (SELECT count(*) FROM link_rows) AS links`,
    )
    .get()!;
}

/** The labels of all profiles in the order of their founders, found without a sort. */
function profileLabels(client: Database.Database): IterableIterator<number> {
  return client
    .prepare<[], number>(
      `SELECT profile FROM identifier_rows AS i
       WHERE ordinal = (SELECT min(ordinal) FROM identifier_rows WHERE profile = i.profile)
       ORDER BY ordinal`,
    )
    .pluck()
    .iterate();
}

function* profilesOf(database: SqliteDatabase): Generator<ProfileRecord, void> {
  const profileOf = prepareProfile(database);
  for (const label of profileLabels(database.client)) yield profileOf(label);
}

interface Home {
  readonly ordinal: number;
  readonly id: ProfileId;
}

/** Where an event of a journey is, without the payload: of a person's identifiers one of these each is held. */
interface Place extends Stamp {
  readonly number: number;
  readonly home: Home;
}

function* journeysOf(client: Database.Database): Generator<JourneyEvent, void> {
  const membersOf = client.prepare<[profile: number], Home>(
    "SELECT ordinal, id FROM identifier_rows WHERE profile = ? ORDER BY ordinal",
  );
  const eventByNumber = client.prepare<[number], EventRow>(
    `SELECT ${EVENT_COLUMNS} FROM event_rows WHERE number = ?`,
  );
  const placesOf = preparePlaces(client);
  for (const label of profileLabels(client)) {
    const members = membersOf.all(label);
    const profile = members[0]!.id;
    for (const { number, home } of mergeSorted(members.map(placesOf), compareStamps))
      yield { profile, event: recordOf(eventByNumber.get(number)!, home) };
  }
}

/** A statement gives one sequence at a time, so each member of a person has one of its own, shared with other persons. */
function preparePlaces(client: Database.Database) {
  const prepare = () =>
    client.prepare<[home: number], Omit<Place, "home">>(
      `SELECT number, occurred_at AS at, source, "key" FROM event_rows
       WHERE home = ? ORDER BY occurred_at, source, "key"`,
    );
  const statements: ReturnType<typeof prepare>[] = [];
  return function* (home: Home, member: number): Generator<Place, void> {
    const statement = (statements[member] ??= prepare());
    for (const place of statement.iterate(home.ordinal)) yield { ...place, home };
  };
}

type LinkColumns = Pick<typeof tables.links.$inferSelect, "trust" | "rule" | "subject">;

interface LinkRow extends LinkColumns {
  readonly a: number;
  readonly b: number;
}

interface EndRow {
  readonly id: ProfileId;
  readonly namespace: string;
  readonly value: string;
  readonly profile: ProfileId;
}

interface EvidenceRow {
  readonly events: number;
  readonly firstSeenAt: Milliseconds;
  readonly lastSeenAt: Milliseconds;
}

function* linksOf(client: Database.Database): Generator<CountedLink, void> {
  const rows = client.prepare<[], LinkRow>(
    "SELECT a, b, trust, rule, subject FROM link_rows ORDER BY a, b",
  );
  const endOf = client.prepare<[ordinal: number], EndRow>(
    `SELECT id, namespace, value,
       (SELECT id FROM identifier_rows WHERE profile = i.profile ORDER BY ordinal LIMIT 1) AS profile
     FROM identifier_rows AS i WHERE ordinal = ?`,
  );
  // The events of a link are those at home with either end that mention the other.
  const evidenceOf = client.prepare<[Pick<LinkRow, "a" | "b">], EvidenceRow>(
    `SELECT count(*) AS events, min(at) AS firstSeenAt, max(at) AS lastSeenAt FROM (
       SELECT occurred_at AS at FROM mentions WHERE identifier = :a AND home = :b
       UNION ALL SELECT occurred_at FROM mentions WHERE identifier = :b AND home = :a)`,
  );
  for (const { trust, rule, subject, ...ends } of rows.iterate()) {
    const [a, b] = [endOf.get(ends.a)!, endOf.get(ends.b)!].toSorted((left, right) =>
      left.id < right.id ? -1 : 1,
    ) as [EndRow, EndRow];
    yield {
      a: nodeOf(a),
      b: nodeOf(b),
      trust,
      objection: objectionOf(rule, subject),
      ...evidenceOf.get(ends)!,
      profiles: [a.profile, b.profile],
    };
  }
}

function nodeOf({ id, namespace, value }: EndRow): Node {
  return { id, identifier: { namespace, value } };
}
