/**
 * Decisions: what people rule of who is who. A decision is tried on the components of its two identifiers, told, and,
 * unless that was all that was wanted, committed; taking one back goes the same way. It stands until then, through
 * rebuilds, replays and whatever arrives.
 */
import { decisionView, type DecisionView } from "./queries/decision-view.ts";
import { differenceView, type DifferenceView } from "./queries/difference-view.ts";
import { joinGraphs, type Graph } from "./identity/graph.ts";
import { identifierText } from "./identity/identifier.ts";
import type { Objection } from "./identity/objection.ts";
import { contradicted, decide, takeBack, type Rederivation } from "./identity/rederive.ts";
import type { Decision, DecisionId, Milliseconds, Node } from "./identity/types.ts";
import { outcomeView, type OutcomeView } from "./queries/link-view.ts";
import type { References } from "./queries/references.ts";
import type { Rulebook } from "./rulebook.ts";
import type { Basis, DecisionRecord, Store } from "./store/store.ts";
import type { Turns } from "./turns.ts";

export interface DecisionRequest {
  readonly kind: Decision["kind"];
  /** References: a profile id stands for the identifier that founded it. */
  readonly a: string;
  readonly b: string;
  readonly reason: string;
  readonly by?: string | undefined;
  readonly override?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
}

/** What a decision, or taking one back, changes. */
export interface DecisionEffect extends DifferenceView {
  readonly decision: DecisionView;
  /** Where true, nothing was changed, and the id of a new decision is nobody's. */
  readonly dryRun: boolean;
  /** Of a `join`: whether it is followed, and if not, which rule refuses it. */
  readonly join?: OutcomeView;
}

export type DecisionOutcome =
  | { readonly kind: "decided"; readonly effect: DecisionEffect }
  | {
      readonly kind: "rejected";
      readonly code: "unknown-reference" | "bad-decision" | "contradiction" | "unknown-decision";
      readonly detail: string;
    };

export interface DecisionOptions {
  readonly store: Store;
  readonly references: References;
  readonly rulebook: Rulebook;
  readonly turns: Turns;
  readonly clock: () => Milliseconds;
  readonly newDecisionId: (at: Milliseconds) => DecisionId;
}

export class Decisions {
  readonly #options: DecisionOptions;

  constructor(options: DecisionOptions) {
    this.#options = options;
  }

  /** Rejects with a StoreError. */
  async decide(request: DecisionRequest): Promise<DecisionOutcome> {
    const { references, clock, newDecisionId, turns } = this.#options;
    const ends: Node[] = [];
    for (const reference of [request.a, request.b]) {
      const node = await references.node(reference);
      if (node === undefined)
        return rejected(
          "unknown-reference",
          `Nobody is known by ${JSON.stringify(reference)}; a decision is about two known identifiers.`,
        );
      ends.push(node);
    }
    const [a, b] = ends as [Node, Node];
    if (a.id === b.id)
      return rejected(
        "bad-decision",
        `Both references stand for ${identifierText(a.identifier)}; a decision needs two identifiers.`,
      );
    const { kind, reason, by, override = false } = request;
    if (kind === "split" && override)
      return rejected("bad-decision", "A split needs no override: it holds against every link.");
    const at = clock();
    const decision = { id: newDecisionId(at), kind, a, b, override, reason, by, at };
    return turns.take(() => this.#decide(decision, request.dryRun ?? false));
  }

  /** Takes a standing decision back, or says what that would change. Rejects with a StoreError. */
  takeBack(id: DecisionId, dryRun: boolean): Promise<DecisionOutcome> {
    const { store, rulebook, turns, clock } = this.#options;
    return turns.take(async () => {
      const record = await store.decision(id);
      if (record === undefined || record.takenBackAt !== undefined)
        return rejected("unknown-decision", `No decision ${id} stands.`);
      const read = await this.#read(record);
      if (read === "stale") return "stale";
      const at = clock();
      const result = takeBack(read.graph, rulebook.rules, id, at);
      if (!dryRun && (await this.#commit(result, read.basis)) === "stale") return "stale";
      const taken = { ...record, takenBackAt: dryRun ? undefined : at };
      return this.#decided(taken, result, dryRun, undefined);
    });
  }

  /**
   * In the order in which they were taken; `after` is the last that was told before. Undefined where there is no such
   * decision.
   */
  async list(request: {
    readonly after?: DecisionId | undefined;
    readonly limit: number;
    readonly takenBack: boolean;
  }): Promise<
    { readonly decisions: readonly DecisionView[]; readonly next: DecisionId | null } | undefined
  > {
    const { store } = this.#options;
    if (request.after !== undefined && (await store.decision(request.after)) === undefined)
      return undefined;
    // One more than is told tells whether there are more.
    const found = await store.decisions({ ...request, limit: request.limit + 1 });
    const page = found.slice(0, request.limit);
    return {
      decisions: page.map(decisionView),
      next: found.length > page.length ? page.at(-1)!.id : null,
    };
  }

  async #decide(decision: Decision, dryRun: boolean): Promise<DecisionOutcome | "stale"> {
    const read = await this.#read(decision);
    if (read === "stale") return "stale";
    const standing = contradicted(read.graph, decision);
    if (standing !== undefined) return this.#contradiction(decision, standing.id);
    const result = decide(read.graph, this.#options.rulebook.rules, decision);
    if (!dryRun && (await this.#commit(result, read.basis)) === "stale") return "stale";
    const objection = result.joinObjections.get(decision.id);
    return this.#decided({ ...decision, takenBackAt: undefined }, result, dryRun, objection);
  }

  /** The components of both ends, whole. */
  async #read({
    a,
    b,
  }: Pick<Decision, "a" | "b">): Promise<{ graph: Graph; basis: Basis } | "stale"> {
    const { store, rulebook } = this.#options;
    const request = { identifiers: [a.id, b.id], pairs: [], traits: [], events: [] };
    const { neighbourhood, basis, rulesVersion } = await store.load(request);
    rulebook.requireVersion(rulesVersion);
    const known = [...neighbourhood.identifiers.values()];
    const contents = [...new Set(known.map(({ component }) => component))];
    const found = await store.deepen({ counts: [], contents }, basis);
    if (found === "stale") return "stale";
    return { graph: joinGraphs([...found.contents.values()]), basis };
  }

  #commit({ changes }: Rederivation, basis: Basis) {
    const nothingElse = { quarantined: [], released: [], tallies: [] };
    return this.#options.store.commit({ changes, ...nothingElse }, basis);
  }

  async #contradiction({ kind }: Decision, id: DecisionId): Promise<DecisionOutcome> {
    const standing = (await this.#options.store.decision(id))!;
    const ends = `${identifierText(standing.a.identifier)} and ${identifierText(standing.b.identifier)}`;
    const detail =
      kind === "join"
        ? `The join would bring ${ends} together, which the decision ${id} keeps apart; take that back first.`
        : `The decision ${id} rules that ${ends} are one person; take that back first.`;
    return rejected("contradiction", detail);
  }

  #decided(
    decision: Decision & Pick<DecisionRecord, "takenBackAt">,
    { difference }: Rederivation,
    dryRun: boolean,
    objection: Objection | undefined,
  ): DecisionOutcome {
    const { rules } = this.#options.rulebook;
    const isStandingJoin = decision.kind === "join" && decision.takenBackAt === undefined;
    return {
      kind: "decided",
      effect: {
        decision: decisionView(decision),
        dryRun,
        ...(isStandingJoin ? { join: outcomeView(objection, rules) } : {}),
        ...differenceView(difference, rules),
      },
    };
  }
}

function rejected(
  code: Extract<DecisionOutcome, { kind: "rejected" }>["code"],
  detail: string,
): DecisionOutcome {
  return { kind: "rejected", code, detail };
}
