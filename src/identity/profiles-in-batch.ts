/**
 * Who is one person within a batch: a union-find over the known canonical profiles and the new identifiers that the
 * batch touches. A known profile is one node whatever the number of its identifiers, so a merge of large profiles
 * costs as much as one of small ones.
 */
import type { Absorption, KnownIdentifier } from "./change-set.ts";
import type { Node, ProfileId } from "./types.ts";
import { UnionFind } from "./union-find.ts";

interface Member {
  readonly id: ProfileId;
  /** The order of a known profile; undefined for an identifier that this batch creates. */
  readonly knownOrder: number | undefined;
}

export class ProfilesInBatch {
  readonly groups = new UnionFind();
  /** By number in `groups`. */
  readonly #members: Member[] = [];
  /** By root: the number of the group's oldest member. Entries of former roots are stale and never read. */
  readonly #founders: number[] = [];
  readonly #numbers = new Map<ProfileId, number>();

  /** The number of the profile that a known identifier belongs to. */
  known(identifier: KnownIdentifier): number {
    const number = this.#numbers.get(identifier.canonical);
    return number ?? this.#add(identifier.canonical, identifier.canonicalOrder);
  }

  /** The number of a new identifier. */
  created(node: Node): number {
    return this.#add(node.id, undefined);
  }

  #add(id: ProfileId, knownOrder: number | undefined): number {
    const number = this.groups.add();
    this.#members.push({ id, knownOrder });
    this.#founders.push(number);
    this.#numbers.set(id, number);
    return number;
  }

  /** The root of a group and the id of its founder, as things stand. */
  founder(number: number): { readonly root: number; readonly id: ProfileId } {
    const root = this.groups.find(number);
    return { root, id: this.#members[this.#founders[root]!]!.id };
  }

  /**
   * To be called after unions: `before` are the groups that were joined, by root. The founder of what they became is
   * the oldest of theirs: a known profile is older than anything the batch creates, and that is numbered as received.
   */
  settle(before: Iterable<number>): void {
    for (const former of before) {
      const root = this.groups.find(former);
      const candidate = this.#founders[former]!;
      if (this.#older(candidate, this.#founders[root]!)) this.#founders[root] = candidate;
    }
  }

  #older(left: number, right: number): boolean {
    const leftOrder = this.#members[left]!.knownOrder ?? Infinity;
    const rightOrder = this.#members[right]!.knownOrder ?? Infinity;
    return leftOrder === rightOrder ? left < right : leftOrder < rightOrder;
  }

  /** The known profiles that have become one, each group once, in the order in which the batch met them. */
  absorptions(): Absorption[] {
    const knownByRoot = new Map<number, ProfileId[]>();
    for (const [number, member] of this.#members.entries()) {
      if (member.knownOrder === undefined) continue;
      const root = this.groups.find(number);
      const group = knownByRoot.get(root);
      if (group === undefined) knownByRoot.set(root, [member.id]);
      else group.push(member.id);
    }
    const absorptions: Absorption[] = [];
    for (const [root, ids] of knownByRoot) {
      if (ids.length < 2) continue;
      const canonical = this.founder(root).id;
      absorptions.push({ canonical, absorbed: ids.filter((id) => id !== canonical) });
    }
    return absorptions;
  }
}
