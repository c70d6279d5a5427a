import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { UnionFind } from "../../src/identity/union-find.ts";

/** The simplest model: a list of sets. */
class NaivePartition {
  #sets: Set<number>[] = [];

  add(node: number): void {
    this.#sets.push(new Set([node]));
  }

  setOf(node: number): Set<number> {
    return this.#sets.find((set) => set.has(node))!;
  }

  union(left: number, right: number): void {
    const [a, b] = [this.setOf(left), this.setOf(right)];
    if (a === b) return;
    this.#sets = this.#sets.filter((set) => set !== b);
    for (const member of b) a.add(member);
  }

  get sets(): number {
    return this.#sets.length;
  }
}

type Step =
  | { readonly kind: "add"; readonly count: number }
  | { readonly kind: "union" | "find"; readonly left: number; readonly right: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant("add" as const), count: fc.integer({ min: 1, max: 40 }) }),
  fc.record({
    kind: fc.constantFrom("union" as const, "union" as const, "find" as const),
    left: fc.nat(),
    right: fc.nat(),
  }),
);

/** Plays a script on both and returns them. */
function play(script: readonly Step[]): { forest: UnionFind; model: NaivePartition } {
  const forest = new UnionFind(0);
  const model = new NaivePartition();
  for (const action of script) {
    if (action.kind === "add") {
      const first = forest.add(action.count);
      for (let node = first; node < first + action.count; node++) model.add(node);
    } else if (forest.size > 0) {
      const left = action.left % forest.size;
      const right = action.right % forest.size;
      if (action.kind === "union") {
        forest.union(left, right);
        model.union(left, right);
      } else expect(forest.same(left, right)).toBe(model.setOf(left) === model.setOf(right));
    }
  }
  return { forest, model };
}

/** The members of every set, in the order of the sets' first members. */
function listed(forest: UnionFind): number[][] {
  const sets: number[][] = [];
  const seen = new Set<number>();
  for (let node = 0; node < forest.size; node++) {
    if (seen.has(node)) continue;
    const members = [...forest.members(node)];
    for (const member of members) seen.add(member);
    sets.push(members.toSorted((left, right) => left - right));
  }
  return sets;
}

function depthMax(forest: UnionFind): number {
  let deepest = 0;
  for (let node = 0; node < forest.size; node++) deepest = Math.max(deepest, forest.depth(node));
  return deepest;
}

describe("union-find", () => {
  test("has the sets, sizes and members of a list of sets, whatever is played", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (script) => {
        const { forest, model } = play(script);
        expect(forest.sets).toBe(model.sets);
        for (let node = 0; node < forest.size; node++) {
          const members = [...forest.members(node)];
          expect(members[0]).toBe(node);
          expect(new Set(members)).toEqual(model.setOf(node));
          expect(members).toHaveLength(model.setOf(node).size);
          expect(forest.sizeOf(node)).toBe(model.setOf(node).size);
        }
      }),
    );
  });

  test("lists the same sets whether it was asked before they grew or only at the end", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), fc.nat(), (script, asked) => {
        const forest = play(script).forest;
        const askedOnTheWay = new UnionFind(0);
        for (const [index, action] of script.entries()) {
          if (index === asked % script.length && askedOnTheWay.size > 0) listed(askedOnTheWay);
          if (action.kind === "add") askedOnTheWay.add(action.count);
          else if (action.kind === "union" && askedOnTheWay.size > 0)
            askedOnTheWay.union(
              action.left % askedOnTheWay.size,
              action.right % askedOnTheWay.size,
            );
        }
        expect(listed(askedOnTheWay)).toStrictEqual(listed(forest));
      }),
    );
  });

  test("I11: no tree is deeper than log2 of its size, whatever is played", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (script) => {
        const { forest } = play(script);
        for (let node = 0; node < forest.size; node++)
          expect(forest.depth(node)).toBeLessThanOrEqual(Math.log2(forest.sizeOf(node)));
      }),
    );
  });

  test("I11: holds for chains and for new nodes that join a large set, in either order of arguments", () => {
    const nodes = 4096;
    const orders: readonly ((node: number) => readonly [number, number])[] = [
      (node) => [node - 1, node],
      (node) => [node, node - 1],
      (node) => [0, node],
      (node) => [node, 0],
    ];
    for (const order of orders) {
      const forest = new UnionFind();
      forest.add(nodes);
      for (let node = 1; node < nodes; node++) forest.union(...order(node));
      expect(forest.sets).toBe(1);
      expect(depthMax(forest)).toBeLessThanOrEqual(1);
    }
  });

  test("I11: the check of the shape can fail: equal sets joined pairwise reach log2 of their size", () => {
    const forest = new UnionFind();
    forest.add(1024);
    for (let width = 1; width < 1024; width *= 2)
      for (let node = 0; node < 1024; node += 2 * width) forest.union(node, node + width);
    expect(depthMax(forest)).toBeGreaterThan(2);
    expect(depthMax(forest)).toBeLessThanOrEqual(10);
  });

  test("path halving: looking a node up brings it and others nearer to the root", () => {
    const forest = new UnionFind();
    forest.add(1024);
    for (let width = 1; width < 1024; width *= 2)
      for (let node = 0; node < 1024; node += 2 * width) forest.union(node, node + width);
    const deepest = Array.from({ length: 1024 }, (_, node) => node).toSorted(
      (left, right) => forest.depth(right) - forest.depth(left),
    )[0]!;
    const before = forest.depth(deepest);
    forest.find(deepest);
    expect(forest.depth(deepest)).toBeLessThanOrEqual(Math.ceil(before / 2));
  });

  test("the root of the larger set stays root", () => {
    const forest = new UnionFind();
    forest.add(3);
    const root = forest.union(0, 1);
    expect(forest.union(2, 0)).toBe(root);
    expect(forest.union(1, 2)).toBe(root);
  });

  test.each([-1, 3, 0.5, Number.NaN])("refuses %s among three nodes", (node) => {
    const forest = new UnionFind();
    forest.add(3);
    expect(() => forest.find(node)).toThrow(RangeError);
    expect(() => [...forest.members(node)]).toThrow(RangeError);
    expect(() => forest.depth(node)).toThrow(RangeError);
  });
});
