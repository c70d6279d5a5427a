/**
 * Finds the links of a profile in the order in which they are told, as bare rows. A generic value may have a million
 * links out of play, so nothing here sorts or counts them all: what comes first is found by an index of its own.
 */
import * as tables from "../../../schema/tables.ts";
import { linkRank } from "../store.ts";
import { objectionOf } from "./columns.ts";
import type { SqliteDatabase } from "./database.ts";

export type LinkRow = Omit<typeof tables.links.$inferSelect, "eligible">;

export const LINK_COLUMNS = "l.a, l.b, l.trust, l.evidence_at AS evidenceAt, l.rule, l.subject";

/** How many links out of play are ranked, of those that no index tells by rule. */
const RANKED_MAX = 10_000;

interface Binding {
  readonly profile: number;
  readonly limit: number;
}

type Find = (binding: Binding) => LinkRow[];

/** Both take the label of a profile. */
export function prepareLinkRows(database: SqliteDatabase) {
  const followed = [
    prepareFind(
      database,
      "link_rows AS l ON l.a = i.ordinal AND l.eligible = 1 AND l.rule IS NULL",
    ),
    prepareFind(database, fromB("eligible = 1", "l.rule IS NULL")),
  ];
  const [refused, pending, rest] = ([1, 2, 3] as const).map((rank) => fromA(database, rank));
  const inPlayFromB = prepareFind(database, fromB("eligible = 1", "l.rule IS NOT NULL"));
  const outOfPlayFromB = prepareFind(database, fromB("eligible = 0", "true"));
  const rankedFromB: Find = ({ profile, limit }) =>
    outOfPlayFromB({ profile, limit: Math.max(limit, RANKED_MAX) });
  const unfollowed = [refused!, inPlayFromB, pending!, rankedFromB, rest!];
  return {
    followed: (profile: number, limit: number) => firstOf(followed, { profile, limit }),
    unfollowed: (profile: number, limit: number) => firstOf(unfollowed, { profile, limit }),
  };
}

/** Everything that was found, each link once, though both of its ends may be the profile's. */
function firstOf(finds: readonly Find[], binding: Binding): LinkRow[] {
  const distinct = new Map<string, LinkRow>();
  for (const find of finds)
    for (const link of find(binding)) distinct.set(`${link.a}|${link.b}`, link);
  return [...distinct.values()]
    .toSorted((left, right) => rankOf(left) - rankOf(right))
    .slice(0, binding.limit);
}

function rankOf({ rule, subject }: LinkRow): number {
  return linkRank(objectionOf(rule, subject));
}

/** The links of one rank whose lower ends are members. The index by rule goes on with the primary key. */
function fromA(database: SqliteDatabase, rank: 1 | 2 | 3): Find {
  const rules = tables.links.rule.enumValues
    .filter((rule) => linkRank({ rule, subject: "" }) === rank)
    .map((rule) => `'${rule}'`);
  return prepareFind(
    database,
    `link_rows AS l INDEXED BY links_by_rule ON l.rule IN (${rules.join(", ")}) AND l.a = i.ordinal`,
  );
}

/**
 * Those whose higher ends are. What stands in the index by `b`, the primary key, chooses among them before any is
 * looked up.
 */
function fromB(key: string, condition: string): string {
  return `link_rows AS k INDEXED BY links_by_b ON k.b = i.ordinal AND k.${key}
    CROSS JOIN link_rows AS l ON l.a = k.a AND l.eligible = k.eligible AND l.b = k.b AND ${condition}`;
}

/** Members first, which CROSS JOIN makes certain, in the order of first receipt. */
function prepareFind({ client }: SqliteDatabase, links: string): Find {
  const rows = client.prepare<[Binding], LinkRow>(
    `SELECT ${LINK_COLUMNS} FROM identifier_rows AS i CROSS JOIN ${links}
     WHERE i.profile = :profile LIMIT :limit`,
  );
  return (binding) => rows.all(binding);
}
