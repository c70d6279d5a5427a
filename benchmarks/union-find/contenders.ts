/** The disjoint sets that are compared, each made to answer to the same names and no more. */
import { StaticDisjointSet } from "mnemonist";
import { UnionFind } from "../../src/identity/union-find.ts";

export interface DisjointSets {
  readonly sets: number;
  union(left: number, right: number): unknown;
  same(left: number, right: number): boolean;
  /** A number that the node has in common with those of its set alone. */
  setOf(node: number): number;
  /** How many steps the deepest node is below its root. Changes nothing. */
  depthMax(): number;
}

export type ContenderName = "selfsame" | "mnemonist";

/** `nodes` sets of one node each. */
export function createSets(contender: ContenderName, nodes: number): DisjointSets {
  return contender === "selfsame" ? new SelfsameSets(nodes) : new MnemonistSets(nodes);
}

class SelfsameSets implements DisjointSets {
  readonly #sets: UnionFind;

  constructor(nodes: number) {
    this.#sets = new UnionFind(nodes);
    this.#sets.add(nodes);
  }

  get sets(): number {
    return this.#sets.sets;
  }

  union(left: number, right: number): unknown {
    return this.#sets.union(left, right);
  }

  same(left: number, right: number): boolean {
    return this.#sets.same(left, right);
  }

  setOf(node: number): number {
    return this.#sets.find(node);
  }

  depthMax(): number {
    let depthMax = 0;
    for (let node = 0; node < this.#sets.size; node++)
      depthMax = Math.max(depthMax, this.#sets.depth(node));
    return depthMax;
  }
}

class MnemonistSets implements DisjointSets {
  readonly #sets: StaticDisjointSet;

  constructor(nodes: number) {
    this.#sets = new StaticDisjointSet(nodes);
  }

  get sets(): number {
    return this.#sets.dimension;
  }

  union(left: number, right: number): unknown {
    return this.#sets.union(left, right);
  }

  same(left: number, right: number): boolean {
    return this.#sets.connected(left, right);
  }

  setOf(node: number): number {
    return this.#sets.find(node);
  }

  depthMax(): number {
    // The array of parents is a public field that the type declarations leave out.
    return depthMaxOf((this.#sets as unknown as { readonly parents: Uint32Array }).parents);
  }
}

/** The depth of a forest in which roots are their own parents, in linear time even where it is as deep as it is large. */
export function depthMaxOf(parents: ArrayLike<number>): number {
  const depths = new Int32Array(parents.length).fill(-1);
  const path: number[] = [];
  let depthMax = 0;
  for (let start = 0; start < parents.length; start++) {
    let node = start;
    while (depths[node] === -1 && parents[node] !== node) {
      path.push(node);
      node = parents[node]!;
    }
    let depth = depths[node] === -1 ? 0 : depths[node]!;
    depths[node] = depth;
    for (let below = path.pop(); below !== undefined; below = path.pop()) depths[below] = ++depth;
    depthMax = Math.max(depthMax, depth);
  }
  return depthMax;
}
