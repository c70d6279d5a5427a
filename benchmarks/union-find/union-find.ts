/** Disjoint sets on a million nodes: how long unions and look-ups take, and how deep the trees become. */
import type { Benchmark, Outcome, Size, Trial } from "../benchmark.ts";
import { Random } from "../random.ts";
import { Stopwatch, TIME_FIGURES } from "../stopwatch.ts";
import { warmUp } from "../warm-up.ts";
import { createSets, type ContenderName, type DisjointSets } from "./contenders.ts";
import { SAME, SCRIPTS, UNION, writeScript, type Script, type ScriptName } from "./script.ts";

const NODES: Readonly<Record<Size, number>> = { full: 1_000_000, quick: 100_000, tiny: 1000 };
const SAMPLES = 10_000;

export const unionFind: Benchmark = {
  name: "union-find",
  description: "joining and looking up numbered nodes, without any I/O",
  workloads: Object.entries(SCRIPTS).map(([name, description]) => ({ name, description })),
  contenders: ["selfsame", "mnemonist"],
  reference: "mnemonist",
  figures: [...TIME_FIGURES, { name: "depth in steps", better: "neither" }],
  goals: [
    { figure: "time in ms", contender: "selfsame", workload: "random-unions", atMost: 1 },
    { figure: "time in ms", contender: "selfsame", workload: "new-id-joins-known", atMost: 0.1 },
  ],
  packages: ["mnemonist"],
  trials: { full: 5, quick: 2, tiny: 1 },
  scale: (_, size) => `${NODES[size].toLocaleString("en")} nodes`,
  run,
};

async function run(trial: Trial): Promise<Outcome> {
  await warmUp(trial, (seed) => play({ ...trial, seed }));
  return play(trial);
}

function play({ workload, contender, size, seed }: Trial): Outcome {
  const nodes = NODES[size];
  const script = writeScript(workload as ScriptName, nodes, seed);
  const stopwatch = new Stopwatch();
  const { sets, hits } = stopwatch.run(() => {
    const sets = createSets(contender as ContenderName, nodes);
    return { sets, hits: replay(script, sets, 0, script.depthAt) };
  });
  const depth = sets.depthMax();
  const laterHits = stopwatch.run(() => replay(script, sets, script.depthAt, script.kinds.length));
  return {
    figures: { ...stopwatch.figures(), "depth in steps": depth },
    answer: sampled(sets, nodes, hits + laterHits),
  };
}

/** Does the steps from `from` up to `to` and counts the look-ups that found two nodes in one set. */
function replay(
  { kinds, lefts, rights }: Script,
  sets: DisjointSets,
  from: number,
  to: number,
): number {
  let hits = 0;
  for (let index = from; index < to; index++) {
    if (kinds[index] === UNION) sets.union(lefts[index]!, rights[index]!);
    else if (kinds[index] === SAME && sets.same(lefts[index]!, rights[index]!)) hits++;
  }
  return hits;
}

function sampled(sets: DisjointSets, nodes: number, hits: number): string {
  const random = new Random(nodes);
  let same = 0;
  // Tells which samples hit, not only how many.
  let trace = 0;
  for (let sample = 0; sample < SAMPLES; sample++) {
    const hit = sets.same(random.below(nodes), random.below(nodes)) ? 1 : 0;
    same += hit;
    trace = (Math.imul(trace, 31) + hit) | 0;
  }
  return `${sets.sets} sets, ${hits} look-ups hit, ${same} of ${SAMPLES} samples (${trace >>> 0})`;
}
