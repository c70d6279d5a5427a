/** Reads links with their evidence: the events that named both ends, found from either. */
import { and, asc, count, eq, max, min, sql } from "drizzle-orm";
import * as tables from "../../../schema/tables.ts";
import { compareStamps } from "../../identity/stamp.ts";
import type { Milliseconds, ProfileId } from "../../identity/types.ts";
import { EVIDENCE_MAX, type LinkRecord } from "../store.ts";
import { objectionOf, timeOf } from "./columns.ts";
import type { SqliteDatabase } from "./database.ts";
import { nodeOf, type Lookups } from "./reads.ts";
import { joinSpans, type Span } from "./spans.ts";

type LinkRow = Omit<typeof tables.links.$inferSelect, "eligible">;

type Pair = readonly [ProfileId, ProfileId];

interface LinkReads {
  readonly links: (id: ProfileId, limit: number) => readonly LinkRecord[];
  readonly unfollowedLinks: (id: ProfileId, limit: number) => readonly LinkRecord[];
  readonly linksOf: (pairs: readonly Pair[]) => readonly LinkRecord[];
}

const COLUMNS = "a, b, trust, evidence_at AS evidenceAt, rule, subject";

export function prepareLinkReads(database: SqliteDatabase, lookups: Lookups): LinkReads {
  const { client } = database;
  const recordOf = prepareRecord(database, lookups);
  const linksAt = prepareLinksAt(database, "true");
  const unfollowedLinksAt = prepareLinksAt(database, "rule IS NOT NULL");
  const linkByEnds = client.prepare<[a: number, b: number], LinkRow>(
    `SELECT ${COLUMNS} FROM links WHERE a = ? AND eligible IN (0, 1) AND b = ?`,
  );

  const ofProfile = (at: typeof linksAt) =>
    client.transaction((id: ProfileId, limit: number): readonly LinkRecord[] => {
      const row = lookups.identifierById(id);
      if (row === undefined) return [];
      const distinct = new Map<string, LinkRow>();
      for (const { ordinal } of lookups.membersOfProfile(row.profile)) {
        if (distinct.size >= limit) break;
        for (const link of at(ordinal, limit)) distinct.set(`${link.a}|${link.b}`, link);
      }
      return [...distinct.values()].slice(0, limit).map(recordOf);
    });
  const linksOf = client.transaction((pairs: readonly Pair[]): readonly LinkRecord[] =>
    pairs.flatMap((pair) => {
      const [one, other] = pair.map((id) => lookups.identifierById(id)?.ordinal);
      if (one === undefined || other === undefined) return [];
      const row = linkByEnds.get(Math.min(one, other), Math.max(one, other));
      return row === undefined ? [] : [recordOf(row)];
    }),
  );
  return { links: ofProfile(linksAt), unfollowedLinks: ofProfile(unfollowedLinksAt), linksOf };
}

/** The links of one identifier, from either end, no more of them than the limit. */
function prepareLinksAt({ client }: SqliteDatabase, condition: string) {
  const rowsOf = client.prepare<[{ ordinal: number; limit: number }], LinkRow>(
    `SELECT ${COLUMNS} FROM links WHERE a = :ordinal AND ${condition}
     UNION ALL SELECT ${COLUMNS} FROM links WHERE b = :ordinal AND ${condition}
     LIMIT :limit`,
  );
  return (ordinal: number, limit: number): LinkRow[] => rowsOf.all({ ordinal, limit });
}

/** The events of a link are those at home with either end that mention the other. */
interface Direction {
  readonly identifier: number;
  readonly home: number;
}

function prepareRecord(database: SqliteDatabase, lookups: Lookups): (row: LinkRow) => LinkRecord {
  const evidenceOf = prepareEvidence(database);
  return ({ a, b, trust, evidenceAt, rule, subject }) => {
    const ends = [a, b]
      .map(lookups.identifierByOrdinal)
      .toSorted((left, right) => (left.id < right.id ? -1 : 1));
    return {
      a: nodeOf(ends[0]!),
      b: nodeOf(ends[1]!),
      trust,
      evidenceAt: timeOf(evidenceAt),
      objection: objectionOf(rule, subject),
      ...evidenceOf([
        { identifier: a, home: b },
        { identifier: b, home: a },
      ]),
      profiles: [lookups.founderOf(ends[0]!.profile), lookups.founderOf(ends[1]!.profile)],
    };
  };
}

function prepareEvidence({ orm }: SqliteDatabase) {
  const { events, mentions } = tables;
  const named = and(
    eq(mentions.identifier, sql.placeholder("identifier")),
    eq(mentions.home, sql.placeholder("home")),
  );
  // Separately, so that each is answered from one end of the index instead of a walk over all of it.
  const first = orm
    .select({ at: min(mentions.occurredAt) })
    .from(mentions)
    .where(named)
    .prepare();
  const last = orm
    .select({ at: max(mentions.occurredAt) })
    .from(mentions)
    .where(named)
    .prepare();
  const countEvents = orm.select({ events: count() }).from(mentions).where(named).prepare();
  const earliest = orm
    .select({ at: mentions.occurredAt, id: events.id, source: events.source, key: events.key })
    .from(mentions)
    .innerJoin(events, eq(events.number, mentions.event))
    .where(named)
    .orderBy(asc(mentions.occurredAt), asc(events.source), asc(events.key))
    .limit(EVIDENCE_MAX)
    .prepare();
  const spanOf = (direction: Direction): Span | undefined => {
    const at: Milliseconds | null = first.get({ ...direction })?.at ?? null;
    return at === null ? undefined : { first: at, last: last.get({ ...direction })!.at! };
  };

  return (directions: readonly Direction[]) => {
    const span = joinSpans(directions.map(spanOf))!;
    return {
      firstSeenAt: span.first,
      lastSeenAt: span.last,
      events: directions.reduce(
        (sum, direction) => sum + countEvents.get({ ...direction })!.events,
        0,
      ),
      evidence: directions
        .flatMap((direction) => earliest.all({ ...direction }))
        .toSorted(compareStamps)
        .slice(0, EVIDENCE_MAX)
        .map((event) => event.id),
    };
  };
}
