/** Whoever was merged or split, every store tells the same histories as the memory store, and as people's journeys. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { HistoryRequest } from "../../src/store/histories.ts";
import { MemoryStore } from "../../src/store/memory.ts";
import type { Store } from "../../src/store/store.ts";
import { SEEDS } from "../support/ids.ts";
import {
  decisionsOf,
  eventsOf,
  ruledConfig,
  rulesOf,
  type PlainDecision,
  type PlainRules,
  type RuledEvent,
} from "../support/ruled-script.ts";
import { openTestService } from "../support/service.ts";
import { storeKinds } from "../support/stores.ts";

interface Script {
  readonly rules: PlainRules;
  readonly events: readonly RuledEvent[];
  readonly decisions: readonly PlainDecision[];
}

const scriptOf: fc.Arbitrary<Script> = eventsOf(25).chain((events) =>
  fc.record({ rules: rulesOf, events: fc.constant(events), decisions: decisionsOf(events) }),
);

const requestOf: fc.Arbitrary<HistoryRequest> = fc.record(
  {
    types: fc.subarray(["crm", "shop", "form"]),
    sources: fc.subarray(["crm", "shop", "form"]),
    from: fc.integer({ min: 1, max: 9 }).map((seconds) => seconds * 1000),
    to: fc.integer({ min: 1, max: 9 }).map((seconds) => seconds * 1000),
    traits: fc.subarray(["name", "nothing"]),
  },
  { requiredKeys: [] },
);

async function play(store: Store, { rules, events, decisions }: Script): Promise<void> {
  const service = await openTestService(ruledConfig(rules), store);
  const half = Math.ceil(events.length / 2);
  for (const event of events.slice(0, half)) await service.post(event.source, event);
  for (const { kind, a, b, override } of decisions)
    await service.decisions.decide({ kind, a, b, override, reason: "they say so" });
  for (const event of events.slice(half)) await service.post(event.source, event);
}

/** By who they are, not by ids: those who founded a person depend on nothing but the script, and stores agree on it. */
async function told(store: Store, request: HistoryRequest) {
  const people = [];
  for await (const { profile, traits, events } of store.histories(request))
    people.push({
      profile,
      traits: Object.fromEntries(traits),
      events: events.map((event) => {
        const { at, source, type } = event;
        return { at, source, type, payload: event.payload() };
      }),
    });
  return people.toSorted((left, right) => (left.profile < right.profile ? -1 : 1));
}

const others = storeKinds.filter(({ name }) => name !== "memory");

test.each(others)("$name tells the histories that memory tells", async (kind) => {
  await fc.assert(
    fc.asyncProperty(scriptOf, requestOf, async (script, request) => {
      const opened = kind.open();
      try {
        const reference = new MemoryStore(opened.store.seeds);
        await play(reference, script);
        await play(opened.store, script);
        const histories = await told(opened.store, request);
        expect(histories).toEqual(await told(reference, request));
      } finally {
        await opened.dispose();
      }
    }),
    { numRuns: 60 },
  );
});

test("with nothing left out they are the journeys of everybody", async () => {
  await fc.assert(
    fc.asyncProperty(scriptOf, async (script) => {
      const store = new MemoryStore(SEEDS);
      await play(store, script);
      for (const { profile, events } of await told(store, {})) {
        const page = await store.journey({ profile, order: "asc", limit: 1000, bytesMax: 1e9 });
        expect(page!.profile).toBe(profile);
        expect(events.map(({ payload }) => payload)).toEqual(
          page!.events.map(({ payload }) => payload),
        );
      }
    }),
    { numRuns: 60 },
  );
});
