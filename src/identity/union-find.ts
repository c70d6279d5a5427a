/**
 * A union-find (disjoint-set forest) over the numbers 0 … size-1, on typed arrays: union by size and path halving
 * after Tarjan and van Leeuwen, "Worst-case Analysis of Set Union Algorithms" (1984), so that a tree of n nodes is
 * at most log2 n deep (invariant I11). Where sets are listed, each is also a ring of its members, so that listing one
 * costs its size and not the size of the forest.
 */

const CAPACITY_MIN = 16;
// Int32Array indices; beyond this a number no longer fits the arrays.
const CAPACITY_MAX = 2 ** 31 - 1;

export class UnionFind {
  /** The parent of a node; for a root, minus the size of its set. One array keeps a look-up within one cache line. */
  #parent: Int32Array;
  /**
   * The next member of the same set; the last points to the first. Undefined until a set is listed for the first time:
   * most forests never are, and every union would have to touch two more places that no cache holds.
   */
  #next: Int32Array | undefined;
  #size = 0;
  #sets = 0;

  /** Makes room for `capacity` nodes; more may be added, the arrays grow by doubling. */
  constructor(capacity: number = CAPACITY_MIN) {
    this.#parent = new Int32Array(Math.max(CAPACITY_MIN, capacity));
  }

  /** How many nodes there are. */
  get size(): number {
    return this.#size;
  }

  /** How many sets there are. */
  get sets(): number {
    return this.#sets;
  }

  /** Adds `count` nodes, each a set of its own, and returns the number of the first. */
  add(count: number = 1): number {
    const first = this.#size;
    const size = first + count;
    if (size > CAPACITY_MAX)
      throw new RangeError(`a union-find holds at most ${CAPACITY_MAX} nodes`);
    if (size > this.#parent.length) this.#grow(size);
    this.#parent.fill(-1, first, size);
    const next = this.#next;
    if (next !== undefined) for (let node = first; node < size; node++) next[node] = node;
    this.#size = size;
    this.#sets += count;
    return first;
  }

  /** The root of the node's set: the same number for all its members until the next union. */
  find(node: number): number {
    this.#check(node);
    const parent = this.#parent;
    let current = node;
    let above = parent[current]!;
    while (above >= 0) {
      const further = parent[above]!;
      if (further < 0) return above;
      // Path halving: every other node on the way is hung one level higher.
      parent[current] = further;
      current = further;
      above = parent[current]!;
    }
    return current;
  }

  /** Joins two sets and returns the root of the result; the root of the larger set stays root. */
  union(left: number, right: number): number {
    const one = this.find(left);
    const other = this.find(right);
    if (one === other) return one;
    const parent = this.#parent;
    // Sizes are compared at the roots. Comparing those of the nodes passed in would answer right and still
    // degenerate into a chain.
    const sum = parent[one]! + parent[other]!;
    const isOneLess = parent[one]! > parent[other]!;
    const root = isOneLess ? other : one;
    const child = isOneLess ? one : other;
    parent[root] = sum;
    parent[child] = root;
    const next = this.#next;
    if (next !== undefined) [next[root], next[child]] = [next[child]!, next[root]!];
    this.#sets--;
    return root;
  }

  same(left: number, right: number): boolean {
    return this.find(left) === this.find(right);
  }

  /** How many members the node's set has. */
  sizeOf(node: number): number {
    return -this.#parent[this.find(node)]!;
  }

  /**
   * The members of the node's set, the node itself first. The forest must not change while they are read. The first
   * listing costs the size of the forest, any other that of the set.
   */
  *members(node: number): Generator<number, void> {
    this.#check(node);
    const next = (this.#next ??= this.#rings());
    yield node;
    for (let member = next[node]!; member !== node; member = next[member]!) yield member;
  }

  /** How many steps the node is below its root. For checks of the shape; changes nothing. */
  depth(node: number): number {
    this.#check(node);
    let depth = 0;
    for (let above = this.#parent[node]!; above >= 0; above = this.#parent[above]!) depth++;
    return depth;
  }

  #grow(size: number): void {
    const capacity = Math.min(CAPACITY_MAX, Math.max(size, this.#parent.length * 2));
    const parent = new Int32Array(capacity);
    parent.set(this.#parent.subarray(0, this.#size));
    this.#parent = parent;
    if (this.#next === undefined) return;
    const next = new Int32Array(capacity);
    next.set(this.#next.subarray(0, this.#size));
    this.#next = next;
  }

  /** A ring for each set: every node is put in behind its root. */
  #rings(): Int32Array {
    const next = new Int32Array(this.#parent.length);
    for (let node = 0; node < this.#size; node++) next[node] = node;
    for (let node = 0; node < this.#size; node++) {
      const root = this.find(node);
      if (root === node) continue;
      next[node] = next[root]!;
      next[root] = node;
    }
    return next;
  }

  #check(node: number): void {
    // Written so that NaN and fractions fail too: an unknown node is a mistake of the caller.
    if (!(node >= 0 && node < this.#size && Number.isInteger(node)))
      throw new RangeError(`no node ${node} among ${this.#size}`);
  }
}
