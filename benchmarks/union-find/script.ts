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
  /** The step before which the depth is taken: look-ups that only come at the end make trees flatter than they were. */
  readonly depthAt: number;
}

type Step = readonly [kind: number, left: number, right: number];

export type ScriptName = "random-unions" | "chain" | "new-id-joins-known" | "mixed";

export const SCRIPTS: Readonly<Record<ScriptName, string>> = {
  "random-unions": "pairs of any two nodes are joined",
  chain: "every node is joined to the one before it",
  "new-id-joins-known":
    "every new node, named first, is joined to the same member of one large set; then one look-up for ten nodes",
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

/**
 * The set is made of a tenth of the nodes around node 1, which is not its root: a union-find that compares the ranks
 * of the nodes it is given, and not those of their roots, hangs the whole set below each newcomer.
 */
function newIdJoinsKnown(nodes: number, random: Random): Script {
  const founders = Math.ceil(nodes / 10);
  const lookUps = Math.floor(nodes / 10);
  const joins = nodes - 1;
  const steps = script(nodes, joins + lookUps, (index) => {
    const node = index + 1;
    if (node < founders) return [UNION, 0, node];
    if (node < nodes) return [UNION, node, 1];
    return [SAME, random.below(nodes), random.below(nodes)];
  });
  return { ...steps, depthAt: joins };
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
  return { nodes, kinds, lefts, rights, depthAt: steps };
}
