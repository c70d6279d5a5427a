/**
 * Ways from a list of nodes and links to who hangs together. Ours says besides which links a rule refuses and who is who
 * where one does; graphology knows no rules and gives the components.
 */
import { UndirectedGraph } from "graphology";
import { connectedComponents } from "graphology-components";
import { derive } from "../../src/identity/derive.ts";
import type { CountedGraph, Graph } from "../../src/identity/graph.ts";
import { rebuild } from "../../src/identity/rederive.ts";
import { NO_COUNTS } from "../../src/identity/rules.ts";
import { RULES } from "./graph.ts";

export type ContenderName = "selfsame" | "selfsame-check" | "graphology" | "graphology-built";

/** By node: a number that the members of one component, or of one profile, have in common. */
export interface Partition {
  readonly componentOf: Int32Array;
  readonly profileOf: Int32Array;
}

/** The work that is timed; what it returns is made into a partition off the clock. */
export type Work = () => () => Partition;

const ORIGIN = { cause: { rules: 1 }, at: 0 };

/** Makes everything ready that the work may take as given. */
export function prepare(contender: ContenderName, graph: Graph): Work {
  switch (contender) {
    case "selfsame":
      return () => {
        const { componentOf, profileOf } = derive(graph, RULES);
        return () => ({ componentOf, profileOf });
      };
    case "selfsame-check":
      return prepareCheck(graph);
    case "graphology":
      return () => toPartition(connectedComponents(toGraphology(graph)), graph);
    case "graphology-built": {
      const built = toGraphology(graph);
      return () => toPartition(connectedComponents(built), graph);
    }
  }
}

/** What `rebuild --check` does between reading and telling: everybody is as kept, and that is what has to be found out. */
function prepareCheck(graph: Graph): Work {
  const { componentOf, profileOf, touched, objections } = derive(graph, RULES);
  const founders = new Map<number, string>();
  for (const [place, { id }] of graph.nodes.entries())
    if (!founders.has(profileOf[place]!)) founders.set(profileOf[place]!, id);
  const uncounted = {
    decisions: graph.decisions,
    links: graph.links.map((link, place) => ({ ...link, objection: objections[place] })),
    nodes: graph.nodes.map((node, place) => ({
      ...node,
      profile: founders.get(profileOf[place]!),
      component: touched.has(componentOf[place]!) ? String(componentOf[place]) : undefined,
      neighbours: NO_COUNTS,
    })),
  };
  const counts = new Map(
    rebuild(uncounted, RULES, ORIGIN).changes.updates.map(({ id, neighbours }) => [
      id,
      neighbours!,
    ]),
  );
  const kept: CountedGraph = {
    ...uncounted,
    nodes: uncounted.nodes.map((node) => ({
      ...node,
      neighbours: counts.get(node.id) ?? NO_COUNTS,
    })),
  };
  return () => {
    const { moves, updates, links } = rebuild(kept, RULES, ORIGIN).changes;
    if (moves.length + updates.length + links.length > 0)
      throw new Error("what is kept as it was derived is said to differ");
    return () => ({ componentOf, profileOf });
  };
}

function toGraphology({ nodes, links }: Graph): UndirectedGraph {
  const built = new UndirectedGraph();
  for (const { id } of nodes) built.addNode(id);
  for (const { a, b } of links) built.addEdge(nodes[a]!.id, nodes[b]!.id);
  return built;
}

function toPartition(components: string[][], { nodes }: Graph): () => Partition {
  return () => {
    const places = new Map(nodes.map(({ id }, place) => [id, place]));
    const componentOf = new Int32Array(nodes.length);
    for (const [number, members] of components.entries())
      for (const id of members) componentOf[places.get(id)!] = number;
    return { componentOf, profileOf: componentOf };
  };
}
