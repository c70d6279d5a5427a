/**
 * What the profiles of a fold hold, kept while they grow: how many values of each limited namespace, how many
 * identifiers, and whom somebody has ruled to be kept apart from them. It answers the one question of a fold: may
 * these two become one?
 */
import type { Objection } from "./objection.ts";
import { rulesFor, type Rules } from "./rules.ts";
import type { DecisionId, Identifier } from "./types.ts";
import type { UnionFind } from "./union-find.ts";

/** A decision that two identifiers are not one person; the ends are numbers in the union-find. */
export interface Split {
  readonly id: DecisionId;
  readonly a: number;
  readonly b: number;
}

interface Rival {
  readonly node: number;
  readonly decision: DecisionId;
}

const NOTHING: ReadonlyMap<string, number> = new Map();

export class Holdings {
  readonly #profiles: UnionFind;
  readonly #identifierOf: (node: number) => Identifier;
  readonly #rules: Rules;
  /** By root, values of limited namespaces; a single node's are not kept but looked up. */
  readonly #values = new Map<number, Map<string, number>>();
  /** By root: who must never join. */
  readonly #rivals = new Map<number, Rival[]>();

  constructor(
    profiles: UnionFind,
    identifierOf: (node: number) => Identifier,
    splits: readonly Split[],
    rules: Rules,
  ) {
    this.#profiles = profiles;
    this.#identifierOf = identifierOf;
    this.#rules = rules;
    for (const { id, a, b } of splits) {
      this.#addRival(a, { node: b, decision: id });
      this.#addRival(b, { node: a, decision: id });
    }
  }

  #addRival(node: number, rival: Rival): void {
    const root = this.#profiles.find(node);
    this.#rivals.set(root, [...(this.#rivals.get(root) ?? []), rival]);
  }

  /** Why the profiles of two roots must not become one; a person may override everything but a person. */
  objectionTo(left: number, right: number, override: boolean): Objection | undefined {
    return this.#splitBetween(left, right) ?? (override ? undefined : this.#excess(left, right));
  }

  #splitBetween(left: number, right: number): Objection | undefined {
    const ids = (this.#rivals.get(left) ?? [])
      .filter(({ node }) => this.#profiles.find(node) === right)
      .map(({ decision }) => decision)
      .toSorted();
    return ids.length === 0 ? undefined : { rule: "split", subject: ids[0]! };
  }

  #excess(left: number, right: number): Objection | undefined {
    const others = this.#valuesOf(right);
    // Only what both sides bring can become too much by joining them: one that holds too much already, because a person
    // ruled so, still takes in what does not add to it.
    const exceeded = [...this.#valuesOf(left)]
      .filter(([namespace, count]) => {
        const other = others.get(namespace) ?? 0;
        return other > 0 && count + other > rulesFor(namespace, this.#rules).limit;
      })
      .map(([namespace]) => namespace)
      .toSorted();
    if (exceeded.length > 0) return { rule: "limit", subject: exceeded[0]! };
    const size = this.#profiles.sizeOf(left) + this.#profiles.sizeOf(right);
    if (size <= this.#rules.identifiersPerProfileMax) return undefined;
    return { rule: "identifiersPerProfileMax", subject: "" };
  }

  #valuesOf(root: number): ReadonlyMap<string, number> {
    const kept = this.#values.get(root);
    if (kept !== undefined) return kept;
    const { namespace } = this.#identifierOf(root);
    return rulesFor(namespace, this.#rules).limit === Infinity
      ? NOTHING
      : new Map([[namespace, 1]]);
  }

  /** Makes one of two roots' profiles. */
  join(left: number, right: number): void {
    const leftValues = this.#valuesOf(left);
    const rightValues = this.#valuesOf(right);
    const rivals = [...(this.#rivals.get(left) ?? []), ...(this.#rivals.get(right) ?? [])];
    const root = this.#profiles.union(left, right);
    if (rivals.length > 0) this.#rivals.set(root, rivals);
    // Of a root no map is kept only while it is alone, and alone it is no more.
    const values = new Map(leftValues);
    for (const [namespace, count] of rightValues)
      values.set(namespace, count + (values.get(namespace) ?? 0));
    this.#values.set(root, values);
  }
}
