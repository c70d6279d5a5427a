/**
 * Reads journeys: the members' events in time order. Each member's events come from one range of one index, a page at
 * a time, and the ranges are merged here; a journey page costs the members and the page, not the history.
 */
import type Database from "better-sqlite3";
import { compareStamps } from "../../identity/stamp.ts";
import type { EventId, Milliseconds } from "../../identity/types.ts";
import type { EventRecord, JourneyPage, JourneyRequest, PersonRecord } from "../store.ts";
import { guarded, openDatabase, type SqliteDatabase } from "./database.ts";
import { prepareLookups, type IdentifierRow, type Lookups } from "./reads.ts";

interface EventRow {
  readonly id: EventId;
  readonly source: string;
  readonly key: string;
  readonly type: string;
  readonly occurredAt: Milliseconds;
  readonly timeGiven: 0 | 1;
  readonly receivedAt: Milliseconds;
  readonly delivery: string;
  readonly payload: string;
}

const COLUMNS = `id, source, "key", type, occurred_at AS occurredAt, time_given AS timeGiven,
  received_at AS receivedAt, delivery, payload`;

function recordOf(row: EventRow, home: IdentifierRow): EventRecord {
  return { ...row, timeGiven: row.timeGiven === 1, provisional: home.id };
}

interface PageBinding {
  readonly home: number;
  readonly from: Milliseconds | null;
  readonly to: Milliseconds | null;
  readonly type: string | null;
  readonly source: string | null;
  readonly at: Milliseconds;
  readonly afterSource: string;
  readonly afterKey: string;
  readonly limit: number;
}

/**
 * Written as text: the range on the index and the comparison of rows are what makes it fast, and both are plain to
 * see here. `from` and `to` narrow the same range; `at` is where the page before ended.
 */
function preparePages(client: Database.Database, order: "asc" | "desc") {
  const [beyond, direction] = order === "asc" ? [">", "ASC"] : ["<", "DESC"];
  return client.prepare<[PageBinding], EventRow>(`
    SELECT ${COLUMNS} FROM events
    WHERE home = :home
      AND occurred_at ${beyond}= :at
      AND (occurred_at, source, "key") ${beyond} (:at, :afterSource, :afterKey)
      AND (:from IS NULL OR occurred_at >= :from)
      AND (:to IS NULL OR occurred_at < :to)
      AND (:type IS NULL OR type = :type)
      AND (:source IS NULL OR source = :source)
    ORDER BY occurred_at ${direction}, source ${direction}, "key" ${direction}
    LIMIT :limit`);
}

/** Where a journey starts that follows no page: before, or behind, everything there can be. */
function startOf({ order, from, to }: JourneyRequest) {
  return order === "asc"
    ? { at: from ?? Number.MIN_SAFE_INTEGER, source: "", key: "" }
    : { at: to ?? Number.MAX_SAFE_INTEGER, source: "", key: "" };
}

type ReadJourney = (request: JourneyRequest) => JourneyPage | undefined;

export function prepareJourneys({ client }: SqliteDatabase, lookups: Lookups): ReadJourney {
  const pages = { asc: preparePages(client, "asc"), desc: preparePages(client, "desc") };
  return client.transaction((request: JourneyRequest): JourneyPage | undefined => {
    const row = lookups.identifierById(request.profile);
    if (row === undefined) return undefined;
    const { at, source, key } = request.after ?? startOf(request);
    const binding = {
      from: request.from ?? null,
      to: request.to ?? null,
      type: request.type ?? null,
      source: request.source ?? null,
      at,
      afterSource: source,
      afterKey: key,
      limit: request.limit,
    };
    const direction = request.order === "asc" ? 1 : -1;
    const members = lookups.membersOfProfile(row.profile);
    const events = members
      .flatMap((home) =>
        pages[request.order]
          .all({ ...binding, home: home.ordinal })
          .map((event) => recordOf(event, home)),
      )
      .map((event) => ({
        event,
        stamp: { at: event.occurredAt, source: event.source, key: event.key },
      }))
      .toSorted((left, right) => direction * compareStamps(left.stamp, right.stamp))
      .slice(0, request.limit)
      .map(({ event }) => event);
    return { profile: members[0]!.id, events };
  });
}

/** Streams every person over a connection of its own, in one read transaction: one moment, and no writer waits. */
export async function* streamPeople(file: string): AsyncGenerator<PersonRecord, void> {
  const database = openDatabase(file, { readonly: true });
  const { client } = database;
  try {
    const lookups = prepareLookups(database);
    const eventsOfHome = client.prepare<[number], EventRow>(
      `SELECT ${COLUMNS} FROM events WHERE home = ?`,
    );
    client.exec("BEGIN");
    const profiles = client
      .prepare<[], number>("SELECT DISTINCT profile FROM identifiers ORDER BY profile")
      .pluck()
      .iterate();
    for (const profile of profiles) {
      const members = lookups.membersOfProfile(profile);
      yield {
        id: members[0]!.id,
        members: members.map(({ namespace, value }) => ({ namespace, value })),
        traits: members.flatMap(({ ordinal }) => lookups.traitsOfIdentifier(ordinal)),
        events: (async function* () {
          for (const home of members)
            for (const event of eventsOfHome.iterate(home.ordinal)) yield recordOf(event, home);
        })(),
      };
    }
  } catch (error) {
    guarded(() => {
      throw error;
    });
  } finally {
    client.close();
  }
}
