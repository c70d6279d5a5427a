/** How a decision is shown. */
import { formatTime } from "../extract/time.ts";
import { identifierText } from "../identity/identifier.ts";
import type { Decision, DecisionId } from "../identity/types.ts";
import type { DecisionRecord } from "../store/store.ts";

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
}

export function decisionView(
  decision: Decision & Pick<DecisionRecord, "takenBackAt">,
): DecisionView {
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
  };
}
