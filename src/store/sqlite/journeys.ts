/**
 * Reads journeys: the members' events in time order. Each member's next places come from one range of one index and are
 * merged here; payloads are read for the page alone. A page costs members times page length, not the history.
 */
import type Database from "better-sqlite3";
import type * as tables from "../../../schema/tables.ts";
import { compareStamps } from "../../identity/stamp.ts";
import type { EventId, Milliseconds, Stamp } from "../../identity/types.ts";
import type { EventRecord, JourneyPage, JourneyRequest, PersonRecord } from "../store.ts";
import { guarded, openDatabase, type SqliteDatabase } from "./database.ts";
import { prepareLookups, type IdentifierRow, type Lookups } from "./reads.ts";

/** A row as the driver gives it, without drizzle's reading of booleans. */
export type EventRow = Omit<typeof tables.events.$inferSelect, "number" | "home" | "timeGiven"> & {
  readonly timeGiven: 0 | 1;
};

export const EVENT_COLUMNS = `id, source, "key", type, occurred_at AS occurredAt, time_given AS timeGiven,
  received_at AS receivedAt, delivery, payload`;

export function recordOf(row: EventRow, home: Pick<IdentifierRow, "id">): EventRecord {
  return { ...row, timeGiven: row.timeGiven === 1, provisional: home.id };
}

/** What decides the order and the size of a page, without the payload itself. */
interface PlaceRow extends Stamp {
  readonly number: number;
  readonly bytes: number;
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
  return client.prepare<[PageBinding], PlaceRow>(`
    SELECT number, occurred_at AS at, source, "key", octet_length(payload) AS bytes FROM event_rows
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
  const eventByNumber = client.prepare<[number], EventRow>(
    `SELECT ${EVENT_COLUMNS} FROM event_rows WHERE number = ?`,
  );
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
      // One more than asked for tells whether there is a next page.
      limit: request.limit + 1,
    };
    const direction = request.order === "asc" ? 1 : -1;
    const members = lookups.membersOfProfile(row.profile);
    const places = members
      .flatMap((home) =>
        pages[request.order]
          .all({ ...binding, home: home.ordinal })
          .map((place) => ({ place, home })),
      )
      .toSorted((left, right) => direction * compareStamps(left.place, right.place));
    const page = places.slice(0, pageLength(places, request));
    const events = page.map(({ place, home }) => recordOf(eventByNumber.get(place.number)!, home));
    return { profile: members[0]!.id, events, more: places.length > page.length };
  });
}

/** How many of the places one page holds: up to the limit of events and that of bytes, and one at least. */
function pageLength(
  places: readonly { readonly place: PlaceRow }[],
  { limit, bytesMax }: JourneyRequest,
): number {
  let bytes = 0;
  let length = 0;
  for (const { place } of places.slice(0, limit)) {
    bytes += place.bytes;
    if (length > 0 && bytes > bytesMax) break;
    length++;
  }
  return length;
}

/** Streams every person over a connection of its own, in one read transaction: one moment, and no writer waits. */
export async function* streamPeople(file: string): AsyncGenerator<PersonRecord, void> {
  const database = openDatabase(file, { readonly: true });
  const { client } = database;
  try {
    const lookups = prepareLookups(database);
    const eventsOfHome = client.prepare<[number], EventRow>(
      `SELECT ${EVENT_COLUMNS} FROM event_rows WHERE home = ?`,
    );
    client.exec("BEGIN");
    const profiles = client
      .prepare<[], number>("SELECT DISTINCT profile FROM identifier_rows ORDER BY profile")
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

/** The text of one event, to be compared with. */
export function preparePayload({ client }: SqliteDatabase) {
  const payloadOf = client
    .prepare<[EventId], string>("SELECT payload FROM event_rows WHERE id = ?")
    .pluck();
  return (id: EventId): string | undefined => payloadOf.get(id);
}
