/** Writes links, new ones and those that are better known or judged otherwise. */
import type { LinkChange } from "../../identity/change-set.ts";
import { isInPlay } from "../../identity/objection.ts";
import { flag, ruleColumn, type Flag } from "./columns.ts";
import type { SqliteDatabase } from "./database.ts";
import type { Ordinals } from "./identities.ts";

type Values = [
  eligible: Flag,
  trust: LinkChange["trust"],
  evidenceAt: number | null,
  rule: string | null,
  subject: string | null,
];

export function prepareLinkChanges({ client }: SqliteDatabase) {
  const insert = client.prepare<[...Values, a: number, b: number]>(
    `INSERT INTO link_rows (eligible, trust, evidence_at, rule, subject, a, b)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  const update = client.prepare<[...Values, a: number, b: number]>(
    `UPDATE link_rows SET eligible = ?, trust = ?, evidence_at = ?, rule = ?, subject = ?
     WHERE a = ? AND eligible IN (0, 1) AND b = ?`,
  );
  return (links: readonly LinkChange[], ordinalOf: Ordinals): void => {
    for (const { a, b, trust, evidenceAt, objection, isNew } of links) {
      const [one, other] = [ordinalOf(a.id), ordinalOf(b.id)];
      (isNew ? insert : update).run(
        flag(isInPlay(objection)),
        trust,
        evidenceAt ?? null,
        ruleColumn(objection),
        objection?.subject ?? null,
        Math.min(one, other),
        Math.max(one, other),
      );
    }
  };
}
