/**
 * Reads journeys: the members' events in time order. Each member's next places come from one range of one index; the
 * events themselves are read for the page alone. A page costs members times page length, not the history.
 */
import type * as tables from "../../../schema/tables.ts";
import type { EventId, Milliseconds } from "../../identity/types.ts";
import type { EventRecord, JourneyPage, JourneyRequest, PersonRecord } from "../store.ts";
import { guarded, openDatabase, type SqliteDatabase } from "./database.ts";
import { prepareJourneyPlaces, type Home } from "./journey-places.ts";
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

/** As `PAGE_COLUMNS` order them. */
type PageRow = readonly [
  id: EventId,
  source: string,
  key: string,
  type: string,
  occurredAt: Milliseconds,
  timeGiven: 0 | 1,
  receivedAt: Milliseconds,
  delivery: string,
  payload: string,
  bytes: number,
];

const PAGE_COLUMNS = `${EVENT_COLUMNS}, octet_length(payload)`;

type ReadJourney = (request: JourneyRequest) => JourneyPage | undefined;

export function prepareJourneys(database: SqliteDatabase, lookups: Lookups): ReadJourney {
  const { client } = database;
  const placesOf = prepareJourneyPlaces(database);
  // As lists: of an object each, naming its members costs more than reading the row.
  const rowByNumber = client
    .prepare<[number], PageRow>(`SELECT ${PAGE_COLUMNS} FROM event_rows WHERE number = ?`)
    .raw();
  return client.transaction((request: JourneyRequest): JourneyPage | undefined => {
    const profile = lookups.profileOf(request.profile);
    if (profile === undefined) return undefined;
    const homes = lookups.homesOf(profile);
    const places = placesOf(homes, request);
    const events: EventRecord[] = [];
    let bytes = 0;
    for (const { number, home } of places.slice(0, request.limit)) {
      const row = rowByNumber.get(number)!;
      bytes += row[9];
      // One event at least, whatever its size.
      if (events.length > 0 && bytes > request.bytesMax) break;
      events.push(pageRecord(row, home));
    }
    return { profile: homes[0]!.id, events, more: places.length > events.length };
  });
}

function pageRecord(row: PageRow, home: Home): EventRecord {
  const [id, source, key, type, occurredAt, timeGiven, receivedAt, delivery, payload] = row;
  return {
    id,
    source,
    key,
    type,
    occurredAt,
    timeGiven: timeGiven === 1,
    receivedAt,
    delivery,
    payload,
    provisional: home.id,
  };
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
