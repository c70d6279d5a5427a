/** Scripts for disjoint sets: unions and look-ups in one order, on typed arrays so that reading them costs nothing. */
import { Random } from "../random.ts";

export const UNION = 0;
export const SAME = 1;

export interface Script {
  readonly nodes: number;
  /** `UNION` or `SAME`, one for each step. */
  readonly kinds: Uint8Array;
  readonly lefts: Int32Array;
  readonly rights: Int32Array;
}

type Step = readonly [kind: number, left: number, right: number];

export type ScriptName = "random-unions" | "chain" | "new-id-joins-known" | "mixed";

export const SCRIPTS: Readonly<Record<ScriptName, string>> = {
  "random-unions": "pairs of any two nodes are joined",
  chain: "every node is joined to the one before it",
  "new-id-joins-known":
    "every new node, named first, is joined to one of the first members of one large set; one look-up of any two for ten joins",
  mixed: "joins and look-ups of any two nodes in turn, two steps a node",
};

export function writeScript(name: ScriptName, nodes: number, seed: number): Script {
  const random = new Random(seed);
  switch (name) {
    case "random-unions":
      return script(nodes, nodes, () => [UNION, random.below(nodes), random.below(nodes)]);
    case "chain":
      return script(nodes, nodes - 1, (index) => [UNION, index, index + 1]);
    case "new-id-joins-known":
      return newIdJoinsKnown(nodes, random);
    case "mixed":
      return script(nodes, 2 * nodes, (index) => [
        index % 2 === 0 ? UNION : SAME,
        random.below(nodes),
        random.below(nodes),
      ]);
  }
}

const JOINS_PER_LOOK_UP = 10;

/**
 * A hot profile: the set is made of a tenth of the nodes, and each newcomer names any of them but the root. A union-find
 * that compares the ranks of the nodes it is given, and not those of their roots, hangs the whole set below each
 * newcomer. It does not take quadratic time by that: every look-up flattens its own way, so that the ways are
 * some log n steps long on average and not n, at every size.
 */
function newIdJoinsKnown(nodes: number, random: Random): Script {
  const founders = Math.ceil(nodes / 10);
  const newcomers = nodes - founders;
  const rounds = JOINS_PER_LOOK_UP + 1;
  const steps = founders - 1 + newcomers + Math.floor(newcomers / JOINS_PER_LOOK_UP);
  return script(nodes, steps, (index) => {
    if (index < founders - 1) return [UNION, 0, index + 1];
    const step = index - (founders - 1);
    const joined = founders + step - Math.floor(step / rounds);
    if (step % rounds === JOINS_PER_LOOK_UP)
      return [SAME, random.below(joined), random.below(joined)];
    return [UNION, joined, 1 + random.below(founders - 1)];
  });
}

function script(nodes: number, steps: number, step: (index: number) => Step): Script {
  const kinds = new Uint8Array(steps);
  const lefts = new Int32Array(steps);
  const rights = new Int32Array(steps);
  for (let index = 0; index < steps; index++) {
    const [kind, left, right] = step(index);
    kinds[index] = kind;
    lefts[index] = left;
    rights[index] = right;
  }
  return { nodes, kinds, lefts, rights };
}
