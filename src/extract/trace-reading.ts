/**
 * How the paths of one reading fared on one event. Owns the order of the attempts and what is shown of a value; what
 * a value is good for, its caller judges.
 */
import { PathEvaluationError } from "./path.ts";
import type { Candidate, EventSubject, Reading, ReadingPart } from "./reading.ts";

/** What a value is to a field, or why it is nothing to it. */
export type Judgement<Result> = { readonly result: Result } | { readonly unusable: string };

interface Tried {
  /** As it was written. */
  readonly path: string;
  /** The JSON text of the value, without white space; undefined where nothing stands there. */
  readonly json: string | undefined;
}

/** One value that a path offered, or that it offered none. */
export type Attempt<Result> = Tried &
  (
    | { readonly use: "used"; readonly result: Result; readonly note: "" }
    | {
        readonly use: "unusable" | "nothing" | "not reached" | "cannot be followed";
        readonly note: string;
      }
  );

/** Tries the parts of a reading until one gives a value that is judged good; those behind it are shown untried. */
export function tryReading<Result>(
  reading: Reading | undefined,
  subject: EventSubject,
  judge: (candidate: Candidate) => Judgement<Result>,
): Attempt<Result>[] {
  const attempts: Attempt<Result>[] = [];
  for (const part of reading?.parts ?? []) {
    const last = attempts.find(({ use }) => use === "used" || use === "cannot be followed");
    const more =
      last === undefined
        ? tryPart(part, subject, judge)
        : [notReached(part, subject, last.use === "used" ? "gave a value" : last.use)];
    attempts.push(...more);
  }
  return attempts;
}

/** What the attempts came to. */
export function usedOf<Result>(attempts: readonly Attempt<Result>[]): Result | undefined {
  for (const attempt of attempts) if (attempt.use === "used") return attempt.result;
  return undefined;
}

function tryPart<Result>(
  part: ReadingPart,
  subject: EventSubject,
  judge: (candidate: Candidate) => Judgement<Result>,
): Attempt<Result>[] {
  const path = part.description;
  const attempts: Attempt<Result>[] = [];
  try {
    for (const candidate of part.candidates(subject)) {
      const json = compactJson(candidate.json());
      const judgement = judge(candidate);
      if ("result" in judgement)
        return [...attempts, { path, json, use: "used", result: judgement.result, note: "" }];
      attempts.push({ path, json, use: "unusable", note: `not used: ${judgement.unusable}` });
    }
  } catch (error) {
    if (!(error instanceof PathEvaluationError)) throw error;
    return [...attempts, { path, json: undefined, use: "cannot be followed", note: error.message }];
  }
  if (attempts.length > 0) return attempts;
  const note = part.kind === "composite" ? "not used: not all of them stand there" : "";
  return [{ path, json: undefined, use: "nothing", note }];
}

function notReached(
  { description, ...part }: ReadingPart,
  subject: EventSubject,
  why: string,
): Attempt<never> {
  const note = `not reached: an earlier path ${why}`;
  return { path: description, json: firstJson(part, subject), use: "not reached", note };
}

function firstJson(
  part: Pick<ReadingPart, "candidates">,
  subject: EventSubject,
): string | undefined {
  try {
    for (const candidate of part.candidates(subject)) return compactJson(candidate.json());
  } catch (error) {
    if (!(error instanceof PathEvaluationError)) throw error;
  }
  return undefined;
}

/** JSON text in one line: its white space, unless within a string, is left out, and every digit stays. */
export function compactJson(text: string): string {
  return text.replace(/("(?:[^"\\]+|\\.)*")|\s+/g, (_, quoted: string | undefined) => quoted ?? "");
}
