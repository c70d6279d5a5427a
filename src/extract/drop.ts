/** Events that are answered and not kept: what a source configures as such, and what only a machine fills in. */
import type { DropCondition } from "../../schema/source-config.ts";
import { compilePath, type Path } from "./path.ts";
import type { EventSubject } from "./reading.ts";
import { plainText } from "./usable.ts";

export interface DropRule {
  /** The key of the source that it comes from. */
  readonly field: "drop" | "honeypot";
  readonly path: Path;
  /** Why the event is dropped; undefined where it is not. Throws a PathEvaluationError. */
  meets(subject: EventSubject): string | undefined;
}

/** Throws a PathSyntaxError. */
export function compileDrop(condition: DropCondition): DropRule {
  if (typeof condition === "string") {
    const path = compilePath(condition);
    return {
      field: "drop",
      path,
      meets: (subject) =>
        anyOf(path, subject, isGiven) === undefined ? undefined : `${path.text} is given`,
    };
  }
  const path = compilePath(condition.path);
  const wanted = new Set([condition.equals].flat().map(String));
  return {
    field: "drop",
    path,
    meets: (subject) => {
      const found = anyOf(path, subject, (text) => wanted.has(text));
      return found === undefined ? undefined : `${path.text} is ${JSON.stringify(found)}`;
    },
  };
}

/** A field that people leave empty because they do not see it. Throws a PathSyntaxError. */
export function compileHoneypot(field: string): DropRule {
  const path = compilePath(`[${JSON.stringify(field)}]`);
  return {
    field: "honeypot",
    path,
    meets: (subject) =>
      anyOf(path, subject, (text) => text !== "") === undefined
        ? undefined
        : `the honeypot field ${field} is filled`,
  };
}

/** What stands for nothing where only presence counts. */
const NOTHING = ["", "false"];

function isGiven(text: string): boolean {
  return !NOTHING.includes(text);
}

/** The text of the first value at the path that is meant. */
function anyOf(
  path: Path,
  subject: EventSubject,
  isMeant: (text: string) => boolean,
): string | undefined {
  for (const { value, location } of path.find(subject)) {
    const text = textOf(value, () =>
      location === undefined ? undefined : subject.json.at(location),
    );
    if (text !== undefined && isMeant(text)) return text;
  }
  return undefined;
}

/** Stands for an object or a list: no usable text holds it, so it is given and equals nothing. */
const STRUCTURE = "\0";

function textOf(value: unknown, literal: () => string | undefined): string | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === "boolean") return String(value);
  if (typeof value === "object") return STRUCTURE;
  const plain = plainText(value, literal);
  return "text" in plain ? plain.text : "";
}
