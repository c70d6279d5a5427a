/** How links and joins are shown: to analysts who ask why, and in what decisions and other rules would change. */
import { formatTime } from "../extract/time.ts";
import type { JudgedEdge, NamedProfile } from "../identity/difference.ts";
import { identifierText } from "../identity/identifier.ts";
import {
  objectionText,
  outcomeOf,
  type LinkOutcome,
  type Objection,
} from "../identity/objection.ts";
import type { Rules } from "../identity/rules.ts";
import type { DecisionId, ProfileId } from "../identity/types.ts";
import type { DecisionRecord, LinkRecord } from "../store/store.ts";

/**
 * The rules by which a reason names its number or pattern: those by which people were derived, or undefined where they
 * are not at hand.
 */
export type RulesOfReasons = Rules | undefined;

/** What is made of a link. */
export interface OutcomeView {
  readonly outcome: LinkOutcome;
  /** Set where it is not followed. */
  readonly rule?: Objection["rule"];
  readonly reason?: string;
}

/** A link with its evidence, or what a person ruled, which has a `decision` and no events. */
export interface LinkView extends OutcomeView {
  readonly a: string;
  readonly b: string;
  readonly decision?: DecisionId;
  readonly trust: "claimed" | "verified" | "human";
  readonly firstSeenAt: string;
  readonly lastSeenAt: string;
  readonly events: number;
  readonly evidence: readonly string[];
}

export function outcomeView(objection: Objection | undefined, rules: RulesOfReasons): OutcomeView {
  const outcome = outcomeOf(objection);
  if (objection === undefined) return { outcome };
  return { outcome, rule: objection.rule, reason: objectionText(objection, rules) };
}

export function linkView(link: LinkRecord, rules: RulesOfReasons): LinkView {
  return {
    a: identifierText(link.a.identifier),
    b: identifierText(link.b.identifier),
    ...outcomeView(link.objection, rules),
    trust: link.trust,
    firstSeenAt: formatTime(link.firstSeenAt),
    lastSeenAt: formatTime(link.lastSeenAt),
    events: link.events,
    evidence: link.evidence,
  };
}

export function joinView(decision: DecisionRecord, rules: RulesOfReasons): LinkView {
  const at = formatTime(decision.at);
  return {
    a: identifierText(decision.a.identifier),
    b: identifierText(decision.b.identifier),
    ...outcomeView(decision.objection, rules),
    decision: decision.id,
    trust: "human",
    firstSeenAt: at,
    lastSeenAt: at,
    events: 0,
    evidence: [],
  };
}

/** A link in brief, where a change is told. */
export interface EdgeView extends OutcomeView {
  readonly a: string;
  readonly b: string;
  readonly decision?: DecisionId;
}

export function edgeView(edge: JudgedEdge, rules: RulesOfReasons): EdgeView {
  const { objection, decision } = edge;
  // A decision is told as it was taken, a link with the lesser id first, as everywhere else.
  const isInOrder = decision !== undefined || edge.a.id < edge.b.id;
  const [a, b] = isInOrder ? [edge.a, edge.b] : [edge.b, edge.a];
  return {
    a: identifierText(a.identifier),
    b: identifierText(b.identifier),
    ...outcomeView(objection, rules),
    ...(decision === undefined ? {} : { decision }),
  };
}

export interface NamedProfileView {
  readonly id: ProfileId;
  readonly identifiers: readonly string[];
}

export function namedProfileView({ id, members }: NamedProfile): NamedProfileView {
  return { id, identifiers: members.map(({ identifier }) => identifierText(identifier)) };
}
