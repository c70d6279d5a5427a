/**
 * Dropping: which events of a source are answered and not kept, because they are no person's: a bot's messages, forms
 * that fill the field which people do not see.
 */
import type { DropCondition, SourceConfig } from "../../schema/source-config.ts";
import { compileBodyPath, compilePath, type Path } from "./path.ts";
import type { EventSubject } from "./reading.ts";
import { plainText } from "./usable.ts";

export interface DropRule {
  /** The key of the source that it comes from. */
  readonly field: "drop" | "honeypot";
  readonly path: Path;
  /** Why the event is dropped; undefined where it is not. Throws a PathEvaluationError. */
  reasonFor(subject: EventSubject): string | undefined;
}

type Attempt = <Result>(
  path: readonly (string | number)[],
  make: () => Result,
) => Result | undefined;

/** `attempt` takes note of a PathSyntaxError and the key that is at fault. */
export function compileDrop(
  { drop, honeypot }: Pick<SourceConfig, "drop" | "honeypot">,
  attempt: Attempt,
): DropRule[] {
  const rules = drop.map((condition, index) =>
    typeof condition === "string"
      ? attempt(["drop", index], () => givenRule(compilePath(condition)))
      : attempt(["drop", index, "path"], () => equalRule(compilePath(condition.path), condition)),
  );
  if (honeypot !== undefined)
    rules.unshift(attempt(["honeypot"], () => honeypotRule(compileBodyPath(honeypot))));
  return rules.filter((rule) => rule !== undefined);
}

/** The reason of the first rule that the event meets. */
export function reasonToDrop(
  rules: readonly DropRule[],
  subject: EventSubject,
): string | undefined {
  for (const rule of rules) {
    const reason = rule.reasonFor(subject);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function givenRule(path: Path): DropRule {
  return {
    field: "drop",
    path,
    reasonFor(subject) {
      for (const { value } of path.find(subject))
        if (isGiven(value)) return `${path.text} is given`;
      return undefined;
    },
  };
}

/** A field that was sent twice is a list. */
function honeypotRule(path: Path): DropRule {
  return {
    field: "honeypot",
    path,
    reasonFor(subject) {
      for (const { value } of path.find(subject)) {
        const isFilled = Array.isArray(value) ? value.some(isGiven) : isGiven(value);
        if (isFilled) return `the honeypot field ${path.text} is filled`;
      }
      return undefined;
    },
  };
}

function isGiven(value: unknown): boolean {
  if (typeof value === "string") return value.trim() !== "";
  return value !== null && value !== undefined && value !== false;
}

function equalRule(path: Path, { equals }: Exclude<DropCondition, string>): DropRule {
  const wanted = new Map(
    [equals].flat().map((value) => [comparable(value, () => undefined), JSON.stringify(value)]),
  );
  return {
    field: "drop",
    path,
    reasonFor(subject) {
      for (const { value, location } of path.find(subject)) {
        const received = () => (location === undefined ? undefined : subject.json.at(location));
        const text = comparable(value, received);
        const literal = text === undefined ? undefined : wanted.get(text);
        if (literal !== undefined) return `${path.text} is ${literal}`;
      }
      return undefined;
    },
  };
}

/**
 * By what two values are compared: as ids are, so that 7 and "7" are the same, and true is the text "true", which is all
 * that a form can say. Undefined for what is neither text, number nor boolean.
 */
function comparable(value: unknown, literal: () => string | undefined): string | undefined {
  if (typeof value === "boolean") return String(value);
  const plain = plainText(value, literal);
  if ("text" in plain) return plain.text;
  // No id, and still to be told from others.
  return typeof value === "string" ? value.trim() : undefined;
}
