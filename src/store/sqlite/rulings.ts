/** Writes what people ruled and what came of it: rules, decisions and the feed of changes. */
import type { Change, DecisionChange } from "../../identity/change-set.ts";
import type { RulesRecord } from "../store.ts";
import { flag, ruleColumn } from "./columns.ts";
import type { SqliteDatabase } from "./database.ts";
import type { Ordinals } from "./identities.ts";

export function prepareRulings(database: SqliteDatabase) {
  return {
    putRules: prepareRules(database),
    decide: prepareDecisions(database),
    report: prepareReport(database),
  };
}

function prepareRules({ client }: SqliteDatabase) {
  const inForce = client.prepare<[], number | null>("SELECT max(version) FROM rules").pluck();
  const insert = client.prepare<[version: number, text: string, at: number]>(
    "INSERT INTO rules (version, text, at) VALUES (?, ?, ?)",
  );
  /** False, and nothing written, where rules of this version or a later one are in force already. */
  return ({ version, text, at }: RulesRecord): boolean => {
    if (version <= (inForce.get() ?? 0)) return false;
    insert.run(version, text, at);
    return true;
  };
}

function prepareDecisions({ client }: SqliteDatabase) {
  const take = client.prepare(
    `INSERT INTO decisions (id, kind, a, b, override, reason, "by", at, rule, subject)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const takeBack = client.prepare<[at: number, id: string]>(
    "UPDATE decisions SET taken_back_at = ?, rule = NULL, subject = NULL WHERE id = ?",
  );
  const judge = client.prepare<[rule: string | null, subject: string | null, id: string]>(
    "UPDATE decisions SET rule = ?, subject = ? WHERE id = ?",
  );
  return (decisions: readonly DecisionChange[], ordinalOf: Ordinals): void => {
    for (const change of decisions)
      switch (change.kind) {
        case "taken": {
          const { decision, objection } = change;
          take.run(
            decision.id,
            decision.kind,
            ordinalOf(decision.a.id),
            ordinalOf(decision.b.id),
            flag(decision.override),
            decision.reason,
            decision.by ?? null,
            decision.at,
            ruleColumn(objection),
            objection?.subject ?? null,
          );
          break;
        }
        case "takenBack":
          takeBack.run(change.at, change.id);
          break;
        case "judged":
          judge.run(ruleColumn(change.objection), change.objection?.subject ?? null, change.id);
      }
  };
}

/** What the column `into` holds where a change leads to nobody. */
export const NOBODY = "";

function prepareReport({ client }: SqliteDatabase) {
  // The sequence is the number of the row; none is ever deleted, so it has no gaps.
  const insert = client.prepare(
    `INSERT INTO change_rows (kind, at, "into", "from", cause, details) VALUES (?, ?, ?, ?, ?, ?)`,
  );
  return (changes: readonly Change[]): void => {
    for (const { kind, at, into, from, cause, ...details } of changes)
      insert.run(
        kind,
        at,
        into ?? NOBODY,
        JSON.stringify(from),
        JSON.stringify(cause),
        Object.keys(details).length === 0 ? null : JSON.stringify(details),
      );
  };
}
