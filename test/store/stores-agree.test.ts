/** Whatever is committed, every store tells the same of who is who as the memory store, the plainest of them. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { ComponentPlace, LinkChange, NewIdentifier } from "../../src/identity/change-set.ts";
import type { Graph, GraphNode } from "../../src/identity/graph.ts";
import { linkKey } from "../../src/identity/identifier.ts";
import type { Objection } from "../../src/identity/objection.ts";
import type { Link, Node, ProfileId } from "../../src/identity/types.ts";
import { MemoryStore } from "../../src/store/memory.ts";
import { linkRank, type Commit, type Store } from "../../src/store/store.ts";
import { commitOf, created, decisionOf, event, linkOf, node } from "../support/commits.ts";
import { SEEDS } from "../support/ids.ts";
import { storeKinds } from "../support/stores.ts";

const NODES = Array.from({ length: 10 }, (_, index) =>
  node(["chat", "email"][index % 2]!, `${index}`),
);

const OBJECTIONS: readonly (Objection | undefined)[] = [
  undefined,
  { rule: "limit", subject: "chat" },
  { rule: "generic", subject: "email:1" },
  { rule: "identifiersPerComponentMax", subject: "" },
];

/** Numbers that one commit is made of, whatever the store holds then. */
interface Step {
  readonly create: number;
  readonly picks: readonly number[];
  readonly kind: "move" | "contest" | "absorb" | "link" | "decide" | "know";
}

const step: fc.Arbitrary<Step> = fc.record({
  create: fc.nat({ max: 3 }),
  picks: fc.array(fc.nat({ max: 99 }), { minLength: 6, maxLength: 6 }),
  kind: fc.constantFrom("move", "contest", "absorb", "link", "decide", "know"),
});

/** Where an identifier is to be kept: with a known one, or in a new profile; a profile is in one component, whole. */
function whereabouts(pick: number, { nodes }: Graph): Pick<NewIdentifier, "place" | "component"> {
  const host = nodes[pick % (nodes.length + 3)];
  if (host !== undefined) return { place: { former: host.profile! }, component: keptIn(host) };
  const contested = nodes.find(({ component }) => component !== undefined);
  const standing = contested === undefined ? { fresh: 1 } : keptIn(contested);
  const fresh = pick % 3;
  return { place: { fresh }, component: [undefined, { fresh: 0 }, standing][fresh] };
}

function keptIn({ component }: GraphNode): ComponentPlace {
  return component === undefined ? undefined : { former: component };
}

function linksBetween(
  graph: Graph,
  nodes: readonly Node[],
  picks: readonly number[],
): LinkChange[] {
  const [one, other] = [nodes[picks[0]! % nodes.length]!, nodes[picks[1]! % nodes.length]!];
  if (one === other) return [];
  const isNew = !graph.links.some(({ a, b }) =>
    [graph.nodes[a]!.id, graph.nodes[b]!.id].every((id) => id === one.id || id === other.id),
  );
  const objection = OBJECTIONS[picks[2]! % OBJECTIONS.length];
  return [
    linkOf(one, other, { isNew, objection, evidenceAt: picks[3]! % 2 ? picks[3] : undefined }),
  ];
}

/** What a step asks of a store that holds the graph. Its keys of components are the store's own. */
function commitAt(graph: Graph, { create, picks, kind }: Step, number: number): Commit {
  const known = graph.nodes;
  const born = NODES.slice(known.length, known.length + create);
  const identifiers = born.map((single, index) => {
    const { place, component } = whereabouts(picks[index]!, graph);
    return created(single, place, { component });
  });
  const events = born.map((single) => event(single.id, single));
  const ofKnown = (pick: number) => known[pick % known.length]!;
  if (known.length === 0) return commitOf({ identifiers, events });
  const first = ofKnown(picks[0]!);
  const nobodyNew = { identifiers: [], events: [] };
  const change = {
    move: () => ({
      moves: [first, ofKnown(picks[1]!)]
        .filter((one, index, all) => all.indexOf(one) === index)
        .map(({ id }, index) => ({ id, ...whereabouts(picks[index + 3]!, graph) })),
    }),
    contest: () => ({
      ...nobodyNew,
      moves: known
        .filter(({ profile }) => profile === first.profile)
        .map(({ id, profile }) => ({
          id,
          place: { former: profile! },
          component: [undefined, { fresh: 0 }, keptIn(ofKnown(picks[1]!))][picks[2]! % 3],
        })),
    }),
    absorb: () => {
      const plain = known.filter(({ component }) => component === undefined);
      const profiles = [...new Set(plain.map(({ profile }) => profile!))];
      const [into, ...from] = profiles.slice(picks[0]! % (profiles.length + 1)).toReversed();
      return { ...nobodyNew, absorptions: into === undefined ? [] : [{ into, from }] };
    },
    link: () => {
      const links = linksBetween(graph, known, picks);
      const named = links.map(({ a, b }) => event(`link ${number}`, a, [b]));
      return { links, events: [...events, ...named] };
    },
    decide: () => {
      const standing = graph.decisions[picks[2]! % 3];
      return {
        decisions:
          standing === undefined
            ? [
                {
                  kind: "taken" as const,
                  decision: decisionOf(
                    picks[3]! % 2 ? "join" : "split",
                    first,
                    ofKnown(picks[1]!),
                    number,
                  ),
                  objection: undefined,
                },
              ]
            : [{ kind: "takenBack" as const, id: standing.id, at: 9000 }],
      };
    },
    know: () => ({
      updates: [{ id: first.id, neighbours: { chat: picks[1]! }, generic: picks[2]! % 2 === 0 }],
      founders: [ofKnown(picks[3]!).id],
    }),
  }[kind]();
  return commitOf({ identifiers, events, ...change });
}

function byPair<Pair extends Pick<Link, "a" | "b">>(pairs: readonly Pair[]): Pair[] {
  return pairs.toSorted((left, right) =>
    linkKey(left.a, left.b) < linkKey(right.a, right.b) ? -1 : 1,
  );
}

/** A graph without what stores may choose: the order of links, and names of components. */
function told({ nodes, links, decisions }: Graph) {
  const keys = [...new Set(nodes.map(({ component }) => component))];
  return {
    nodes: nodes.map(({ id, profile, component, generic }) => ({
      id,
      profile,
      component: component === undefined ? undefined : keys.indexOf(component),
      generic,
    })),
    links: byPair(links.map((link) => ({ ...link, a: nodes[link.a]!, b: nodes[link.b]! }))).map(
      ({ a, b, ...rest }) => ({ ...rest, ends: [a.id, b.id].toSorted() }),
    ),
    decisions,
  };
}

async function canonicalOf(store: Store, id: ProfileId): Promise<ProfileId> {
  const request = { identifiers: [id], pairs: [], traits: [], events: [] };
  return (await store.load(request)).neighbourhood.identifiers.get(id)!.canonical;
}

async function everythingOf(store: Store) {
  const { graph } = await store.readGraph();
  const each = await Promise.all(
    graph.nodes.map(async ({ id }) => ({
      profile: await store.profile(id),
      canonical: await canonicalOf(store, id),
      component: told((await store.component(id))!),
      links: byPair(await store.links(id, 100)),
      unfollowed: byPair(await store.unfollowedLinks(id, 100)),
      unfollowedJoins: await store.unfollowedJoins(id, 100),
      ranks: (await store.links(id, 3)).map(({ objection }) => linkRank(objection)),
    })),
  );
  return {
    graph: told(graph),
    neighbours: graph.nodes.map(({ neighbours }) => neighbours),
    each,
    decisions: await store.decisions({ limit: 100, takenBack: true }),
    totals: await store.totals(),
  };
}

const others = storeKinds.filter(({ name }) => name !== "memory");

test.each(others)("$name tells what memory tells", async (kind) => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
      const opened = kind.open();
      const stores: Store[] = [new MemoryStore(SEEDS), opened.store];
      try {
        for (const [number, taken] of steps.entries()) {
          for (const store of stores) {
            const { graph, basis } = await store.readGraph();
            expect(await store.commit(commitAt(graph, taken, number), basis)).toBe("committed");
          }
        }
        const [reference, answer] = await Promise.all(stores.map(everythingOf));
        expect(answer).toEqual(reference);
      } finally {
        await opened.dispose();
      }
    }),
    { numRuns: 150 },
  );
});
