/**
 * Four ways from events to components. Each is written as well as its kind allows; what one of them gives beside the
 * components (the resolver gives links, merges, founders and a change set for every batch) is not asked of the others.
 */
import { UndirectedGraph } from "graphology";
import { connectedComponents } from "graphology-components";
import { BatchResolution } from "../../src/identity/resolve.ts";
import type { Rules } from "../../src/identity/rules.ts";
import { UnionFind } from "../../src/identity/union-find.ts";
import type { NamedIdentifiers } from "./events.ts";
import { identifiedEvents } from "./identified-events.ts";
import { MemoryNeighbourhood } from "./memory-neighbourhood.ts";

export type ContenderName = "union-find" | "resolve" | "graphology" | "map-of-sets";

/** The work that is timed. */
export type Work = () => string[][];

/** Makes everything ready that the work may take as given. */
export async function prepare(contender: ContenderName, events: NamedIdentifiers): Promise<Work> {
  switch (contender) {
    case "union-find":
      return () => byUnionFind(events);
    case "graphology":
      return () => byGraphology(events);
    case "map-of-sets":
      return () => byMapOfSets(events);
    case "resolve":
      return prepareResolve(events);
  }
}

function byUnionFind(events: NamedIdentifiers): string[][] {
  const numbers = new Map<string, number>();
  const groups = new UnionFind();
  const numberOf = (text: string) => {
    const known = numbers.get(text);
    if (known !== undefined) return known;
    const number = groups.add();
    numbers.set(text, number);
    return number;
  };
  for (const named of events) {
    const home = numberOf(named[0]!);
    for (let index = 1; index < named.length; index++) groups.union(home, numberOf(named[index]!));
  }
  const components = new Map<number, string[]>();
  for (const [text, number] of numbers) {
    const root = groups.find(number);
    const component = components.get(root);
    if (component === undefined) components.set(root, [text]);
    else component.push(text);
  }
  return [...components.values()];
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

/** Moves the members of the smaller set; moving those of the newer one takes quadratic time in a crowd. */
function byMapOfSets(events: NamedIdentifiers): string[][] {
  const sets = new Map<string, Set<string>>();
  for (const named of events) {
    let joined: Set<string> | undefined;
    for (const text of named) {
      const own = sets.get(text);
      if (own === undefined) {
        joined ??= new Set();
        joined.add(text);
        sets.set(text, joined);
      } else if (joined === undefined) joined = own;
      else if (own !== joined) {
        const [smaller, larger] = own.size < joined.size ? [own, joined] : [joined, own];
        for (const member of smaller) {
          larger.add(member);
          sets.set(member, larger);
        }
        joined = larger;
      }
    }
  }
  return [...new Set(sets.values())].map((set) => [...set]);
}

/** As many events as share one commit of the service. */
const BATCH_EVENTS = 1000;
/** None that anybody could touch: what is compared is how profiles are joined. */
const RULES: Rules = {
  namespaces: new Map(),
  elsewhere: {
    block: [],
    trust: "claimed",
    limit: Infinity,
    genericAfter: Infinity,
    priority: Infinity,
  },
  identifiersPerProfileMax: Infinity,
  identifiersPerComponentMax: Infinity,
};

async function prepareResolve(events: NamedIdentifiers): Promise<Work> {
  const identified = await identifiedEvents(events);
  return () => {
    const neighbourhood = new MemoryNeighbourhood();
    for (let start = 0; start < identified.length; start += BATCH_EVENTS) {
      const batch = identified.slice(start, start + BATCH_EVENTS);
      const resolution = new BatchResolution(batch, neighbourhood, RULES);
      for (let missing = resolution.missing(); missing; missing = resolution.missing())
        resolution.supply({ counts: neighbourhood.counts(missing.counts), contents: new Map() });
      neighbourhood.apply(resolution.finish().changes);
    }
    return neighbourhood.components();
  };
}
