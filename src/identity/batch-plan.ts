/**
 * What a batch's news of links means for components: which meet, and which of them have to be folded. Most meet
 * without breaking a rule, and one union does; those that a rule touches are read whole and folded again.
 *
 *     drafts -> neighbours -> generic values -> links that may be followed -> meetings -> within limits? -> fold
 */
import type { BatchDraft, LinkDraft } from "./batch-draft.ts";
import type { Missing, Neighbourhood } from "./change-set.ts";
import type { ComponentKey } from "./graph.ts";
import { genericObjection, eitherObjection, type Objection } from "./objection.ts";
import {
  addCounts,
  countsOf,
  isGeneric,
  isWithinLimits,
  NO_COUNTS,
  oneMore,
  totalOf,
  type Counts,
  type Rules,
} from "./rules.ts";
import { TextNumbers } from "./text-numbers.ts";
import type { Identifier, IdentifiedEvent, Node, ProfileId } from "./types.ts";
import { UnionFind } from "./union-find.ts";

/** A component before the batch: one that is known, or an identifier that the batch creates. */
export interface Unit {
  readonly key: ComponentKey;
  readonly isKnown: boolean;
  readonly isPlain: boolean;
}

/** A value that so many identifiers are linked with that it joins nobody any more. */
export interface GenericTurn {
  readonly node: Node;
  /** The last event that linked it. */
  readonly event: IdentifiedEvent;
}

export class BatchPlan {
  /** The components that meet, by number of unit. */
  readonly groups = new UnionFind();
  readonly units: Unit[] = [];
  /** By identifier, for those that have more neighbours from now on. */
  readonly neighbours = new Map<ProfileId, Counts>();
  readonly genericTurns: GenericTurn[] = [];
  /** By `linkKey`, for the drafts alone: why a link is not in play. */
  readonly objections = new Map<string, Objection>();
  /** The roots of the groups that have to be folded. */
  readonly folded = new Set<number>();
  readonly #numbers = new TextNumbers();
  /** By identifier. Asked some ten times of each that an event names. */
  readonly #units = new Map<ProfileId, number>();
  readonly #generic = new Map<ProfileId, boolean>();
  readonly #draft: BatchDraft;
  readonly #neighbourhood: Neighbourhood;
  readonly #rules: Rules;

  constructor(draft: BatchDraft, neighbourhood: Neighbourhood, rules: Rules) {
    this.#draft = draft;
    this.#neighbourhood = neighbourhood;
    this.#rules = rules;
    for (const link of draft.links.values()) if (link.turnedBy !== undefined) this.#countEnds(link);
    for (const [key, { a, b, barred }] of draft.links) {
      const objection = barred ?? eitherObjection(this.#genericEnd(a), this.#genericEnd(b));
      if (objection !== undefined) this.objections.set(key, objection);
    }
    this.#findGenericTurns();
  }

  /** The links of which there is news and that may be followed, in the order in which they came to count. */
  *inPlay(): Generator<readonly [string, LinkDraft], void> {
    for (const entry of this.#draft.links) if (!this.objections.has(entry[0])) yield entry;
  }

  /** The number of the component that an identifier was in before the batch. */
  unitOf(id: ProfileId): number {
    const standing = this.#units.get(id);
    if (standing !== undefined) return standing;
    const unit = this.#unitAnew(id);
    this.#units.set(id, unit);
    return unit;
  }

  #unitAnew(id: ProfileId): number {
    const known = this.#neighbourhood.identifiers.get(id);
    const key = known?.component ?? id;
    const number = this.#numbers.numberOf(key);
    if (number < this.units.length) return number;
    this.groups.add();
    this.units.push({ key, isKnown: known !== undefined, isPlain: known?.isPlain ?? true });
    return number;
  }

  /** The number of a known component that takes part. */
  unitCalled(key: ComponentKey): number {
    return this.#numbers.knownNumberOf(key);
  }

  isGeneric(id: ProfileId, identifier: Identifier): boolean {
    const decided = this.#generic.get(id);
    if (decided !== undefined) return decided;
    const neighbours = this.neighbours.get(id) ?? this.#knownNeighbours(id);
    const generic = isGeneric(identifier, neighbours, this.#rules);
    this.#generic.set(id, generic);
    return generic;
  }

  /** The components whose sizes decide whether those that meet may be one. */
  missingCounts(): Missing["counts"] {
    const keys = new Set<ComponentKey>();
    for (const [, { a, b }] of this.inPlay()) {
      const left = this.unitOf(a.id);
      const right = this.unitOf(b.id);
      if (left === right) continue;
      for (const unit of [this.units[left]!, this.units[right]!])
        if (unit.isKnown) keys.add(unit.key);
    }
    return [...keys];
  }

  /** Lets the components meet; `counts` has those asked for. */
  meet(counts: ReadonlyMap<ComponentKey, Counts>): void {
    const holdings = new Map<number, Counts>();
    const holdingsOf = (root: number): Counts => {
      const known = holdings.get(root);
      if (known !== undefined) return known;
      const { key, isKnown } = this.units[root]!;
      return isKnown
        ? counts.get(key)!
        : countsOf([this.#draft.created.get(key)!.node.identifier.namespace]);
    };
    const touched = new Set<number>();
    for (const [key, { a, b }] of this.inPlay()) {
      const left = this.groups.find(this.unitOf(a.id));
      const right = this.groups.find(this.unitOf(b.id));
      touched.add(left);
      if (left === right) continue;
      const together = addCounts(holdingsOf(left), holdingsOf(right));
      if (totalOf(together) > this.#rules.identifiersPerComponentMax) {
        this.objections.set(key, { rule: "identifiersPerComponentMax", subject: "" });
        continue;
      }
      holdings.set(this.groups.union(left, right), together);
    }
    for (const [root, held] of holdings)
      if (this.groups.find(root) === root && !isWithinLimits(held, this.#rules))
        this.folded.add(root);
    const touchedRoots = new Set([...touched].map((unit) => this.groups.find(unit)));
    for (const [number, { isPlain }] of this.units.entries()) {
      const root = this.groups.find(number);
      if (!isPlain && touchedRoots.has(root)) this.folded.add(root);
    }
    for (const { node } of this.genericTurns)
      if (this.#neighbourhood.identifiers.has(node.id))
        this.folded.add(this.groups.find(this.unitOf(node.id)));
  }

  /** The known components of the groups that have to be folded. */
  missingContents(): Missing["contents"] {
    return [...this.units.entries()]
      .filter(([number, { isKnown }]) => isKnown && this.folded.has(this.groups.find(number)))
      .map(([, { key }]) => key);
  }

  #countEnds({ a, b }: LinkDraft): void {
    this.#countNeighbour(a.id, b.identifier);
    this.#countNeighbour(b.id, a.identifier);
  }

  #countNeighbour(id: ProfileId, { namespace }: Identifier): void {
    const counts = this.neighbours.get(id) ?? this.#knownNeighbours(id);
    this.neighbours.set(id, oneMore(counts, namespace));
  }

  #knownNeighbours(id: ProfileId): Counts {
    return this.#neighbourhood.identifiers.get(id)?.neighbours ?? NO_COUNTS;
  }

  #genericEnd({ id, identifier }: Node): Objection | undefined {
    return this.isGeneric(id, identifier) ? genericObjection(identifier) : undefined;
  }

  #findGenericTurns(): void {
    const turns = new Map<ProfileId, GenericTurn>();
    for (const { a, b, barred, event } of this.#draft.links.values()) {
      if (barred !== undefined) continue;
      for (const node of [a, b]) {
        const wasGeneric = isGeneric(node.identifier, this.#knownNeighbours(node.id), this.#rules);
        if (!wasGeneric && this.isGeneric(node.id, node.identifier))
          turns.set(node.id, { node, event });
      }
    }
    this.genericTurns.push(...turns.values());
  }
}
