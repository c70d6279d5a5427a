/** What people ruled, as the memory store keeps it: a map in the order of taking. */
import type { DecisionChange } from "../../identity/change-set.ts";
import type { DecisionId, Node, ProfileId } from "../../identity/types.ts";
import type { DecisionRecord, DecisionRequest } from "../store.ts";

export class Decisions {
  readonly #decisions = new Map<DecisionId, DecisionRecord>();

  commit(changes: readonly DecisionChange[], nodeOf: (id: ProfileId) => Node): void {
    for (const change of changes)
      switch (change.kind) {
        case "taken": {
          const { decision, objection } = change;
          this.#decisions.set(decision.id, {
            ...decision,
            a: nodeOf(decision.a.id),
            b: nodeOf(decision.b.id),
            takenBackAt: undefined,
            objection,
          });
          break;
        }
        case "takenBack":
          this.#amend(change.id, { takenBackAt: change.at, objection: undefined });
          break;
        case "judged":
          this.#amend(change.id, { objection: change.objection });
      }
  }

  #amend(id: DecisionId, amendment: Partial<DecisionRecord>): void {
    this.#decisions.set(id, { ...this.#decisions.get(id)!, ...amendment });
  }

  /** Those that name one of the identifiers go, also where they were taken back. */
  erase(ids: ReadonlySet<ProfileId>): void {
    for (const [id, { a, b }] of this.#decisions)
      if (ids.has(a.id) || ids.has(b.id)) this.#decisions.delete(id);
  }

  all(): readonly DecisionRecord[] {
    return [...this.#decisions.values()];
  }

  get(id: DecisionId): DecisionRecord | undefined {
    return this.#decisions.get(id);
  }

  /** None where the one that they are to be behind is not known. */
  page({ after, limit, takenBack }: DecisionRequest): readonly DecisionRecord[] {
    const all = this.all();
    const start = after === undefined ? 0 : all.findIndex(({ id }) => id === after) + 1;
    if (after !== undefined && start === 0) return [];
    return all
      .slice(start)
      .filter(({ takenBackAt }) => takenBack || takenBackAt === undefined)
      .slice(0, limit);
  }
}
