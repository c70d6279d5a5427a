/** The whole graph folded at once, without any I/O: what a change of the rules costs beside reading and writing. */
import { createHash } from "node:crypto";
import type { Benchmark, Outcome, Trial } from "../benchmark.ts";
import { Stopwatch, TIME_FIGURES } from "../stopwatch.ts";
import { warmUp } from "../warm-up.ts";
import { prepare, type ContenderName, type Partition } from "./contenders.ts";
import { drawGraph, LINKS, type DrawnGraph } from "./graph.ts";

// A warm-up that is as large as the trial would take most of the time of a run.
const WARM_UP_SHARE = 0.05;

export const rebuild: Benchmark = {
  name: "rebuild",
  description: "from all nodes and links to all people, without any I/O",
  workloads: [
    {
      name: "people",
      description:
        "people of two to six identifiers, and a few groups of twenty who share a browser",
    },
  ],
  contenders: ["selfsame", "selfsame-check", "graphology", "graphology-built"],
  reference: "graphology",
  figures: TIME_FIGURES,
  packages: ["graphology", "graphology-components"],
  trials: { full: 3, quick: 2, tiny: 1 },
  scale: (_, size) => `${LINKS[size].toLocaleString("en")} links`,
  run,
};

async function run(trial: Trial): Promise<Outcome> {
  const links = LINKS[trial.size];
  await warmUp(trial, (seed) => play({ ...trial, seed }, links * WARM_UP_SHARE));
  return play(trial, links);
}

function play({ contender, seed }: Trial, links: number): Outcome {
  const drawn = drawGraph(links, seed);
  const work = prepare(contender as ContenderName, drawn.graph);
  const stopwatch = new Stopwatch();
  const result = stopwatch.run(work);
  const partition = result();
  if (contender === "selfsame") checkContested(partition, drawn);
  return { figures: stopwatch.figures(), answer: answerOf(partition, drawn) };
}

/** All components, and the profiles wherever no rule has anything to say: there the two are the same. */
function answerOf(
  { componentOf, profileOf }: Partition,
  { graph, isContested }: DrawnGraph,
): string {
  const components = firstMembers(componentOf);
  const plain = firstMembers(profileOf).map((first, node) =>
    isContested[node] === 1 ? -1 : first,
  );
  const count = components.reduce((sum, first, node) => sum + (first === node ? 1 : 0), 0);
  const hash = createHash("sha256").update(components).update(plain).digest("hex").slice(0, 16);
  return `${graph.links.length} links, ${count} components (${hash})`;
}

/** By node: the lowest node that has the same number. Equal for equal partitions, however they are numbered. */
function firstMembers(numbers: Int32Array): Int32Array {
  const firsts = new Map<number, number>();
  return numbers.map((number, node) => {
    const first = firsts.get(number);
    if (first === undefined) firsts.set(number, node);
    return first ?? node;
  });
}

/** Who ignores the limit would be fast: nobody's profile may hold two accounts, and nobody's account may be left out. */
function checkContested({ profileOf }: Partition, { graph, isContested }: DrawnGraph): void {
  const accounts = graph.nodes.flatMap(({ identifier }, node) =>
    identifier.namespace === "user_id" && isContested[node] === 1 ? [profileOf[node]] : [],
  );
  if (accounts.length === 0) throw new Error("nothing is contested");
  if (new Set(accounts).size !== accounts.length)
    throw new Error("a profile holds two accounts in spite of the limit");
}
