/** What became of the conditions under which events are dropped: the first that is met decides. */
import type { DropRule } from "./drop.ts";
import { PathEvaluationError } from "./path.ts";
import type { EventSubject } from "./reading.ts";
import { compactJson } from "./trace-reading.ts";
import type { Told, TraceRow } from "./trace-row.ts";

export function traceDrop(
  rules: readonly DropRule[],
  subject: EventSubject,
): Told & { readonly reason: string | undefined } {
  const rows: TraceRow[] = [];
  const faults: string[] = [];
  let reason: string | undefined;
  for (const rule of rules) {
    const { field, path } = rule;
    const row = (use: TraceRow["use"], becomes: string, json = firstJson(rule, subject)) =>
      rows.push({ field, path: path.text, json, use, becomes });
    if (reason !== undefined) {
      row("not reached", "not reached: an earlier condition is met");
      continue;
    }
    if (faults.length > 0) {
      row("not reached", "not reached: an earlier path cannot be followed");
      continue;
    }
    try {
      reason = rule.reasonFor(subject);
      if (reason === undefined) {
        const json = firstJson(rule, subject);
        row("not met", json === undefined ? "" : "not a reason to drop it", json);
      } else row("met", `dropped: ${reason}`);
    } catch (error) {
      if (!(error instanceof PathEvaluationError)) throw error;
      faults.push(error.message);
      row("cannot be followed", error.message, undefined);
    }
  }
  return { rows, faults, reason };
}

function firstJson({ path }: DropRule, subject: EventSubject): string | undefined {
  try {
    for (const { value, location } of path.find(subject)) {
      const received = location === undefined ? undefined : subject.json.at(location);
      return compactJson(received ?? JSON.stringify(value));
    }
  } catch (error) {
    if (!(error instanceof PathEvaluationError)) throw error;
  }
  return undefined;
}
