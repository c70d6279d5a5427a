/** Reads links and joins that are not followed, without evidence: a search looks at many and tells few. */
import type { DecisionId, Node, ProfileId } from "../../identity/types.ts";
import type { UnfollowedEdge } from "../store.ts";
import { objectionOf } from "./columns.ts";
import type { SqliteDatabase } from "./database.ts";
import { prepareLinkRows, type LinkRow } from "./link-rows.ts";
import type { Lookups } from "./reads.ts";

interface EdgeRow extends Pick<LinkRow, "a" | "b" | "rule" | "subject"> {
  readonly decision?: DecisionId;
}

type EndRow = readonly [id: ProfileId, namespace: string, value: string, founder: ProfileId];

interface End {
  readonly node: Node;
  readonly profile: ProfileId;
}

type Read = (id: ProfileId, limit: number) => readonly UnfollowedEdge[];

interface UnfollowedReads {
  readonly links: Read;
  readonly joins: Read;
}

export function prepareUnfollowed(database: SqliteDatabase, lookups: Lookups): UnfollowedReads {
  const rowsOf = prepareLinkRows(database);
  const joinsOf = prepareJoins(database);
  const edgesOf = prepareEdges(database);
  const ofProfile = (find: (profile: number, limit: number) => EdgeRow[]): Read =>
    database.client.transaction((id: ProfileId, limit: number) => {
      const row = lookups.identifierById(id);
      return row === undefined ? [] : edgesOf(find(row.profile, limit));
    });
  return { links: ofProfile(rowsOf.unfollowed), joins: ofProfile(joinsOf) };
}

function prepareJoins({ client }: SqliteDatabase) {
  const atEnd = (end: "a" | "b") =>
    `SELECT d.number, d.id AS decision, d.a, d.b, d.rule, d.subject
     FROM identifier_rows AS i CROSS JOIN decisions AS d ON d.${end} = i.ordinal
     WHERE i.profile = :profile AND d.taken_back_at IS NULL AND d.kind = 'join' AND d.rule IS NOT NULL`;
  const rows = client.prepare<[{ profile: number; limit: number }], EdgeRow>(
    `${atEnd("a")} UNION ${atEnd("b")} ORDER BY number LIMIT :limit`,
  );
  return (profile: number, limit: number): EdgeRow[] => rows.all({ profile, limit });
}

function prepareEdges({ client }: SqliteDatabase) {
  const endRow = client
    .prepare<[ordinal: number], EndRow>(
      `SELECT i.id, i.namespace, i.value,
         (SELECT f.id FROM identifier_rows AS f WHERE f.profile = i.profile ORDER BY f.ordinal LIMIT 1)
       FROM identifier_rows AS i WHERE i.ordinal = ?`,
    )
    .raw();
  return (rows: readonly EdgeRow[]): UnfollowedEdge[] => {
    // One end of each is of the same profile, and nearly always one of a few identifiers.
    const ends = new Map<number, End>();
    const endOf = (ordinal: number): End => {
      const end = ends.get(ordinal) ?? endFrom(endRow.get(ordinal)!);
      ends.set(ordinal, end);
      return end;
    };
    return rows.map((row) => edgeFrom(row, endOf(row.a), endOf(row.b)));
  };
}

function endFrom([id, namespace, value, profile]: EndRow): End {
  return { node: { id, identifier: { namespace, value } }, profile };
}

/** A decision is told as it was taken, a link with the lesser id first. */
function edgeFrom({ rule, subject, decision }: EdgeRow, one: End, other: End): UnfollowedEdge {
  const isInOrder = decision !== undefined || one.node.id < other.node.id;
  const [a, b] = isInOrder ? [one, other] : [other, one];
  return {
    a: a.node,
    b: b.node,
    objection: objectionOf(rule, subject)!,
    profiles: [a.profile, b.profile],
    decision,
  };
}
