/** Reads what was ruled, what happened and how many there are of what: rules, decisions, changes, tallies, totals. */
import { asc, desc, gt, sql } from "drizzle-orm";
import * as tables from "../../../schema/tables.ts";
import type { Objection } from "../../identity/objection.ts";
import type { DecisionId } from "../../identity/types.ts";
import type {
  ChangeRecord,
  DecisionRecord,
  DecisionRequest,
  RulesRecord,
  Tally,
  Totals,
} from "../store.ts";
import { objectionOf, timeOf, type Flag } from "./columns.ts";
import type { SqliteDatabase } from "./database.ts";
import { NOBODY } from "./rulings.ts";

export function prepareLedger(database: SqliteDatabase) {
  const { orm } = database;
  const allTallies = orm.select().from(tables.tallies).prepare();
  const latestRules = orm
    .select()
    .from(tables.rules)
    .orderBy(desc(tables.rules.version))
    .limit(1)
    .prepare();
  return {
    ...prepareDecisions(database),
    changes: prepareChanges(database),
    tallies: (): readonly Tally[] => allTallies.all(),
    rules: (): RulesRecord | undefined => latestRules.get(),
    totals: prepareTotals(database),
  };
}

function prepareChanges({ orm }: SqliteDatabase) {
  const { changes } = tables;
  const changesAfter = orm
    .select()
    .from(changes)
    .where(gt(changes.sequence, sql.placeholder("after")))
    .orderBy(asc(changes.sequence))
    .limit(sql.placeholder("limit"))
    .prepare();
  return (after: number, limit: number): readonly ChangeRecord[] =>
    changesAfter
      .all({ after, limit })
      // A row holds one entry as it was committed, and of its kind; the columns cannot say which go together.
      .map(
        ({ details, into, ...entry }) =>
          ({
            ...entry,
            into: into === NOBODY ? null : into,
            ...details,
          }) as unknown as ChangeRecord,
      );
}

interface DecisionRow {
  readonly id: DecisionId;
  readonly kind: DecisionRecord["kind"];
  readonly aId: string;
  readonly aNamespace: string;
  readonly aValue: string;
  readonly bId: string;
  readonly bNamespace: string;
  readonly bValue: string;
  readonly override: Flag;
  readonly reason: string;
  readonly by: string | null;
  readonly at: number;
  readonly takenBackAt: number | null;
  readonly rule: Objection["rule"] | null;
  readonly subject: string | null;
}

function decisionOf(row: DecisionRow): DecisionRecord {
  return {
    id: row.id,
    kind: row.kind,
    a: { id: row.aId, identifier: { namespace: row.aNamespace, value: row.aValue } },
    b: { id: row.bId, identifier: { namespace: row.bNamespace, value: row.bValue } },
    override: row.override === 1,
    reason: row.reason,
    by: row.by ?? undefined,
    at: row.at,
    takenBackAt: timeOf(row.takenBackAt),
    objection: objectionOf(row.rule, row.subject),
  };
}

const DECISIONS = `SELECT d.id, d.kind, d.override, d.reason, d."by", d.at, d.taken_back_at AS takenBackAt,
    d.rule, d.subject, a.id AS aId, a.namespace AS aNamespace, a.value AS aValue,
    b.id AS bId, b.namespace AS bNamespace, b.value AS bValue
  FROM decisions AS d CROSS JOIN identifier_rows AS a ON a.ordinal = d.a CROSS JOIN identifier_rows AS b ON b.ordinal = d.b`;

interface PageBinding {
  readonly after: DecisionId | null;
  readonly limit: number;
  readonly takenBack: Flag;
}

function prepareDecisions({ client }: SqliteDatabase) {
  const decisionById = client.prepare<[DecisionId], DecisionRow>(`${DECISIONS} WHERE d.id = ?`);
  const decisionsAfter = client.prepare<[PageBinding], DecisionRow>(
    `${DECISIONS}
     WHERE d.number > iif(:after IS NULL, 0, (SELECT number FROM decisions WHERE id = :after))
       AND (:takenBack = 1 OR d.taken_back_at IS NULL)
     ORDER BY d.number LIMIT :limit`,
  );
  return {
    decision: (id: DecisionId): DecisionRecord | undefined => {
      const row = decisionById.get(id);
      return row === undefined ? undefined : decisionOf(row);
    },
    decisions: ({ after, limit, takenBack }: DecisionRequest): readonly DecisionRecord[] =>
      decisionsAfter
        .all({ after: after ?? null, limit, takenBack: takenBack ? 1 : 0 })
        .map(decisionOf),
  };
}

function prepareTotals({ client }: SqliteDatabase): () => Totals {
  const number = (select: string) => client.prepare<[], number>(select).pluck();
  const profiles = number("SELECT count(DISTINCT profile) FROM identifier_rows");
  const contested = number(
    "SELECT count(DISTINCT component) FROM identifier_rows WHERE component IS NOT NULL",
  );
  // Left to itself, SQLite walks all profiles in order to count the few that have a component.
  const contestedProfiles = number(
    `SELECT count(DISTINCT profile) FROM identifier_rows INDEXED BY identifiers_by_component
     WHERE component IS NOT NULL`,
  );
  const generic = number("SELECT count(*) FROM identifier_rows WHERE generic = 1");
  const objections = client
    .prepare<[], readonly [rule: Objection["rule"], links: number]>(
      "SELECT rule, count(*) FROM link_rows WHERE rule IS NOT NULL GROUP BY rule",
    )
    .raw();
  return client.transaction((): Totals => {
    const all = { profiles: profiles.get()!, contested: contested.get()! };
    return {
      ...all,
      // Every profile outside of the contested components is a component.
      components: all.profiles - contestedProfiles.get()! + all.contested,
      objections: Object.fromEntries(objections.all()),
      generic: generic.get()!,
    };
  });
}
