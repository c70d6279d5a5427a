/** Whatever enters and leaves quarantine, every store tells the same of deliveries as the memory store. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { MemoryStore } from "../../src/store/memory.ts";
import type { Outcome, QuarantinedEvent } from "../../src/store/deliveries.ts";
import type { Commit, Store } from "../../src/store/store.ts";
import { ann, commitNow, commitOf, created, event, fresh } from "../support/commits.ts";
import { ids, SEEDS } from "../support/ids.ts";
import { storeKinds } from "../support/stores.ts";

const KEYS = Array.from({ length: 8 }, (_, index) => `e${index}`);
const DELIVERIES = Array.from({ length: 5 }, (_, index) => `dl_${index}`);
const SOURCES = ["crm", "shop"];
const SETTLED = ["accepted", "duplicate", undefined] as const;

interface Step {
  readonly kind: "store" | "quarantine" | "release" | "count";
  readonly key: number;
  readonly delivery: number;
  readonly pick: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom("store", "quarantine", "quarantine", "release", "count"),
  key: fc.nat({ max: KEYS.length - 1 }),
  delivery: fc.nat({ max: DELIVERIES.length - 1 }),
  pick: fc.nat({ max: 5 }),
});

const idOf = (key: string) => ids.eventId("crm", key);

async function known(store: Store) {
  const request = { identifiers: [], pairs: [], traits: [], events: KEYS.map(idOf) };
  const { neighbourhood, kept } = await store.load(request);
  return { events: neighbourhood.events, kept };
}

/** What a step asks of a store, within the duties of its caller: nothing is stored twice, nor both stored and kept. */
async function commitAt(store: Store, { kind, key, delivery: place, pick }: Step) {
  const { events } = await known(store);
  const id = idOf(KEYS[key]!);
  const holder = events.get(id);
  const delivery = DELIVERIES[place]!;
  const source = SOURCES[place % 2]!;
  const isKept = (await store.keptDelivery(delivery)) !== undefined;
  const released = holder?.quarantinedIn === undefined ? [] : [id];
  const tally = (deliveries: number) => {
    const outcome: Outcome = "quarantined";
    return { tallies: [{ source, outcome, deliveries, events: deliveries }] };
  };
  const state = { eventCount: pick, settled: SETTLED[pick % 3] };
  const steps: Record<Step["kind"], () => Commit> = {
    store() {
      if (holder !== undefined && holder.quarantinedIn === undefined) return commitOf({});
      const home = pick % 2 ? ann : null;
      const stored = { ...event(KEYS[key]!, home), delivery, source, receivedAt: place };
      return commitOf({ events: [stored] }, { released });
    },
    quarantine() {
      if (holder !== undefined && holder.quarantinedIn === undefined) return commitOf({});
      const lying: QuarantinedEvent = {
        id,
        source: "crm",
        key: KEYS[key]!,
        delivery,
        place: pick === 0 ? undefined : pick,
        reason: `reason ${pick}`,
      };
      const kept = {
        id: delivery,
        source,
        receivedAt: place,
        urlEventType: pick % 2 ? "signup" : undefined,
        contentType: pick % 3 ? "application/json" : undefined,
        headers: { "x-a": "1" },
        query: "a=1",
        body: Buffer.from(`${pick}`),
        ...state,
      };
      // What enters from another delivery leaves that one first; of the only event of its own it stays.
      const stays = holder?.quarantinedIn === delivery;
      return commitOf(
        {},
        {
          quarantined: [lying],
          released: stays ? [] : released,
          ...(isKept ? { keptStates: [{ id: delivery, ...state }] } : { kept: [kept] }),
          ...tally(1),
        },
      );
    },
    release: () => commitOf({}, { released, ...tally(-1) }),
    count: () => commitOf({}, tally(pick - 2)),
  };
  return steps[kind]();
}

async function everythingOf(store: Store) {
  const walk = async (request: object) => {
    const pages = [];
    let after: string | undefined;
    do {
      const page = await store.deliveries({ ...request, limit: 2, after });
      pages.push(...page.deliveries);
      after = page.next;
    } while (after !== undefined);
    return pages;
  };
  const kept = await Promise.all(DELIVERIES.map((id) => store.keptDelivery(id)));
  const { events, kept: holds } = await known(store);
  return {
    all: await walk({}),
    ofShop: await walk({ source: "shop" }),
    byOutcome: [
      await walk({ outcome: "accepted" }),
      await walk({ outcome: "anonymous", source: "crm" }),
      await walk({ outcome: "quarantined" }),
    ],
    each: await Promise.all(DELIVERIES.map((id) => store.delivery(id))),
    kept: kept.map(
      (record) =>
        record && { ...record, delivery: { ...record.delivery, body: [...record.delivery.body] } },
    ),
    summaries: [
      await store.keptDeliveries({ limit: 3, from: 1 }),
      await store.keptDeliveries({ limit: 9, source: "crm", to: 4, after: "dl_0" }),
    ],
    events: [...events],
    holds: [...holds].toSorted(([left], [right]) => (left < right ? -1 : 1)),
    tallies: (await store.tallies()).map((tally) => JSON.stringify(tally)).toSorted(),
  };
}

const others = storeKinds.filter(({ name }) => name !== "memory");

test.each(others)("$name tells of deliveries what memory tells", async (kind) => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 15 }), async (steps) => {
      const opened = kind.open();
      const stores: Store[] = [new MemoryStore(SEEDS), opened.store];
      try {
        for (const store of stores)
          await commitNow(store, commitOf({ identifiers: [created(ann, fresh(1))] }));
        for (const taken of steps)
          for (const store of stores) await commitNow(store, await commitAt(store, taken));
        const [reference, answer] = await Promise.all(stores.map(everythingOf));
        expect(answer).toEqual(reference);
      } finally {
        await opened.dispose();
      }
    }),
    { numRuns: 100 },
  );
});
