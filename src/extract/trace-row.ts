/** The rows of a trace, and how they are put together. What they say, those say who trace a field. */
import type { Attempt } from "./trace-reading.ts";

/**
 * What became of one path: it gave the value, it gave none, or it was not asked; or a default acted for all paths. A
 * condition is met or not met.
 */
type TraceUse =
  | "used"
  | "unusable"
  | "nothing"
  | "not reached"
  | "cannot be followed"
  | "default"
  | "met"
  | "not met";

/** One path that was tried for one configured field, or the default that acted instead. */
export interface TraceRow {
  /** As it is configured, such as `replaceProfileId` or `identifiers.email`. */
  readonly field: string;
  /** As it was written; of a default, where it looks; empty where it looks nowhere. */
  readonly path: string;
  /** The JSON text of the value that stands there, without white space; undefined where nothing does. */
  readonly json: string | undefined;
  readonly use: TraceUse;
  /** In words; empty where nothing stands at the path. */
  readonly becomes: string;
}

/** The rows of one field, and why paths among them could not be followed. */
export interface Told {
  readonly rows: readonly TraceRow[];
  readonly faults: readonly string[];
}

export function told<Result>(
  field: string,
  attempts: readonly Attempt<Result>[],
  becomes: (result: Result) => string,
): Told {
  return {
    rows: attempts.map(({ path, json, ...attempt }) => {
      const row = { field, path, json, use: attempt.use };
      return { ...row, becomes: attempt.use === "used" ? becomes(attempt.result) : attempt.note };
    }),
    faults: attempts.flatMap(({ use, note }) => (use === "cannot be followed" ? [note] : [])),
  };
}

export function together(parts: readonly Told[]): Told {
  return {
    rows: parts.flatMap(({ rows }) => rows),
    faults: parts.flatMap(({ faults }) => faults),
  };
}

export function withDefault({ rows, faults }: Told, row: Omit<TraceRow, "use">): Told {
  return { rows: [...rows, { ...row, use: "default" }], faults };
}
