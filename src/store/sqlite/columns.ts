/** How columns are written and read where the statements are the driver's own: what SQLite has no type for. */
import type { links } from "../../../schema/tables.ts";
import type { ComponentKey } from "../../identity/graph.ts";
import type { Objection } from "../../identity/objection.ts";
import type { Counts } from "../../identity/rules.ts";
import type { Milliseconds } from "../../identity/types.ts";

export type Flag = 0 | 1;

export function flag(value: boolean): Flag {
  return value ? 1 : 0;
}

type RuleColumn = NonNullable<(typeof links.$inferSelect)["rule"]>;

/** The column `rule` holds the rules of objections and nothing else: each of the two types is assigned to the other. */
export function ruleColumn(objection: Objection | undefined): RuleColumn | null {
  return objection?.rule ?? null;
}

export function objectionOf(
  rule: RuleColumn | null,
  subject: string | null,
): Objection | undefined {
  return rule === null ? undefined : { rule, subject: subject! };
}

const NO_COUNTS: Counts = {};

export function countsOf(text: string): Counts {
  return text === "{}" ? NO_COUNTS : (JSON.parse(text) as Counts);
}

/** A component that is not plain is known by its label; a plain one by its profile's id, which begins otherwise. */
export function componentKey(label: number): ComponentKey {
  return String(label);
}

export function componentLabel(key: ComponentKey): number {
  return Number(key);
}

/** Absent from columns is null, from objects undefined. */
export function timeOf(column: number | null): Milliseconds | undefined {
  return column ?? undefined;
}
