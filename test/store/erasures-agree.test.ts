/** Whoever is erased, every store finds the same to go as the memory store, and keeps the same of it. */
import fc from "fast-check";
import { expect, test } from "vitest";
import xxhash from "xxhash-wasm";
import { createIdScheme } from "../../src/identity/ids.ts";
import type { ProfileId } from "../../src/identity/types.ts";
import { MemoryStore } from "../../src/store/memory.ts";
import type { LoadedFootprint, Store } from "../../src/store/store.ts";
import {
  decisionsOf,
  eventsOf,
  identifiersOf,
  ruledConfig,
  rulesOf,
  type RuledEvent,
} from "../support/ruled-script.ts";
import { openTestService } from "../support/service.ts";
import { storeKinds } from "../support/stores.ts";

const script = fc.record({ rules: rulesOf, events: eventsOf(16) }).chain(({ rules, events }) =>
  fc.record({
    rules: fc.constant(rules),
    events: fc.constant(events),
    decisions: decisionsOf(events),
    picks: fc.array(fc.nat({ max: 99 }), { minLength: 1, maxLength: 2 }),
    suppress: fc.boolean(),
  }),
);

const byText = <Item>(items: readonly Item[]): Item[] =>
  items.toSorted((left, right) => (JSON.stringify(left) < JSON.stringify(right) ? -1 : 1));

/** Without what stores may choose: the order of links, and names of components. */
function told(footprint: LoadedFootprint | undefined) {
  if (footprint === undefined) return undefined;
  const { basis: _basis, components, links, bystanders, ...rest } = footprint;
  const { length } = components;
  return { ...rest, length, links: byText(links), bystanders: byText(bystanders) };
}

/** Those are made by chance. */
const withoutDecisionIds = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value).replaceAll(/dc_\w+/g, "dc"));

const hasher = await xxhash();
const idsOf = (store: Store) => createIdScheme((text, seed) => hasher.h64(text, seed), store.seeds);

function idOf(text: string, store: Store): ProfileId {
  const colon = text.indexOf(":");
  const identifier = { namespace: text.slice(0, colon), value: text.slice(colon + 1) };
  return idsOf(store).profileId(identifier);
}

async function leftIn(store: Store, events: readonly RuledEvent[]) {
  const { eventId } = idsOf(store);
  const { erased, suppressed, neighbourhood } = await store.load({
    identifiers: [...new Set(events.flatMap(identifiersOf))].map((text) => idOf(text, store)),
    pairs: [],
    traits: [],
    events: events.map(({ source, id }) => eventId(source, id)),
  });
  const { graph } = await store.readGraph();
  return {
    erased: byText([...erased]),
    suppressed: [...suppressed].toSorted(),
    events: [...neighbourhood.events.keys()].toSorted(),
    nodes: graph.nodes.map(({ id, profile, neighbours, generic }) => ({
      id,
      profile,
      neighbours,
      generic,
    })),
    links: byText(
      graph.links.map(({ a, b, ...link }) => ({
        ...link,
        ends: [graph.nodes[a]!.id, graph.nodes[b]!.id].toSorted(),
      })),
    ),
    totals: await store.totals(),
    decisions: (await store.decisions({ limit: 100, takenBack: true })).map(({ a, b }) => [a, b]),
    changes: byText(
      (await store.changes(0, 1000)).map(({ kind, into, from }) => ({ kind, into, from })),
    ),
    erasures: (await store.erasures({ limit: 10 })).map(({ profiles, removed }) => ({
      profiles,
      removed,
    })),
  };
}

const others = storeKinds.filter(({ name }) => name !== "memory");

test.each(others)("I12: $name erases what memory erases", async (kind) => {
  await fc.assert(
    fc.asyncProperty(script, async ({ rules, events, decisions, picks, suppress }) => {
      const opened = kind.open();
      const stores: Store[] = [new MemoryStore(opened.store.seeds), opened.store];
      try {
        const answers = [];
        for (const store of stores) {
          const service = await openTestService(ruledConfig(rules), store);
          for (const { source, ...body } of events) await service.post(source, body);
          for (const decision of decisions)
            await service.decisions.decide({ ...decision, reason: "so" });
          const everybody = [...new Set(events.flatMap(identifiersOf))];
          const footprints = [];
          for (const pick of everybody.length === 0 ? [] : picks) {
            const person = everybody[pick % everybody.length]!;
            const request = { profile: idOf(person, store), claimed: new Set(["form"]) };
            footprints.push(told(await store.footprint(request)));
            await service.erasures.erase({ person, suppress, dryRun: false, by: "somebody" });
          }
          answers.push({ footprints, left: await leftIn(store, events) });
        }
        const [reference, answer] = answers.map(withoutDecisionIds);
        expect(answer).toEqual(reference);
      } finally {
        await opened.dispose();
      }
    }),
    { numRuns: 20 },
  );
});
