/**
 * Where the next events of a person lie, in the order of a journey. The index that events lie under tells times and no
 * keys, so places are taken from it alone, and the rows are looked at only where two events of one time make the key
 * decide.
 */
import type Database from "better-sqlite3";
import { compareStamps } from "../../identity/stamp.ts";
import type { Milliseconds, ProfileId, Stamp } from "../../identity/types.ts";
import type { JourneyRequest } from "../store.ts";
import type { SqliteDatabase } from "./database.ts";

/** An identifier under which events lie. */
export interface Home {
  readonly ordinal: number;
  readonly id: ProfileId;
}

/** An event's number, and the home it lies under. */
export interface Place {
  readonly number: number;
  readonly home: Home;
}

type PlaceQuery = Omit<JourneyRequest, "profile" | "bytesMax">;
type IndexRow = readonly [number: number, at: Milliseconds];
type StampRow = readonly [number: number, at: Milliseconds, source: string, key: string];

/** Up to one place more than the limit, which tells whether there is a next page. */
export function prepareJourneyPlaces({ client }: SqliteDatabase) {
  const statements = new Map<string, Database.Statement>();
  const rowsOf = (homes: readonly Home[], { sql, bound }: Range) => {
    let statement = statements.get(sql);
    if (statement === undefined) {
      statement = client.prepare(sql).raw();
      statements.set(sql, statement);
    }
    return homes.map((home) => statement.all(home.ordinal, ...bound));
  };

  return (homes: readonly Home[], query: PlaceQuery): Place[] => {
    const found = rowsOf(homes, rangeOf(query, "number, occurred_at", "")) as IndexRow[][];
    const direction = query.order === "asc" ? 1 : -1;
    const places = found.flatMap((rows, index) =>
      rows.map(([number, at]) => ({ number, at, home: homes[index]! })),
    );
    if (homes.length > 1) places.sort((left, right) => direction * (left.at - right.at));
    places.length = Math.min(places.length, query.limit + 1);
    return places.some(({ at }, index) => at === places[index + 1]?.at)
      ? exactPlaces(homes, query)
      : places;
  };

  /** Each home's own are sorted with their keys before they are cut, or an event of the same time might be left out. */
  function exactPlaces(homes: readonly Home[], query: PlaceQuery): Place[] {
    const direction = query.order === "asc" ? "ASC" : "DESC";
    const sorting = `, source ${direction}, "key" ${direction}`;
    const found = rowsOf(homes, rangeOf(query, STAMP_COLUMNS, sorting)) as StampRow[][];
    const sign = query.order === "asc" ? 1 : -1;
    return found
      .flatMap((rows, index) =>
        rows.map(([number, at, source, key]) => ({
          number,
          stamp: { at, source, key } satisfies Stamp,
          home: homes[index]!,
        })),
      )
      .toSorted((left, right) => sign * compareStamps(left.stamp, right.stamp))
      .slice(0, query.limit + 1);
  }
}

const STAMP_COLUMNS = `number, occurred_at, source, "key"`;

interface Range {
  readonly sql: string;
  /** What is bound after the home. */
  readonly bound: readonly (string | number)[];
}

/**
 * What of one home is asked for. Written as text, and only with the conditions that are asked for: the range on the index
 * is what makes it fast, and plain to see here. `from`, `to` and the place where the page before ended narrow the same range.
 */
function rangeOf({ order, limit, ...query }: PlaceQuery, columns: string, sorting: string): Range {
  const { from = -Infinity, to = Infinity, type, source, after } = query;
  const isForward = order === "asc";
  const behind = after?.at ?? 0;
  const low = after !== undefined && isForward ? Math.max(from, behind) : from;
  const high = after !== undefined && !isForward ? Math.min(to, behind + 1) : to;
  const beyond = isForward ? ">" : "<";
  const conditions: string[] = ["home = ?", "occurred_at >= ?", "occurred_at < ?"];
  const bound: (string | number)[] = [low, high];
  if (after !== undefined) {
    // Asked of the row only where the time is that of the last event.
    conditions.push(`(occurred_at ${beyond} ? OR (source, "key") ${beyond} (?, ?))`);
    bound.push(after.at, after.source, after.key);
  }
  if (type !== undefined) {
    conditions.push("type = ?");
    bound.push(type);
  }
  if (source !== undefined) {
    conditions.push("source = ?");
    bound.push(source);
  }
  const direction = isForward ? "ASC" : "DESC";
  // Of a limit that is a bare parameter SQLite looks at the value to plan by, and so plans anew each time it is bound, which
  // takes longer than the whole range does. With a sign before it, it is an expression like any other.
  bound.push(limit + 1);
  return {
    sql: `SELECT ${columns} FROM event_rows WHERE ${conditions.join(" AND ")}
      ORDER BY occurred_at ${direction}${sorting} LIMIT +?`,
    bound,
  };
}
