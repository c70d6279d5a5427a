/** Reads links with their evidence: the events that named both ends, found from either. */
import { and, asc, count, eq, max, min, sql } from "drizzle-orm";
import * as tables from "../../../schema/tables.ts";
import { compareStamps } from "../../identity/stamp.ts";
import type { Milliseconds, ProfileId } from "../../identity/types.ts";
import { EVIDENCE_MAX, type LinkRecord } from "../store.ts";
import { objectionOf, timeOf } from "./columns.ts";
import type { SqliteDatabase } from "./database.ts";
import { LINK_COLUMNS, prepareLinkRows, type LinkRow } from "./link-rows.ts";
import { nodeOf, type Lookups } from "./reads.ts";
import { joinSpans, type Span } from "./spans.ts";

type Pair = readonly [ProfileId, ProfileId];

interface LinkReads {
  readonly links: (id: ProfileId, limit: number) => readonly LinkRecord[];
  readonly linksOf: (pairs: readonly Pair[]) => readonly LinkRecord[];
}

export function prepareLinkReads(database: SqliteDatabase, lookups: Lookups): LinkReads {
  const { client } = database;
  const recordOf = prepareRecord(database, lookups);
  const rowsOf = prepareLinkRows(database);
  const linkByEnds = client.prepare<[a: number, b: number], LinkRow>(
    `SELECT ${LINK_COLUMNS} FROM link_rows AS l WHERE a = ? AND eligible IN (0, 1) AND b = ?`,
  );

  const links = client.transaction((id: ProfileId, limit: number): readonly LinkRecord[] => {
    const row = lookups.identifierById(id);
    if (row === undefined) return [];
    const followed = rowsOf.followed(row.profile, limit);
    const rest = limit - followed.length;
    const unfollowed = rest === 0 ? [] : rowsOf.unfollowed(row.profile, rest);
    return [...followed, ...unfollowed].map(recordOf);
  });
  const linksOf = client.transaction((pairs: readonly Pair[]): readonly LinkRecord[] => {
    // Pairs of two profiles' members name the same few identifiers again and again.
    const ordinals = new Map<ProfileId, number | undefined>();
    const ordinalOf = (id: ProfileId) => {
      if (!ordinals.has(id)) ordinals.set(id, lookups.identifierById(id)?.ordinal);
      return ordinals.get(id);
    };
    return pairs.flatMap((pair) => {
      const [one, other] = pair.map(ordinalOf);
      if (one === undefined || other === undefined) return [];
      const row = linkByEnds.get(Math.min(one, other), Math.max(one, other));
      return row === undefined ? [] : [recordOf(row)];
    });
  });
  return { links, linksOf };
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
