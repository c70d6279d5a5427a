/**
 * Three ways from events to components, each written as well as its kind allows. Ours is what the resolver finds with
 * who meets whom in a batch (`batch-plan.ts`): texts to numbers, and a union-find over the numbers.
 */
import { UndirectedGraph } from "graphology";
import { connectedComponents } from "graphology-components";
import { TextNumbers } from "../../src/identity/text-numbers.ts";
import { UnionFind } from "../../src/identity/union-find.ts";
import type { NamedIdentifiers } from "./events.ts";
import { byMapOfSets, componentsOf } from "./map-of-sets.ts";

export type ContenderName = "selfsame" | "graphology" | "map-of-sets";

/**
 * The work that is timed. It ends when the contender can tell of every identifier with whom it belongs, in the form in
 * which it keeps that; what it returns makes lists of it, off the clock.
 */
export function connect(contender: ContenderName, events: NamedIdentifiers): () => string[][] {
  switch (contender) {
    case "selfsame":
      return byUnionFind(events);
    case "graphology": {
      const components = byGraphology(events);
      return () => components;
    }
    case "map-of-sets": {
      const sets = byMapOfSets(events);
      return () => componentsOf(sets);
    }
  }
}

function byUnionFind(events: NamedIdentifiers): () => string[][] {
  const numbers = new TextNumbers();
  const groups = new UnionFind();
  const numberOf = (text: string) => {
    const number = numbers.numberOf(text);
    if (number === groups.size) groups.add();
    return number;
  };
  for (const named of events) {
    const home = numberOf(named[0]!);
    for (let index = 1; index < named.length; index++) groups.union(home, numberOf(named[index]!));
  }
  const componentOf = new Int32Array(numbers.size);
  for (let number = 0; number < componentOf.length; number++)
    componentOf[number] = groups.find(number);
  return () => {
    const components = new Map<number, string[]>();
    for (const [number, component] of componentOf.entries()) {
      const members = components.get(component);
      if (members === undefined) components.set(component, [numbers.textOf(number)]);
      else members.push(numbers.textOf(number));
    }
    return [...components.values()];
  };
}

/** Knows the components only at the end: an answer after each event would cost a walk over the whole graph. */
function byGraphology(events: NamedIdentifiers): string[][] {
  const graph = new UndirectedGraph();
  for (const named of events) {
    graph.mergeNode(named[0]);
    for (let index = 1; index < named.length; index++) graph.mergeEdge(named[0], named[index]);
  }
  return connectedComponents(graph);
}
