/**
 * Ways from a list of nodes and links to who hangs together. Ours says besides which links a rule refuses and who is who
 * where one does; graphology knows no rules and gives the components.
 */
import { UndirectedGraph } from "graphology";
import { connectedComponents } from "graphology-components";
import { derive } from "../../src/identity/derive.ts";
import type { Graph } from "../../src/identity/graph.ts";
import { RULES } from "./graph.ts";

export type ContenderName = "selfsame" | "graphology" | "graphology-built";

/** By node: a number that the members of one component, or of one profile, have in common. */
export interface Partition {
  readonly componentOf: Int32Array;
  readonly profileOf: Int32Array;
}

/** The work that is timed; what it returns is made into a partition off the clock. */
export type Work = () => () => Partition;

/** Makes everything ready that the work may take as given. */
export function prepare(contender: ContenderName, graph: Graph): Work {
  switch (contender) {
    case "selfsame":
      return () => {
        const { componentOf, profileOf } = derive(graph, RULES);
        return () => ({ componentOf, profileOf });
      };
    case "graphology":
      return () => toPartition(connectedComponents(toGraphology(graph)), graph);
    case "graphology-built": {
      const built = toGraphology(graph);
      return () => toPartition(connectedComponents(built), graph);
    }
  }
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
