/** How a decision is shown. */
import { formatTime } from "../extract/time.ts";
import { identifierText } from "../identity/identifier.ts";
import type { Objection } from "../identity/objection.ts";
import type { Decision, DecisionId } from "../identity/types.ts";
import type { DecisionRecord } from "../store/store.ts";
import { outcomeView, type OutcomeView, type RulesOfReasons } from "./link-view.ts";

/** What a person may rule against; another person's ruling and the room there is are not among it. */
const OVERRIDABLE: ReadonlySet<Objection["rule"]> = new Set([
  "blocked",
  "generic",
  "limit",
  "identifiersPerProfileMax",
]);

export interface DecisionView {
  readonly id: DecisionId;
  readonly kind: Decision["kind"];
  readonly a: string;
  readonly b: string;
  readonly reason: string;
  readonly by: string | null;
  readonly override: boolean;
  readonly at: string;
  /** Null where it stands. */
  readonly takenBackAt: string | null;
  /** Of a `join` that stands: whether it is followed, and if not, which rule refuses it. */
  readonly join?: OutcomeView;
}

export function decisionView(decision: DecisionRecord, rules: RulesOfReasons): DecisionView {
  const { id, kind, a, b, reason, by, override, at, takenBackAt } = decision;
  return {
    id,
    kind,
    a: identifierText(a.identifier),
    b: identifierText(b.identifier),
    reason,
    by: by ?? null,
    override,
    at: formatTime(at),
    takenBackAt: takenBackAt === undefined ? null : formatTime(takenBackAt),
    ...(kind === "join" && takenBackAt === undefined ? { join: joinOutcome(decision, rules) } : {}),
  };
}

function joinOutcome({ objection, override }: DecisionRecord, rules: RulesOfReasons): OutcomeView {
  const view = outcomeView(objection, rules);
  const mayOverride = objection !== undefined && !override && OVERRIDABLE.has(objection.rule);
  if (!mayOverride) return view;
  return { ...view, reason: `${view.reason}; a join with "override": true holds against it` };
}
