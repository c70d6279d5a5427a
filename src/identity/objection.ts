/**
 * Why a link is not followed. A link that the rules do not let anybody follow stays evidence: it is kept, it is told,
 * and it joins nobody.
 *
 * There are two kinds. An *ineligible* link is out before any profile is drawn: a blocked or a generic value, or too
 * little trust. A *refused* one was looked at in its turn, and what it would have joined breaks a rule.
 */
import { identifierText } from "./identifier.ts";
import { rulesFor, type Rules } from "./rules.ts";
import { compareTexts } from "./stamp.ts";
import type { Identifier, Link, Trust } from "./types.ts";

type IneligibilityRule = "blocked" | "generic" | "trust";
export type RefusalRule =
  | "limit"
  | "identifiersPerProfileMax"
  | "split"
  | "identifiersPerComponentMax";

export interface Objection {
  readonly rule: IneligibilityRule | RefusalRule;
  /**
   * What it is about: for `blocked` and `generic` the identifier's text, for `trust` and `limit` the namespace, for
   * `split` the decision's id, for the other two nothing.
   */
  readonly subject: string;
}

export type LinkOutcome = "followed" | "ineligible" | "refused";

export function isRefusal(rule: Objection["rule"]): rule is RefusalRule {
  return outcomeOf({ rule, subject: "" }) === "refused";
}

export function outcomeOf(objection: Objection | undefined): LinkOutcome {
  switch (objection?.rule) {
    case undefined:
      return "followed";
    case "blocked":
    case "generic":
    case "trust":
      return "ineligible";
    case "limit":
    case "identifiersPerProfileMax":
    case "split":
    case "identifiersPerComponentMax":
      return "refused";
  }
}

/** Whether the fold of the link's component looks at it. One that would make the component too large is outside. */
export function isInPlay(objection: Objection | undefined): boolean {
  return outcomeOf(objection) !== "ineligible" && objection?.rule !== "identifiersPerComponentMax";
}

export function sameObjection(left: Objection | undefined, right: Objection | undefined): boolean {
  // Nearly always both are undefined.
  return left === right || (left?.rule === right?.rule && left?.subject === right?.subject);
}

/** Of the objections to the two ends of a link the one that is told, whichever end was named first. */
export function eitherObjection(
  left: Objection | undefined,
  right: Objection | undefined,
): Objection | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  return compareTexts(left.subject, right.subject) <= 0 ? left : right;
}

export function blockedBy(identifier: Identifier, rules: Rules): Objection | undefined {
  const { namespace, value } = identifier;
  return rulesFor(namespace, rules).block.some((pattern) => pattern.matches(value))
    ? { rule: "blocked", subject: identifierText(identifier) }
    : undefined;
}

/** A link through a namespace needs the trust that the rules ask for there. */
export function distrustedBy(
  a: Identifier,
  b: Identifier,
  trust: Trust,
  rules: Rules,
): Objection | undefined {
  if (trust === "verified") return undefined;
  const strict = [a, b]
    .map(({ namespace }) => namespace)
    .toSorted(compareTexts)
    .find((namespace) => rulesFor(namespace, rules).trust === "verified");
  return strict === undefined ? undefined : { rule: "trust", subject: strict };
}

/**
 * What keeps a link out whatever else there is: it depends on the link and the rules alone. That a value is generic
 * depends on its other links too, and is not said here.
 */
export function barredBy({ a, b, trust }: Link, rules: Rules): Objection | undefined {
  return (
    eitherObjection(blockedBy(a.identifier, rules), blockedBy(b.identifier, rules)) ??
    distrustedBy(a.identifier, b.identifier, trust, rules)
  );
}

export function genericObjection(identifier: Identifier): Objection {
  return { rule: "generic", subject: identifierText(identifier) };
}

/**
 * One sentence for people. The rules by which the objection was made let it name its number or pattern; of one whose
 * rules are not known it says neither.
 */
export function objectionText({ rule, subject }: Objection, rules: Rules | undefined): string {
  switch (rule) {
    case "blocked": {
      const colon = subject.indexOf(":");
      const namespace = subject.slice(0, colon);
      const pattern =
        rules &&
        rulesFor(namespace, rules).block.find((candidate) =>
          candidate.matches(subject.slice(colon + 1)),
        );
      const written = pattern === undefined ? "" : ` (${namespace}: ${pattern.text})`;
      return `${subject} is a blocked value${written}`;
    }
    case "generic": {
      const namespace = subject.slice(0, subject.indexOf(":"));
      const many =
        rules === undefined ? "too many" : `more than ${rulesFor(namespace, rules).genericAfter}`;
      return `${subject} is a generic value: it is linked with ${many} identifiers of one namespace`;
    }
    case "trust":
      return `a link through ${subject} needs a verified source; this one is only claimed`;
    case "limit":
      return `one person may hold ${rules === undefined ? "only so many" : `no more than ${rulesFor(subject, rules).limit}`} ${subject} (limit)`;
    case "identifiersPerProfileMax":
      return `one person may hold ${rules === undefined ? "only so many" : `no more than ${rules.identifiersPerProfileMax}`} identifiers (identifiersPerProfileMax)`;
    case "split":
      return `the decision ${subject} keeps them apart`;
    case "identifiersPerComponentMax":
      return `so many identifiers hang together already that one more would exceed ${rules === undefined ? "the maximum" : rules.identifiersPerComponentMax} (identifiersPerComponentMax)`;
  }
}
