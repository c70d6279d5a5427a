/** Reads profiles, and holds the look-ups that several reads share. */
import { asc, count, eq, max, min, sql } from "drizzle-orm";
import * as tables from "../../../schema/tables.ts";
import type { Node, ProfileId } from "../../identity/types.ts";
import type { KeptTrait, Member, ProfileRecord } from "../store.ts";
import type { SqliteDatabase } from "./database.ts";
import { joinSpans, type Span } from "./spans.ts";

export type IdentifierRow = typeof tables.identifiers.$inferSelect;

/** The look-ups that several reads share. */
export function prepareLookups({ orm }: SqliteDatabase) {
  const { identifiers, traits } = tables;
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
  const profileOf = prepareProfile(database, lookups);
  return database.client.transaction((id: ProfileId): ProfileRecord | undefined => {
    const row = lookups.identifierById(id);
    return row === undefined ? undefined : profileOf(row.profile);
  });
}

/** Reads the profile with a label; to be called within one transaction. */
export function prepareProfile(
  { orm }: SqliteDatabase,
  lookups: Lookups,
): (profile: number) => ProfileRecord {
  const { events, mentions } = tables;
  const placeholder = sql.placeholder;
  // Separately, so that each is answered from one end of the index instead of a walk over all of it.
  const firstAtHome = orm
    .select({ at: min(events.occurredAt) })
    .from(events)
    .where(eq(events.home, placeholder("home")))
    .prepare();
  const lastAtHome = orm
    .select({ at: max(events.occurredAt) })
    .from(events)
    .where(eq(events.home, placeholder("home")))
    .prepare();
  const eventsAtHome = orm
    .select({ events: count() })
    .from(events)
    .where(eq(events.home, placeholder("home")))
    .prepare();
  const mentionSpan = orm
    .select({ first: min(mentions.occurredAt), last: max(mentions.occurredAt) })
    .from(mentions)
    .where(eq(mentions.identifier, placeholder("identifier")))
    .prepare();

  const spanAtHome = (home: number): Span | undefined => {
    const first = firstAtHome.get({ home })?.at ?? null;
    return first === null ? undefined : { first, last: lastAtHome.get({ home })!.at! };
  };
  const spanBesideHomes = (identifier: number): Span | undefined => {
    const { first, last } = mentionSpan.get({ identifier })!;
    return first === null || last === null ? undefined : { first, last };
  };

  const member = (row: IdentifierRow): Member => {
    // Every identifier came with an event that named it, as its home or beside its home.
    const span = joinSpans([spanAtHome(row.ordinal), spanBesideHomes(row.ordinal)])!;
    return {
      node: nodeOf(row),
      founded: row.founded,
      sources: row.sources,
      firstSeenAt: span.first,
      lastSeenAt: span.last,
    };
  };

  return (profile: number): ProfileRecord => {
    const members = lookups.membersOfProfile(profile);
    return {
      id: members[0]!.id,
      members: members.map(member),
      traits: members.flatMap(({ ordinal }) => lookups.traitsOfIdentifier(ordinal)),
      eventCount: members.reduce(
        (sum, { ordinal }) => sum + eventsAtHome.get({ home: ordinal })!.events,
        0,
      ),
    };
  };
}
