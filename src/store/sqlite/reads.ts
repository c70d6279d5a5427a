/** Reads profiles, and holds the look-ups that several reads share. */
import { asc, eq, sql } from "drizzle-orm";
import * as tables from "../../../schema/tables.ts";
import type { EventId, Identifier, Milliseconds, Node, ProfileId } from "../../identity/types.ts";
import type { KeptTrait, Member, ProfileRecord } from "../store.ts";
import type { SqliteDatabase } from "./database.ts";
import type { Home } from "./journey-places.ts";
import { joinSpans, type Span } from "./spans.ts";

export type IdentifierRow = typeof tables.identifiers.$inferSelect;

/** The look-ups that several reads share. */
export function prepareLookups({ client, orm }: SqliteDatabase) {
  const { identifiers, traits } = tables;
  // These three stand in the way of every read, and take no more of a row than it needs.
  const identifierOf = client.prepare<[ProfileId], Identifier>(
    "SELECT namespace, value FROM identifier_rows WHERE id = ?",
  );
  const profileOf = client
    .prepare<[ProfileId], number>("SELECT profile FROM identifier_rows WHERE id = ?")
    .pluck();
  const homesOf = client.prepare<[profile: number], Home>(
    "SELECT ordinal, id FROM identifier_rows WHERE profile = ? ORDER BY ordinal",
  );
  const identifierById = orm
    .select()
    .from(identifiers)
    .where(eq(identifiers.id, sql.placeholder("id")))
    .prepare();
  const identifierByOrdinal = orm
    .select()
    .from(identifiers)
    .where(eq(identifiers.ordinal, sql.placeholder("ordinal")))
    .prepare();
  const membersOfProfile = orm
    .select()
    .from(identifiers)
    .where(eq(identifiers.profile, sql.placeholder("profile")))
    .orderBy(asc(identifiers.ordinal))
    .prepare();
  const founderOfProfile = orm
    .select({ id: identifiers.id })
    .from(identifiers)
    .where(eq(identifiers.profile, sql.placeholder("profile")))
    .orderBy(asc(identifiers.ordinal))
    .limit(1)
    .prepare();
  const traitsOfIdentifier = orm
    .select()
    .from(traits)
    .where(eq(traits.identifier, sql.placeholder("identifier")))
    .prepare();
  return {
    /** Undefined where nobody has it. */
    identifierOf: (id: ProfileId): Identifier | undefined => identifierOf.get(id),
    /** The label of the profile that holds an id. */
    profileOf: (id: ProfileId): number | undefined => profileOf.get(id),
    /** What the events of a profile lie under, in the order of first receipt, the founder first. */
    homesOf: (profile: number): Home[] => homesOf.all(profile),
    identifierById: (id: ProfileId): IdentifierRow | undefined => identifierById.get({ id }),
    identifierByOrdinal: (ordinal: number): IdentifierRow => identifierByOrdinal.get({ ordinal })!,
    /** In the order of first receipt, the founder first. */
    membersOfProfile: (profile: number): IdentifierRow[] => membersOfProfile.all({ profile }),
    founderOf: (profile: number): ProfileId => founderOfProfile.get({ profile })!.id,
    traitsOfIdentifier: (identifier: number): KeptTrait[] =>
      traitsOfIdentifier
        .all({ identifier })
        .map(({ name, value, at, source, key, timeGiven, event }) => ({
          name,
          value,
          stamp: { at, source, key },
          timeGiven,
          event,
        })),
  };
}

export type Lookups = ReturnType<typeof prepareLookups>;

export function nodeOf({ id, namespace, value }: IdentifierRow): Node {
  return { id, identifier: { namespace, value } };
}

export function prepareProfileRead(
  database: SqliteDatabase,
  lookups: Lookups,
): (id: ProfileId) => ProfileRecord | undefined {
  const profileOf = prepareProfile(database);
  return database.client.transaction((id: ProfileId): ProfileRecord | undefined => {
    const profile = lookups.profileOf(id);
    return profile === undefined ? undefined : profileOf(profile);
  });
}

type MemberRow = readonly [
  ordinal: number,
  id: ProfileId,
  namespace: string,
  value: string,
  founded: 0 | 1,
  sources: string,
  firstAtHome: Milliseconds | null,
  lastAtHome: Milliseconds | null,
  eventCount: number,
];

type TraitRow = readonly [
  name: string,
  value: string,
  at: Milliseconds,
  source: string,
  key: string,
  timeGiven: 0 | 1,
  event: EventId,
];

/**
 * Reads the profile with a label; to be called within one transaction. Written as text, and one statement for all members:
 * what a profile costs is the number of statements more than anything that they read.
 */
export function prepareProfile({ client }: SqliteDatabase): (profile: number) => ProfileRecord {
  // First and last separately, so that each is answered from one end of the index instead of a walk over all of it.
  const membersOf = client
    .prepare<[profile: number], MemberRow>(
      `SELECT ordinal, id, namespace, value, founded, sources,
         (SELECT min(occurred_at) FROM event_rows WHERE home = ordinal),
         (SELECT max(occurred_at) FROM event_rows WHERE home = ordinal),
         (SELECT count(*) FROM event_rows WHERE home = ordinal)
       FROM identifier_rows WHERE profile = ? ORDER BY ordinal`,
    )
    .raw();
  const spanBesideHomes = client
    .prepare<[identifier: number], readonly [Milliseconds | null, Milliseconds | null]>(
      "SELECT min(occurred_at), max(occurred_at) FROM mentions WHERE identifier = ?",
    )
    .raw();
  const traitsOf = client
    .prepare<[profile: number], TraitRow>(
      `SELECT t.name, t.value, t.at, t.source, t."key", t.time_given, t.event
       FROM identifier_rows AS i CROSS JOIN trait_rows AS t ON t.identifier = i.ordinal
       WHERE i.profile = ? ORDER BY i.ordinal, t.name`,
    )
    .raw();

  return (profile: number): ProfileRecord => {
    const rows = membersOf.all(profile);
    return {
      id: rows[0]![1],
      members: rows.map((row) => memberOf(row, spanOf(...spanBesideHomes.get(row[0])!))),
      traits: traitsOf.all(profile).map(traitOf),
      eventCount: rows.reduce((sum, row) => sum + row[8], 0),
    };
  };
}

function spanOf(first: Milliseconds | null, last: Milliseconds | null): Span | undefined {
  return first === null || last === null ? undefined : { first, last };
}

function memberOf(row: MemberRow, besideHomes: Span | undefined): Member {
  const [, id, namespace, value, founded, sources, firstAtHome, lastAtHome] = row;
  // Every identifier came with an event that named it, as its home or beside its home.
  const span = joinSpans([spanOf(firstAtHome, lastAtHome), besideHomes])!;
  return {
    node: { id, identifier: { namespace, value } },
    founded: founded === 1,
    sources: JSON.parse(sources) as readonly string[],
    firstSeenAt: span.first,
    lastSeenAt: span.last,
  };
}

function traitOf([name, value, at, source, key, timeGiven, event]: TraitRow): KeptTrait {
  return { name, value, stamp: { at, source, key }, timeGiven: timeGiven === 1, event };
}
