/** Reads profiles, journeys, links, changes and counts, each in one read transaction on prepared statements. */
import { and, asc, count, eq, gt, max, min, or, sql } from "drizzle-orm";
import * as tables from "../../../schema/tables.ts";
import { compareStamps } from "../../identity/stamp.ts";
import type { Milliseconds, ProfileId } from "../../identity/types.ts";
import {
  EVIDENCE_MAX,
  type KeptTrait,
  type LinkRecord,
  type Member,
  type ProfileRecord,
} from "../store.ts";
import type { SqliteDatabase } from "./database.ts";

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

interface Span {
  readonly first: Milliseconds;
  readonly last: Milliseconds;
}

function joinSpans(spans: readonly (Span | undefined)[]): Span | undefined {
  let joined: Span | undefined;
  for (const span of spans) {
    if (span === undefined) continue;
    joined = {
      first: Math.min(span.first, joined?.first ?? span.first),
      last: Math.max(span.last, joined?.last ?? span.last),
    };
  }
  return joined;
}

interface ProfileReads {
  readonly profile: (id: ProfileId) => ProfileRecord | undefined;
  readonly links: (id: ProfileId, limit: number) => LinkRecord[];
}

export function prepareProfileReads(database: SqliteDatabase, lookups: Lookups): ProfileReads {
  const { client, orm } = database;
  const { events, links, mentions } = tables;
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
  const ofPair = and(
    eq(mentions.identifier, placeholder("identifier")),
    eq(mentions.home, placeholder("home")),
  );
  const firstMention = orm
    .select({ at: min(mentions.occurredAt) })
    .from(mentions)
    .where(ofPair)
    .prepare();
  const lastMention = orm
    .select({ at: max(mentions.occurredAt) })
    .from(mentions)
    .where(ofPair)
    .prepare();
  const countMentions = orm.select({ events: count() }).from(mentions).where(ofPair).prepare();
  const earliestMentions = orm
    .select({ at: mentions.occurredAt, id: events.id, source: events.source, key: events.key })
    .from(mentions)
    .innerJoin(events, eq(events.number, mentions.event))
    .where(ofPair)
    .orderBy(asc(mentions.occurredAt), asc(events.source), asc(events.key))
    .limit(EVIDENCE_MAX)
    .prepare();
  const mentionSpan = orm
    .select({ first: min(mentions.occurredAt), last: max(mentions.occurredAt) })
    .from(mentions)
    .where(eq(mentions.identifier, placeholder("identifier")))
    .prepare();
  const linksOf = orm
    .select()
    .from(links)
    .where(or(eq(links.a, placeholder("ordinal")), eq(links.b, placeholder("ordinal"))))
    .limit(placeholder("limit"))
    .prepare();

  const spanAtHome = (home: number): Span | undefined => {
    const first = firstAtHome.get({ home })?.at ?? null;
    return first === null ? undefined : { first, last: lastAtHome.get({ home })!.at! };
  };
  const spanOfPair = (identifier: number, home: number): Span | undefined => {
    const first = firstMention.get({ identifier, home })?.at ?? null;
    return first === null ? undefined : { first, last: lastMention.get({ identifier, home })!.at! };
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

  const profile = client.transaction((id: ProfileId): ProfileRecord | undefined => {
    const row = lookups.identifierById(id);
    if (row === undefined) return undefined;
    const members = lookups.membersOfProfile(row.profile);
    return {
      id: members[0]!.id,
      members: members.map(member),
      traits: members.flatMap(({ ordinal }) => lookups.traitsOfIdentifier(ordinal)),
      eventCount: members.reduce(
        (sum, { ordinal }) => sum + eventsAtHome.get({ home: ordinal })!.events,
        0,
      ),
    };
  });

  const linkRecord = ({ a, b, trust, firstSeenAt }: typeof links.$inferSelect): LinkRecord => {
    // The events of a link are those at home with either end that mention the other.
    const directions = [
      { identifier: a, home: b },
      { identifier: b, home: a },
    ];
    const ends = [a, b]
      .map(lookups.identifierByOrdinal)
      .toSorted((left, right) => (left.id < right.id ? -1 : 1));
    return {
      a: nodeOf(ends[0]!),
      b: nodeOf(ends[1]!),
      trust,
      firstSeenAt,
      lastSeenAt: joinSpans(directions.map((pair) => spanOfPair(pair.identifier, pair.home)))!.last,
      events: directions.reduce((sum, pair) => sum + countMentions.get(pair)!.events, 0),
      evidence: directions
        .flatMap((pair) => earliestMentions.all(pair))
        .toSorted(compareStamps)
        .slice(0, EVIDENCE_MAX)
        .map((event) => event.id),
      profiles: [lookups.founderOf(ends[0]!.profile), lookups.founderOf(ends[1]!.profile)],
    };
  };
  const linksOfProfile = client.transaction((id: ProfileId, limit: number): LinkRecord[] => {
    const row = lookups.identifierById(id);
    if (row === undefined) return [];
    const distinct = new Map<string, typeof links.$inferSelect>();
    for (const { ordinal } of lookups.membersOfProfile(row.profile)) {
      if (distinct.size >= limit) break;
      for (const link of linksOf.all({ ordinal, limit })) distinct.set(`${link.a}|${link.b}`, link);
    }
    return [...distinct.values()].slice(0, limit).map(linkRecord);
  });

  return { profile, links: linksOfProfile };
}

function nodeOf({ id, namespace, value }: IdentifierRow) {
  return { id, identifier: { namespace, value } };
}

export function prepareLedgerReads({ orm }: SqliteDatabase) {
  const { changes, tallies } = tables;
  const changesAfter = orm
    .select()
    .from(changes)
    .where(gt(changes.sequence, sql.placeholder("after")))
    .orderBy(asc(changes.sequence))
    .limit(sql.placeholder("limit"))
    .prepare();
  const allTallies = orm.select().from(tallies).prepare();
  return {
    changes: (after: number, limit: number) => changesAfter.all({ after, limit }),
    tallies: () => allTallies.all(),
  };
}
