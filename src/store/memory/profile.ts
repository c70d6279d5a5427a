/** A canonical profile as the memory store keeps it: a set of identifiers that remembers which was received first. */
import type { ComponentKey } from "../../identity/graph.ts";
import type { Counts } from "../../identity/rules.ts";
import type { Node } from "../../identity/types.ts";

export interface StoredIdentifier {
  readonly node: Node;
  readonly order: number;
  founded: boolean;
  generic: boolean;
  sources: readonly string[];
  neighbours: Counts;
  profile: Profile;
  /** Undefined where it is plain, which is to say the profile and nothing else. */
  component: Component | undefined;
  /** The keys of its links. */
  readonly links: Set<string>;
}

export interface Component {
  readonly key: ComponentKey;
  readonly members: Set<StoredIdentifier>;
}

export class Profile {
  readonly #members = new Set<StoredIdentifier>();
  /** Undefined where it has to be looked for. */
  #founder: StoredIdentifier | undefined;

  get members(): ReadonlySet<StoredIdentifier> {
    return this.#members;
  }

  get founder(): StoredIdentifier {
    this.#founder ??= inOrder(this.#members)[0]!;
    return this.#founder;
  }

  add(member: StoredIdentifier): void {
    this.#members.add(member);
    if (this.#founder !== undefined && member.order < this.#founder.order) this.#founder = member;
  }

  remove(member: StoredIdentifier): void {
    this.#members.delete(member);
    if (this.#founder === member) this.#founder = undefined;
  }
}

/** In the order of first receipt. */
export function inOrder(members: Iterable<StoredIdentifier>): StoredIdentifier[] {
  return [...members].toSorted((left, right) => left.order - right.order);
}
