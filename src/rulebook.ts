/**
 * The rulebook: which rules are in force, in which version, and what others would change. Who is who is derived by one
 * version of the rules; a service that was started with others must not write before they are applied.
 */
import { differenceView, type DifferenceView } from "./difference-view.ts";
import { rebuild, type Rederivation } from "./identity/rederive.ts";
import type { Rules } from "./identity/rules.ts";
import type { Milliseconds } from "./identity/types.ts";
import type { CompiledRules } from "./rules-config.ts";
import { StoreError, type Basis, type Store } from "./store/store.ts";
import type { Turns } from "./turns.ts";

/** What a rebuild changed, or found that it would change. */
export interface RebuildReport extends DifferenceView {
  /** Of the rules by which it was derived. */
  readonly rulesVersion: number;
  readonly identifiers: number;
  readonly links: number;
  /** How many rows differ from what is derived; all are 0 where nothing is to be done. */
  readonly differing: {
    /** Identifiers in another profile or component. */
    readonly identifiers: number;
    /** Identifiers of which the number of neighbours, or that they are generic, is kept wrongly. */
    readonly neighbours: number;
    /** Links and joins that are judged otherwise. */
    readonly links: number;
  };
}

/** The configured rules are others than those in force, and people would change. */
export class RulesChangedError extends Error {
  override readonly name = "RulesChangedError";
  readonly report: RebuildReport;

  constructor(report: RebuildReport) {
    const { merges, splits } = report;
    super(
      `the identity rules have changed: ${merges.length} profiles would merge with others and ${splits.length} would split; ` +
        "apply them with --apply-rules or with the command rebuild",
    );
    this.report = report;
  }
}

export interface RulebookOptions {
  readonly store: Store;
  readonly turns: Turns;
  readonly compiled: Pick<CompiledRules, "rules" | "text">;
  readonly clock: () => Milliseconds;
}

export class Rulebook {
  readonly rules: Rules;
  readonly #options: RulebookOptions;
  #version = 0;

  constructor(options: RulebookOptions) {
    this.#options = options;
    this.rules = options.compiled.rules;
  }

  /**
   * Makes sure that the rules in force are ours. Where they are not, and people would change, they are applied only if
   * `apply` says so; else it rejects with a RulesChangedError. Rejects with a StoreError.
   */
  async open(apply: boolean): Promise<RebuildReport | undefined> {
    const { store, compiled } = this.#options;
    const standing = await store.rules();
    if (standing?.text === compiled.text) {
      this.#version = standing.version;
      return undefined;
    }
    if (!apply) {
      const report = await this.rebuild({ check: true });
      if (report.merges.length + report.splits.length > 0) throw new RulesChangedError(report);
    }
    return this.rebuild({ check: false });
  }

  /** Throws a StoreError where another process has put other rules in force. */
  requireVersion(version: number): void {
    if (version !== this.#version)
      throw new StoreError(
        "unavailable",
        "the identity rules were changed by another process; start again with its configuration",
      );
  }

  /** What other rules would change; changes nothing. */
  async whatIf(compiled: Pick<CompiledRules, "rules">): Promise<DifferenceView> {
    const { graph } = await this.#options.store.readGraph();
    const origin = { cause: { rules: this.#version + 1 }, at: this.#options.clock() };
    return differenceView(rebuild(graph, compiled.rules, origin).difference, compiled.rules);
  }

  /** Derives everybody anew by our rules, and unless it only checks, puts them in force. */
  rebuild({ check }: { readonly check: boolean }): Promise<RebuildReport> {
    const { store, turns, compiled, clock } = this.#options;
    return turns.take(async () => {
      const at = clock();
      const standing = await store.rules();
      const isSame = standing?.text === compiled.text;
      const version = isSame ? standing.version : (standing?.version ?? 0) + 1;
      const { graph, basis } = await store.readGraph();
      const result = rebuild(graph, compiled.rules, { cause: { rules: version }, at });
      const report = reportOf(result, version, compiled.rules, graph);
      if (check) return report;
      const record = { version, text: compiled.text, at };
      const outcome = await this.#commit(result, basis, isSame ? undefined : record);
      if (outcome === "stale") return "stale";
      this.#version = version;
      return report;
    });
  }

  #commit(
    { changes }: Rederivation,
    basis: Basis,
    rules:
      | { readonly version: number; readonly text: string; readonly at: Milliseconds }
      | undefined,
  ) {
    return this.#options.store.commit(
      {
        changes,
        quarantined: [],
        released: [],
        tallies: [],
        ...(rules === undefined ? {} : { rules }),
      },
      basis,
    );
  }
}

function reportOf(
  { changes, difference }: Rederivation,
  rulesVersion: number,
  rules: Rules,
  graph: {
    readonly nodes: { readonly length: number };
    readonly links: { readonly length: number };
  },
): RebuildReport {
  return {
    rulesVersion,
    identifiers: graph.nodes.length,
    links: graph.links.length,
    differing: {
      identifiers: changes.moves.length,
      neighbours: changes.updates.length,
      links: changes.links.length + changes.decisions.length,
    },
    ...differenceView(difference, rules),
  };
}
