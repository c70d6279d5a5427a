/**
 * The rulebook: which rules are in force, in which version, and what others would change. Who is who is derived by one
 * version of the rules; a service that was started with others must not write before they are applied.
 */
import { differenceView, type DifferenceView } from "./queries/difference-view.ts";
import { rebuild, type Rederivation } from "./identity/rederive.ts";
import type { Rules } from "./identity/rules.ts";
import type { Milliseconds } from "./identity/types.ts";
import type { CompiledRules } from "./config/rules-config.ts";
import { NO_QUARANTINE } from "./store/deliveries.ts";
import { StoreError, type Basis, type Store } from "./store/store.ts";
import type { Turns } from "./turns.ts";

/** What a rebuild changed, or found that it would change. */
export interface RebuildReport extends DifferenceView {
  /** Whether the configured rules are not those in force, or, after a rebuild, were not. */
  readonly rulesChanged: boolean;
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

/** The configured rules are not those in force, and somebody is known by these. */
export class RulesChangedError extends Error {
  override readonly name = "RulesChangedError";
  readonly report: RebuildReport;

  constructor(report: RebuildReport) {
    super(
      `the configured identity rules are not those in force, and with them ${effectText(report)}; ` +
        "nothing was changed. Apply them with serve --apply-rules or with rebuild, " +
        "or configure the former rules again; rebuild --check --json tells every change",
    );
    this.report = report;
  }
}

function effectText(report: RebuildReport): string {
  const isNobody = report.merges.length + report.splits.length === 0;
  return isNobody ? "nobody would change" : `people would change: ${countsText(report)}`;
}

/** How many people change, in brief. */
export function countsText({ merges, splits }: Pick<RebuildReport, "merges" | "splits">): string {
  const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"}`;
  return `${counted(merges.length, "merge")} and ${counted(splits.length, "split")}`;
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
   * Makes sure that the rules in force are ours. Where others are, and anybody is known by them, ours are applied only if
   * `apply` says so; else it rejects with a RulesChangedError. A database that is new, or was written before rules were
   * kept, has none in force: ours are the first. Rejects with a StoreError.
   */
  async open(apply: boolean): Promise<RebuildReport | undefined> {
    const { store, compiled } = this.#options;
    const standing = await store.rules();
    if (standing?.text === compiled.text) {
      this.#version = standing.version;
      return undefined;
    }
    if (standing !== undefined && !apply) {
      const report = await this.rebuild({ check: true });
      // Also where nobody changes: other services may be at work by the rules in force, and would have to stop.
      if (report.identifiers > 0) throw new RulesChangedError(report);
    }
    return this.rebuild({ check: false });
  }

  /** Rejects with a StoreError where another process has put other rules in force. */
  async requireVersion(version: number): Promise<void> {
    if (version === this.#version) return;
    const { store, compiled } = this.#options;
    const standing = await store.rules();
    if (standing?.text !== compiled.text)
      throw new StoreError(
        "superseded",
        "other identity rules than those of this process are in force now; restart it with the configuration that was applied",
      );
    // Others were in force for a while, and ours are again.
    this.#version = standing.version;
  }

  /** The same, of the rules that are in force now. */
  async requireInForce(): Promise<void> {
    await this.requireVersion((await this.#options.store.rules())?.version ?? 0);
  }

  /** What other rules would change; changes nothing. */
  async whatIf(compiled: Pick<CompiledRules, "rules" | "text">): Promise<DifferenceView> {
    const { graph, rulesVersion } = await this.#options.store.readGraph();
    await this.requireVersion(rulesVersion);
    const origin = { cause: { rules: this.#version + 1 }, at: this.#options.clock() };
    const afresh = compiled.text !== this.#options.compiled.text;
    const { difference } = rebuild(graph, compiled.rules, origin, { afresh });
    return differenceView(difference, compiled.rules);
  }

  /** Derives everybody anew by our rules, and unless it only checks, puts them in force. */
  rebuild({ check }: { readonly check: boolean }): Promise<RebuildReport> {
    const { store, turns, compiled, clock } = this.#options;
    return turns.take(async () => {
      const at = clock();
      const standing = await store.rules();
      const isSame = standing?.text === compiled.text;
      const version = isSame ? standing.version : (standing?.version ?? 0) + 1;
      const { graph, basis, rulesVersion } = await store.readGraph();
      // Somebody has applied rules between the two reads.
      if (rulesVersion !== (standing?.version ?? 0)) return "stale";
      const origin = { cause: { rules: version }, at };
      const result = rebuild(graph, compiled.rules, origin, { afresh: !isSame });
      const report = { rulesChanged: !isSame, ...reportOf(result, version, compiled.rules, graph) };
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
        ...NO_QUARANTINE,
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
): Omit<RebuildReport, "rulesChanged"> {
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
