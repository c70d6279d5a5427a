/**
 * Streams histories: who is walked by one index and what they did by another, side by side, so that no row of the table
 * is read for an event. Knows no question; it hands out what was asked for, one person at a time, and forgets them.
 */
import type Database from "better-sqlite3";
import { compareTexts } from "../../identity/stamp.ts";
import { newestTraits } from "../../identity/traits.ts";
import type { Milliseconds, ProfileId, Stamp } from "../../identity/types.ts";
import type { History, HistoryEvent, HistoryRequest, Pause } from "../histories.ts";
import { guarded, openDatabase } from "./database.ts";

/** As the driver gives it without names: profile, number of the event, time, source and type. */
type EventRow = readonly [number, number, Milliseconds, string, string];

/**
 * How many identifiers one statement walks at most before it comes back. A thread can be stopped between two steps of a
 * statement and never within one, which may pass over everything where next to no event is of the types asked for.
 */
const IDENTIFIERS_PER_STATEMENT = 1000;
/** Of one person, who may have more than there is memory for. */
const EVENTS_BETWEEN_PAUSES = 100;

/** Labels of people from one to another; all of one person's identifiers have the same. */
interface Stretch {
  readonly first: number;
  readonly last: number;
}

interface WalkBinding extends Stretch {
  readonly from: Milliseconds;
  readonly to: Milliseconds;
  /** JSON lists. */
  readonly types: string;
  readonly sources: string;
}

/** The events asked for of the people with labels from `first` to `last`, by person. */
export function historiesSql({ types, sources }: HistoryRequest): string {
  const among = (column: string, name: string) =>
    `AND e.${column} IN (SELECT value FROM json_each(:${name}))`;
  return `
    SELECT i.profile, e.number, e.occurred_at, e.source, e.type
    FROM identifier_rows i INDEXED BY identifiers_by_profile
    CROSS JOIN event_rows e INDEXED BY events_by_home ON e.home = i.ordinal
    WHERE i.profile BETWEEN :first AND :last
      AND e.occurred_at >= :from AND e.occurred_at < :to
      ${types === undefined ? "" : among("type", "types")}
      ${sources === undefined ? "" : among("source", "sources")}
    ORDER BY i.profile, i.ordinal`;
}

/** Over a connection of its own, in one read transaction: one moment, and no writer waits. */
export async function* streamHistories(
  file: string,
  request: HistoryRequest,
  pause: Pause = () => undefined,
): AsyncGenerator<History, void> {
  const { client } = openDatabase(file, { readonly: true });
  try {
    const { history, eventOf } = prepareHistory(client, request.traits ?? []);
    client.exec("BEGIN");
    const rows = client.prepare<[WalkBinding], EventRow>(historiesSql(request)).raw();
    for (const stretch of stretchesOf(client)) {
      let person: number | undefined;
      let events: WalkedEvent[] = [];
      for (const row of rows.iterate({ ...bindingOf(request), ...stretch })) {
        if (person !== undefined && person !== row[0]) {
          yield history(person, events);
          events = [];
        }
        person = row[0];
        events.push(eventOf(row));
        if (events.length % EVENTS_BETWEEN_PAUSES > 0) continue;
        const paused = pause();
        if (paused !== undefined) await paused;
      }
      if (person !== undefined) yield history(person, events);
    }
  } catch (error) {
    guarded(() => {
      throw error;
    });
  } finally {
    client.close();
  }
}

function* stretchesOf(client: Database.Database): Generator<Stretch, void> {
  const labelBehind = client
    .prepare<[number, number], number>(
      "SELECT profile FROM identifier_rows WHERE profile >= ? ORDER BY profile LIMIT 1 OFFSET ?",
    )
    .pluck();
  for (let first = 0, last: number; first < Number.MAX_SAFE_INTEGER; first = last + 1) {
    last = labelBehind.get(first, IDENTIFIERS_PER_STATEMENT) ?? Number.MAX_SAFE_INTEGER;
    yield { first, last };
  }
}

function bindingOf({ from, to, types, sources }: HistoryRequest): Omit<WalkBinding, keyof Stretch> {
  return {
    from: from ?? Number.MIN_SAFE_INTEGER,
    to: to ?? Number.MAX_SAFE_INTEGER,
    types: JSON.stringify(types ?? null),
    sources: JSON.stringify(sources ?? null),
  };
}

interface TraitRow extends Stamp {
  readonly name: string;
  readonly value: string;
}

/** Makes a person of their events. */
function prepareHistory(client: Database.Database, traitNames: readonly string[]) {
  const founderOf = client
    .prepare<[number], ProfileId>(
      "SELECT id FROM identifier_rows WHERE profile = ? ORDER BY ordinal LIMIT 1",
    )
    .pluck();
  const traitsOf = client.prepare<[number, string], TraitRow>(`
    SELECT t.name, t.value, t.at, t.source, t."key"
    FROM identifier_rows i CROSS JOIN trait_rows t ON t.identifier = i.ordinal
    WHERE i.profile = ? AND t.name IN (SELECT value FROM json_each(?))`);
  const keyOf = client
    .prepare<[number], string>('SELECT "key" FROM event_rows WHERE number = ?')
    .pluck();
  const payloadOf = client
    .prepare<[number], string>("SELECT payload FROM event_rows WHERE number = ?")
    .pluck();
  const names = JSON.stringify(traitNames);

  const traits = (profile: number): ReadonlyMap<string, string> => {
    if (traitNames.length === 0) return NO_TRAITS;
    const kept = traitsOf
      .all(profile, names)
      .map(({ name, value, at, source, key }) => ({ name, value, stamp: { at, source, key } }));
    return new Map(newestTraits(kept).map(({ name, value }) => [name, value]));
  };
  const history = (profile: number, events: WalkedEvent[]): History => ({
    profile: founderOf.get(profile)!,
    traits: traits(profile),
    events: inOrder(events, (number) => keyOf.get(number)!),
  });
  const named = prepareNames();
  const read = (number: number) => guarded(() => payloadOf.get(number)!);
  const eventOf = ([, number, at, source, type]: EventRow) =>
    new WalkedEvent(number, at, named(source), named(type), read);
  return { history, eventOf };
}

/** Kept small: of one person there may be a million, and all of them are held at once. */
class WalkedEvent implements HistoryEvent {
  readonly number: number;
  readonly at: Milliseconds;
  readonly source: string;
  readonly type: string;
  readonly #read: (number: number) => string;

  constructor(
    number: number,
    at: Milliseconds,
    source: string,
    type: string,
    read: (number: number) => string,
  ) {
    this.number = number;
    this.at = at;
    this.source = source;
    this.type = type;
    this.#read = read;
  }

  payload(): string {
    return this.#read(this.number);
  }
}

/** Of names that occur in millions of events one copy is enough. */
const NAMES_SHARED_MAX = 10_000;

function prepareNames(): (name: string) => string {
  const names = new Map<string, string>();
  return (name) => {
    const known = names.get(name);
    if (known !== undefined) return known;
    if (names.size < NAMES_SHARED_MAX) names.set(name, name);
    return name;
  };
}

const NO_TRAITS: ReadonlyMap<string, string> = new Map();

/** By time, source and key, as stamps are; a key is read for those alone that neither time nor source tells apart. */
function inOrder(events: WalkedEvent[], readKey: (number: number) => string): WalkedEvent[] {
  const keys = new Map<number, string>();
  const keyOf = ({ number }: WalkedEvent): string => {
    const key = keys.get(number) ?? readKey(number);
    keys.set(number, key);
    return key;
  };
  return events.sort(
    (left, right) =>
      left.at - right.at ||
      compareTexts(left.source, right.source) ||
      compareTexts(keyOf(left), keyOf(right)),
  );
}
