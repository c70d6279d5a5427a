/** Disjoint sets on millions of nodes: how long unions and look-ups take, and how deep the trees become. */
import { createHash } from "node:crypto";
import type { Benchmark, Goal, Outcome, Size, Trial } from "../benchmark.ts";
import { Stopwatch, TIME_FIGURES } from "../stopwatch.ts";
import { warmUp } from "../warm-up.ts";
import { createSets, type ContenderName, type DisjointSets } from "./contenders.ts";
import { SAME, SCRIPTS, UNION, writeScript, type Script, type ScriptName } from "./script.ts";

/** Two sizes of each script: one that the caches of a processor hold nearly, and one that they do not. */
const SCALES = ["", "-tenfold"] as const;
type Scale = (typeof SCALES)[number];

const NODES: Readonly<Record<Size, number>> = { full: 1_000_000, quick: 100_000, tiny: 1000 };
const TENFOLD = 10;
// A warm-up is for the compiler, which learns nothing more from a larger one.
const WARM_UP_NODES_MAX = 200_000;

const SCRIPT_NAMES = Object.keys(SCRIPTS) as ScriptName[];
const DEGENERATING: ScriptName = "new-id-joins-known";

export const unionFind: Benchmark = {
  name: "union-find",
  description: "joining and looking up numbered nodes, without any I/O",
  workloads: SCALES.flatMap((scale) =>
    SCRIPT_NAMES.map((name) => ({ name: `${name}${scale}`, description: SCRIPTS[name] })),
  ),
  contenders: ["selfsame", "mnemonist"],
  reference: "mnemonist",
  figures: [...TIME_FIGURES, { name: "depth in steps", better: "neither" }],
  goals: SCALES.flatMap((scale) => SCRIPT_NAMES.map((name) => goalOf(name, scale))),
  packages: ["mnemonist"],
  trials: { full: 3, quick: 2, tiny: 1 },
  scale: (workload, size) => `${scaleOf(workload, size).nodes.toLocaleString("en")} nodes`,
  run,
};

/** CPU time, for nobody waits for anything here but a core. */
function goalOf(script: ScriptName, scale: Scale): Goal {
  const place = { figure: "CPU time in ms", contender: "selfsame", workload: `${script}${scale}` };
  return { ...place, atMost: script === DEGENERATING ? 0.1 : 1 };
}

function scaleOf(workload: string, size: Size): { script: ScriptName; nodes: number } {
  const [, tenfold] = SCALES;
  return workload.endsWith(tenfold)
    ? { script: workload.slice(0, -tenfold.length) as ScriptName, nodes: TENFOLD * NODES[size] }
    : { script: workload as ScriptName, nodes: NODES[size] };
}

async function run(trial: Trial): Promise<Outcome> {
  const { nodes } = scaleOf(trial.workload, trial.size);
  await warmUp(trial, (seed) => play({ ...trial, seed }, Math.min(nodes, WARM_UP_NODES_MAX)));
  return play(trial, nodes);
}

function play({ workload, contender, size, seed }: Trial, nodes: number): Outcome {
  const script = writeScript(scaleOf(workload, size).script, nodes, seed);
  const stopwatch = new Stopwatch();
  const { sets, hits } = stopwatch.run(() => {
    const sets = createSets(contender as ContenderName, nodes);
    return { sets, hits: replay(script, sets) };
  });
  const depth = sets.depthMax();
  return {
    figures: { ...stopwatch.figures(), "depth in steps": depth },
    answer: answerOf(sets, nodes, hits),
  };
}

/** Does all steps and counts the look-ups that found two nodes in one set. */
function replay({ kinds, lefts, rights }: Script, sets: DisjointSets): number {
  let hits = 0;
  for (let index = 0; index < kinds.length; index++) {
    if (kinds[index] === UNION) sets.union(lefts[index]!, rights[index]!);
    else if (kinds[index] === SAME && sets.same(lefts[index]!, rights[index]!)) hits++;
  }
  return hits;
}

/** Of every node the first member of its set, which is the same however the sets are numbered. */
function answerOf(sets: DisjointSets, nodes: number, hits: number): string {
  const firsts = new Int32Array(nodes).fill(-1);
  const firstOf = new Int32Array(nodes);
  for (let node = 0; node < nodes; node++) {
    const set = sets.setOf(node);
    if (firsts[set] === -1) firsts[set] = node;
    firstOf[node] = firsts[set]!;
  }
  const hash = createHash("sha256").update(firstOf).digest("hex").slice(0, 16);
  return `${sets.sets} sets, ${hits} look-ups hit (${hash})`;
}
