/**
 * Decisions: what people rule of who is who. A decision is tried on the components of its two identifiers, told, and,
 * unless that was all that was wanted, committed; taking one back goes the same way. It stands until then, through
 * rebuilds, replays and whatever arrives.
 */
import { decisionView, type DecisionView } from "./queries/decision-view.ts";
import { differenceView, type DifferenceView } from "./queries/difference-view.ts";
import { joinGraphs, type Graph, type GraphDecision } from "./identity/graph.ts";
import { identifierText } from "./identity/identifier.ts";
import { contradicted, decide, takeBack, type Rederivation } from "./identity/rederive.ts";
import type { Decision, DecisionId, Milliseconds, Node } from "./identity/types.ts";
import type { OutcomeView } from "./queries/link-view.ts";
import type { References } from "./queries/references.ts";
import type { Rulebook } from "./rulebook.ts";
import { NO_QUARANTINE } from "./store/deliveries.ts";
import type { Basis, Store } from "./store/store.ts";
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
  /** Without an id where it is a new one and only tried. */
  readonly decision: Omit<DecisionView, "id"> & { readonly id: DecisionId | null };
  /** Where true, nothing was changed. */
  readonly dryRun: boolean;
  /** Of a new `join`: whether it is followed, and if not, which rule refuses it. */
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
      // Another process may have taken it back between the two reads.
      if (!read.graph.decisions.some((standing) => standing.id === id)) return "stale";
      const at = clock();
      const result = takeBack(read.graph, rulebook.rules, id, at);
      if (!dryRun && (await this.#commit(result, read.basis)) === "stale") return "stale";
      const view = decisionView(
        { ...record, takenBackAt: dryRun ? undefined : at },
        rulebook.rules,
      );
      return this.#decided(view, result, dryRun);
    });
  }

  /** Also one that was taken back; undefined where there never was one. */
  async find(id: DecisionId): Promise<DecisionView | undefined> {
    const record = await this.#options.store.decision(id);
    return record && decisionView(record, this.#options.rulebook.rules);
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
      decisions: page.map((record) => decisionView(record, this.#options.rulebook.rules)),
      next: found.length > page.length ? page.at(-1)!.id : null,
    };
  }

  async #decide(decision: Decision, dryRun: boolean): Promise<DecisionOutcome | "stale"> {
    const read = await this.#read(decision);
    if (read === "stale") return "stale";
    const repeated = repeatedIn(read.graph, decision);
    if (repeated !== undefined)
      return rejected("contradiction", `The decision ${repeated.id} says so already, and stands.`);
    const standing = contradicted(read.graph, decision);
    if (standing !== undefined) return this.#contradiction(decision, standing.id);
    const result = decide(read.graph, this.#options.rulebook.rules, decision);
    if (!dryRun && (await this.#commit(result, read.basis)) === "stale") return "stale";
    const objection = result.joinObjections.get(decision.id);
    const record = { ...decision, takenBackAt: undefined, objection };
    const view = decisionView(record, this.#options.rulebook.rules);
    // The id of a decision that is never stored would be nobody's.
    return this.#decided(dryRun ? { ...view, id: null } : view, result, dryRun, view.join);
  }

  /** The components of both ends, whole. */
  async #read({
    a,
    b,
  }: Pick<Decision, "a" | "b">): Promise<{ graph: Graph; basis: Basis } | "stale"> {
    const { store, rulebook } = this.#options;
    const request = { identifiers: [a.id, b.id], pairs: [], traits: [], events: [] };
    const { neighbourhood, basis, rulesVersion } = await store.load(request);
    await rulebook.requireVersion(rulesVersion);
    const known = [...neighbourhood.identifiers.values()];
    const contents = [...new Set(known.map(({ component }) => component))];
    const found = await store.deepen({ counts: [], contents }, basis);
    if (found === "stale") return "stale";
    return { graph: joinGraphs([...found.contents.values()]), basis };
  }

  #commit({ changes }: Rederivation, basis: Basis) {
    const nothingElse = { ...NO_QUARANTINE, tallies: [] };
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
    decision: DecisionEffect["decision"],
    { difference }: Rederivation,
    dryRun: boolean,
    join?: OutcomeView,
  ): DecisionOutcome {
    return {
      kind: "decided",
      effect: {
        decision,
        dryRun,
        ...(join === undefined ? {} : { join }),
        ...differenceView(difference, this.#options.rulebook.rules),
      },
    };
  }
}

/** A standing decision that says the same; a `join` that overrides rules says more than one that does not. */
function repeatedIn(
  { decisions }: Graph,
  { kind, a, b, override }: Decision,
): GraphDecision | undefined {
  const ends = new Set([a.id, b.id]);
  return decisions.find(
    (standing) =>
      standing.kind === kind &&
      ends.has(standing.a) &&
      ends.has(standing.b) &&
      (standing.override || !override),
  );
}

function rejected(
  code: Extract<DecisionOutcome, { kind: "rejected" }>["code"],
  detail: string,
): DecisionOutcome {
  return { kind: "rejected", code, detail };
}
