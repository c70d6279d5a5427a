/** What every store owes its caller of deliveries: those that are kept for the sake of quarantine, and the list of all. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { KeptDelivery, ListedOutcome, QuarantinedEvent } from "../../src/store/deliveries.ts";
import type { Commit, Store } from "../../src/store/store.ts";
import { ann, commitNow, commitOf, created, event, EVERYTHING, fresh } from "../support/commits.ts";
import { ids } from "../support/ids.ts";
import { storeKinds, type TestStore } from "../support/stores.ts";

const KEPT: KeptDelivery = {
  id: "dl_1",
  source: "crm",
  receivedAt: 5000,
  eventCount: 2,
  settled: undefined,
  urlEventType: undefined,
  contentType: undefined,
  headers: { "x-type": "a", "content-encoding": "gzip", ["__proto__"]: "b" },
  query: "a=b",
  body: Uint8Array.from([0x1f, 0x8b, 0x00, 0xff]),
};

function lying(
  key: string,
  place: number | undefined,
  more: Partial<QuarantinedEvent> = {},
): QuarantinedEvent {
  const id = ids.eventId("crm", key);
  return { id, source: "crm", key, delivery: "dl_1", place, reason: "no usable id", ...more };
}

const e1 = lying("e1", 1);
const e2 = lying("e2", 0);
const keptCommit = commitOf({}, { kept: [KEPT], quarantined: [e1, e2] });

describe.each(storeKinds)("$name", (kind) => {
  let opened: TestStore;
  let store: Store;
  beforeEach(() => {
    opened = kind.open();
    store = opened.store;
  });
  afterEach(() => opened.dispose());

  const commit = (rest: Partial<Commit>) => commitNow(store, commitOf({}, rest));

  test("a kept delivery is read as it came, with what of it lies in quarantine in order", async () => {
    await commitNow(store, keptCommit);
    const record = (await store.keptDelivery("dl_1"))!;
    expect(record.delivery).toMatchObject({ ...KEPT, body: expect.anything() });
    expect(Object.keys(record.delivery.headers)).toEqual(Object.keys(KEPT.headers));
    expect([...record.delivery.body]).toEqual([...KEPT.body]);
    expect(record.events).toEqual([e2, e1]);
    expect(await store.keptDelivery("dl_2")).toBeUndefined();
  });

  test("a load tells what lies in quarantine, where, and with how many others", async () => {
    await commitNow(store, keptCommit);
    const { neighbourhood, kept } = await store.load(EVERYTHING);
    expect(neighbourhood.events.get(e1.id)).toEqual({
      source: "crm",
      key: "e1",
      receivedAt: 5000,
      quarantinedIn: "dl_1",
      anonymousText: undefined,
    });
    expect([...kept]).toEqual([
      ["dl_1", { id: "dl_1", source: "crm", eventCount: 2, settled: undefined, quarantined: 2 }],
    ]);
  });

  test("an event that is released is stored or unknown, and with the last the delivery goes", async () => {
    await commitNow(store, keptCommit);
    await commitNow(
      store,
      commitOf(
        { identifiers: [created(ann, fresh(1))], events: [event("e1", ann)] },
        {
          released: [e1.id],
          keptStates: [{ id: "dl_1", eventCount: 2, settled: "accepted" }],
        },
      ),
    );
    const { neighbourhood, kept } = await store.load(EVERYTHING);
    expect(neighbourhood.events.get(e1.id)!.quarantinedIn).toBeUndefined();
    expect(kept.get("dl_1")).toMatchObject({ settled: "accepted", quarantined: 1 });
    expect(await store.keptDelivery("dl_1")).toMatchObject({
      delivery: { settled: "accepted", eventCount: 2, query: "a=b" },
      events: [e2],
    });
    await commit({ released: [e2.id] });
    expect(await store.keptDelivery("dl_1")).toBeUndefined();
    const after = await store.load(EVERYTHING);
    expect(after.neighbourhood.events.has(e2.id)).toBe(false);
    expect(after.kept.size).toBe(0);
  });

  test("what lies there already is replaced, and one that is released and enters another stays with that", async () => {
    await commitNow(store, keptCommit);
    await commit({ quarantined: [{ ...e1, place: 7, reason: "still none" }] });
    expect((await store.keptDelivery("dl_1"))!.events).toEqual([
      e2,
      { ...e1, place: 7, reason: "still none" },
    ]);
    const moved = [e1, e2].map((lies) => ({ ...lies, delivery: "dl_2" }));
    await commit({
      kept: [{ ...KEPT, id: "dl_2" }],
      quarantined: moved,
      released: [e1.id, e2.id],
    });
    expect(await store.keptDelivery("dl_1")).toBeUndefined();
    expect((await store.keptDelivery("dl_2"))!.events).toHaveLength(2);
  });

  test("a tally may be taken back, and one that comes to nothing is gone", async () => {
    const tally = { source: "crm", outcome: "quarantined", deliveries: 1, events: 2 };
    await commit({ tallies: [tally] });
    await commit({ tallies: [{ ...tally, deliveries: 0, events: -1 }] });
    expect(await store.tallies()).toEqual([{ ...tally, events: 1 }]);
    await commit({ tallies: [{ ...tally, deliveries: -1, events: -1 }] });
    expect(await store.tallies()).toEqual([]);
  });

  test("kept deliveries are walked in the order of receipt, by source and time", async () => {
    const kept = ["dl_3", "dl_1", "dl_2", "dl_4"].map((id, index) => ({
      ...KEPT,
      id,
      source: index === 2 ? "shop" : "crm",
      receivedAt: Number(id.at(-1)) * 1000,
    }));
    await commit({
      kept,
      quarantined: kept.map(({ id }) => lying(id, undefined, { delivery: id })),
    });
    const walk = async (request: Parameters<Store["keptDeliveries"]>[0]) =>
      (await store.keptDeliveries(request)).map(({ id }) => id);
    expect(await walk({ limit: 9 })).toEqual(["dl_1", "dl_2", "dl_3", "dl_4"]);
    expect(await walk({ limit: 2, after: "dl_1" })).toEqual(["dl_2", "dl_3"]);
    expect(await walk({ limit: 9, source: "crm" })).toEqual(["dl_1", "dl_3", "dl_4"]);
    expect(await walk({ limit: 9, from: 2000, to: 4000 })).toEqual(["dl_2", "dl_3"]);
    const [first] = await store.keptDeliveries({ limit: 1 });
    expect(first).toEqual({
      id: "dl_1",
      source: "crm",
      receivedAt: 1000,
      eventCount: 2,
      bytes: 4,
    });
  });

  describe("the list of deliveries", () => {
    /** Of delivery n: an event of Ann's, of nobody's, one in quarantine, or what a replay leaves: one of each. */
    async function fill(kinds: readonly (ListedOutcome | "mixed")[]) {
      await commitNow(store, commitOf({ identifiers: [created(ann, fresh(1))] }));
      for (const [index, sort] of kinds.entries()) {
        const delivery = `dl_${index}`;
        const named = sort === "accepted" || sort === "mixed";
        const events = [
          ...(named ? [event(`a${index}`, ann)] : []),
          ...(sort === "anonymous" || sort === "mixed" ? [event(`n${index}`, null)] : []),
        ].map((stored) => ({ ...stored, delivery, source: index % 2 ? "shop" : "crm" }));
        const lies = sort === "quarantined" || sort === "mixed";
        const source = index % 2 ? "shop" : "crm";
        await commitNow(
          store,
          commitOf(
            { events },
            lies
              ? {
                  kept: [{ ...KEPT, id: delivery, source }],
                  quarantined: [lying(`q${index}`, 2, { delivery, source })],
                }
              : {},
          ),
        );
      }
    }

    const told = async (request: Partial<Parameters<Store["deliveries"]>[0]>) =>
      (await store.deliveries({ limit: 100, ...request })).deliveries.map(
        ({ id, outcome }) => `${id} ${outcome}`,
      );

    test("holds stored and kept ones alike, the last received first, each whole", async () => {
      await fill(["accepted", "quarantined", "anonymous", "mixed"]);
      const { deliveries, next } = await store.deliveries({ limit: 100 });
      expect(next).toBeUndefined();
      expect(deliveries.map(({ id, outcome }) => `${id} ${outcome}`)).toEqual([
        "dl_3 quarantined",
        "dl_2 anonymous",
        "dl_1 quarantined",
        "dl_0 accepted",
      ]);
      const whole = {
        id: "dl_3",
        source: "shop",
        receivedAt: 5000,
        outcome: "quarantined",
        events: [
          { id: ids.eventId("crm", "a3"), outcome: "accepted", type: "message", reason: undefined },
          {
            id: ids.eventId("crm", "n3"),
            outcome: "anonymous",
            type: "message",
            reason: undefined,
          },
          {
            id: ids.eventId("crm", "q3"),
            outcome: "quarantined",
            type: undefined,
            reason: "no usable id",
          },
        ],
      };
      expect(deliveries[0]).toEqual(whole);
      expect(await store.delivery("dl_3")).toEqual(whole);
      expect(await store.delivery("dl_9")).toBeUndefined();
    });

    test("is filtered by source and outcome", async () => {
      await fill(["accepted", "quarantined", "anonymous", "mixed", "accepted"]);
      expect(await told({ source: "crm" })).toEqual([
        "dl_4 accepted",
        "dl_2 anonymous",
        "dl_0 accepted",
      ]);
      expect(await told({ outcome: "quarantined" })).toEqual([
        "dl_3 quarantined",
        "dl_1 quarantined",
      ]);
      expect(await told({ outcome: "accepted", source: "shop" })).toEqual([]);
      expect(await told({ outcome: "anonymous" })).toEqual(["dl_2 anonymous"]);
    });

    test("comes in pages that stay in place while others arrive and what is kept is let go", async () => {
      await fill(["accepted", "quarantined", "anonymous", "accepted"]);
      const first = await store.deliveries({ limit: 2 });
      expect(first.deliveries.map(({ id }) => id)).toEqual(["dl_3", "dl_2"]);
      await commitNow(store, commitOf({ events: [{ ...event("new", ann), delivery: "dl_8" }] }));
      await commit({ released: [ids.eventId("crm", "q1")] });
      const second = await store.deliveries({ limit: 2, after: first.next });
      expect(second.deliveries.map(({ id }) => id)).toEqual(["dl_0"]);
      expect(second.next).toBeUndefined();
    });

    test("a filter that hardly anything meets comes to its end in short pages", async () => {
      await fill(["anonymous"]);
      const many = Array.from({ length: 10_500 }, (_, index) => ({
        ...event(`m${index}`, ann),
        delivery: `dl_5${String(index).padStart(6, "0")}`,
      }));
      await commitNow(store, commitOf({ events: many }));
      const found: string[] = [];
      let pages = 0;
      let after: string | undefined;
      do {
        const page = await store.deliveries({ outcome: "anonymous", limit: 10, after });
        found.push(...page.deliveries.map(({ id }) => id));
        after = page.next;
        pages++;
      } while (after !== undefined);
      expect(found).toEqual(["dl_0"]);
      expect(pages).toBe(kind.name === "memory" ? 1 : 2);
    });
  });
});
