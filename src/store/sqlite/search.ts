/**
 * Searches in the SQLite store. Where an index names those among whom all who match are, these are looked at and put in
 * order; otherwise identifiers are walked in the order of their ordinals, and a person is told at the ordinal that is
 * their place. Either way each page looks at so much and no more, and says where the next one goes on.
 */
import type { ProfileId } from "../../identity/types.ts";
import { placeOf, profileBytes, type SearchFilter, type SearchRequest } from "../search.ts";
import type { ProfileRecord, SearchPage } from "../store.ts";
import type { SqliteDatabase } from "./database.ts";
import type { Lookups } from "./reads.ts";
import { prepareCandidates } from "./search-candidates.ts";
import { prepareSearchedPeople, SearchedPerson, type Whereabouts } from "./searched-people.ts";

/** How much a page looks at, whatever it finds: about a second's work. */
export interface SearchBounds {
  /** Identifiers, where all have to be walked. */
  readonly walkedMax: number;
  /** People whom an index names; where it names more, a walk soon finds a page full. */
  readonly candidatesMax: number;
}

const BOUNDS: SearchBounds = { walkedMax: 50_000, candidatesMax: 10_000 };
const WALKED_AT_A_TIME = 500;

export const WALK_STATEMENT =
  "SELECT ordinal, profile FROM identifier_rows WHERE ordinal > ? ORDER BY ordinal LIMIT ?";

interface Match {
  /** The label. */
  readonly profile: number;
  readonly place: number;
}

/** Those who match behind a place, in order; ends with where the next page goes on, undefined where nobody is left. */
type Matches = Generator<Match, number | undefined>;

type Place = (profile: number) => number | undefined;

export function prepareSearch(
  database: SqliteDatabase,
  lookups: Lookups,
  read: (id: ProfileId) => ProfileRecord | undefined,
  { walkedMax, candidatesMax }: SearchBounds = BOUNDS,
): (request: SearchRequest) => SearchPage {
  const reads = prepareSearchedPeople(database);
  const candidatesOf = prepareCandidates(database, reads, candidatesMax);
  const walk = prepareWalk(database, walkedMax);

  const matchesIn = (filter: SearchFilter, after: number): Matches => {
    const place: Place = (profile) => placeOf(filter, new SearchedPerson(reads, profile));
    const candidates = candidatesOf(filter);
    return candidates === undefined ? walk(place, after) : inOrder(candidates, place, after);
  };

  return database.client.transaction(
    ({ filter, after, limit, bytesMax }: SearchRequest): SearchPage => {
      const matches = matchesIn(filter, after);
      const profiles: ProfileRecord[] = [];
      let last = after;
      let bytes = 0;
      for (let step = matches.next(); ; step = matches.next()) {
        if (step.done === true) return { profiles, next: step.value };
        if (profiles.length === limit) return { profiles, next: last };
        const profile = read(lookups.founderOf(step.value.profile))!;
        bytes += profileBytes(profile);
        if (profiles.length > 0 && bytes > bytesMax) return { profiles, next: last };
        profiles.push(profile);
        last = step.value.place;
      }
    },
  );
}

function* inOrder(candidates: Iterable<number>, place: Place, after: number): Matches {
  const matches: Match[] = [];
  for (const profile of candidates) {
    const found = place(profile);
    if (found !== undefined && found > after) matches.push({ profile, place: found });
  }
  yield* matches.sort((left, right) => left.place - right.place);
  return undefined;
}

function prepareWalk({ client }: SqliteDatabase, walkedMax: number) {
  const next = client.prepare<[after: number, limit: number], Whereabouts>(WALK_STATEMENT);
  return function* walk(place: Place, after: number): Matches {
    // A person is met once for each identifier, and looked at once.
    const places = new Map<number, number | undefined>();
    let position = after;
    const atATime = Math.min(WALKED_AT_A_TIME, walkedMax);
    for (let walked = 0; walked < walkedMax; walked += atATime) {
      const identifiers = next.all(position, atATime);
      for (const { ordinal, profile } of identifiers) {
        if (!places.has(profile)) places.set(profile, place(profile));
        if (places.get(profile) === ordinal) yield { profile, place: ordinal };
      }
      if (identifiers.length < atATime) return undefined;
      position = identifiers.at(-1)!.ordinal;
    }
    return position;
  };
}
