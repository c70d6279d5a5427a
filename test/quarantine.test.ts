/** Replays in particular: deliveries that are divided otherwise than before, races, and what is never counted twice. */
import { describe, expect, test } from "vitest";
import type { IncomingDelivery } from "../src/messages.ts";
import { MemoryStore } from "../src/store/memory.ts";
import type { Store } from "../src/store/store.ts";
import { countsOf } from "./support/mishap.ts";
import { SEEDS } from "./support/ids.ts";
import { openTestService, receivedEvents, type TestService } from "./support/service.ts";
import { storeKinds } from "./support/stores.ts";

const configOf = (more: string) => `
sources:
  crm: { withoutId: quarantine, ${more} }
`;

function sent(body: unknown, more: Partial<IncomingDelivery> = {}): IncomingDelivery {
  return {
    source: "crm",
    contentType: "application/json",
    headers: new Map(),
    query: new URLSearchParams(),
    body: Buffer.from(typeof body === "string" ? body : JSON.stringify(body)),
    ...more,
  };
}

/** Posts by one configuration after the other to one store, as somebody does who looks for the right one. */
function onStore(store: Store = new MemoryStore(SEEDS)) {
  const open = (more: string) => openTestService(configOf(more), store);
  const post = async (service: TestService, delivery: IncomingDelivery) => {
    const receipt = await service.engine.receive(delivery);
    return { id: (receipt as { delivery: string }).delivery, events: receivedEvents(receipt) };
  };
  return { open, post, store };
}

async function outcomes(service: TestService, ...ids: string[]) {
  return (await service.quarantine.replay(ids)).map((replayed) =>
    replayed.kind === "done" ? replayed.events.map(({ outcome }) => outcome) : replayed.code,
  );
}

async function keysIn(service: TestService): Promise<string[]> {
  const keys: string[] = [];
  for await (const { events } of service.store.people())
    for await (const { key } of events) keys.push(key);
  return keys.toSorted();
}

describe("a delivery that is divided otherwise than when it came", () => {
  test("stays where the present configuration finds no events in it at all", async () => {
    const { open, post } = onStore();
    const wrong = await open("replaceProfileId: uid, events: items");
    const { id } = await post(wrong, sent({ items: [{ id: 1 }], others: [] }));
    const worse = await open("replaceProfileId: id, events: others");
    expect(await outcomes(worse, id)).toEqual([["quarantined"]]);
    expect(await worse.quarantine.find(id)).toMatchObject({
      record: { events: [{ reason: "by the present configuration it holds no events" }] },
    });
    const right = await open("replaceProfileId: id, events: items");
    expect(await outcomes(right, id)).toEqual([["accepted"]]);
  });

  test("is taken as a whole where it could not be mapped as a whole, by whatever names its events have", async () => {
    const { open, post } = onStore();
    const wrong = await open("replaceProfileId: id, eventId: key, events: itmes");
    const { id } = await post(
      wrong,
      sent({
        items: [
          { key: "e1", id: 1 },
          { key: "e2", id: 2 },
        ],
      }),
    );
    expect(await countsOf(wrong)).toEqual(["crm quarantined 1 1"]);
    const right = await open("replaceProfileId: id, eventId: key, events: items");
    expect(await outcomes(right, id)).toEqual([["accepted", "accepted"]]);
    expect(await countsOf(right)).toEqual(["crm accepted 2 1"]);
    expect(await keysIn(right)).toEqual(["e1", "e2"]);
    expect(await outcomes(right, id)).toEqual(["unknown-delivery"]);
  });

  test("is taken as a whole where nothing of it was stored", async () => {
    const { open, post } = onStore();
    const batches = [[{ id: 1 }, { id: 2 }], [{ id: 3 }]].map((batch) => ({ batch }));
    const { id } = await post(await open("replaceProfileId: id"), sent(batches));
    const right = await open('replaceProfileId: id, events: "$[*].batch[*]"');
    expect(await countsOf(right)).toEqual(["crm quarantined 2 1"]);
    expect(await outcomes(right, id)).toEqual([["accepted", "accepted", "accepted"]]);
    expect(await countsOf(right)).toEqual(["crm accepted 3 1"]);
  });

  test("stays, and says why, where some of it was stored: which are left could not be told", async () => {
    const { open, post } = onStore();
    const body = [{ id: 1, batch: [{ id: 5 }] }, { batch: [{ id: 6 }, { id: 7 }] }];
    const { id } = await post(await open("replaceProfileId: id"), sent(body));
    const other = await open('replaceProfileId: id, events: "$[*].batch[*]"');
    const [replayed] = await other.quarantine.replay([id]);
    expect(replayed).toMatchObject({
      events: [
        {
          outcome: "quarantined",
          reason: expect.stringMatching(/holds 3 events, where it held 2 when some of them/),
        },
      ],
    });
    expect(await countsOf(other)).toEqual(["crm accepted 1 0", "crm quarantined 1 1"]);
    expect((await other.store.keptDelivery(id))!.events[0]!.reason).toContain("3 events");
    const former = await open("replaceProfileId: [id, 'batch[0].id']");
    expect(await outcomes(former, id)).toEqual([["accepted"]]);
    expect(await countsOf(former)).toEqual(["crm accepted 2 1"]);
  });
});

test("what still cannot be parsed stays, with that reason; what can is released under its new name", async () => {
  const { open, post } = onStore();
  const service = await open("replaceProfileId: id");
  const deep = `{"id":1,"a":${"[".repeat(70)}${"]".repeat(70)}}`;
  const { id, events } = await post(service, sent(deep, { isVerified: true }));
  expect(await outcomes(service, id)).toEqual([["quarantined"]]);
  expect((await service.store.keptDelivery(id))!.events).toMatchObject([
    { id: events[0]!.event, place: undefined, reason: expect.stringContaining("64 levels") },
  ]);
  const deeper = await openTestService(
    `${configOf("replaceProfileId: id, eventId: id")}limits: { jsonDepthMax: 100 }`,
    service.store,
  );
  expect(await outcomes(deeper, id)).toEqual([["accepted"]]);
  expect(await countsOf(deeper)).toEqual(["crm accepted 1 1"]);
  expect(await keysIn(deeper)).toEqual(["1"]);
});

test("an event that comes again before the replay leaves quarantine, and its delivery is only a repetition", async () => {
  const { open, post } = onStore();
  const body = [{ key: "e1", id: 1 }, { key: "e2" }, { key: "e3", id: 3 }];
  const first = await post(await open("replaceProfileId: no, eventId: key"), sent(body));
  const right = await open("replaceProfileId: id, eventId: key");
  await post(right, sent({ key: "e1", id: 1 }));
  expect(await countsOf(right)).toEqual([
    "crm accepted 1 1",
    "crm duplicate 1 0",
    "crm quarantined 2 1",
  ]);
  const [replayed] = await right.quarantine.replay([first.id]);
  const [, second, third] = first.events;
  expect(replayed).toMatchObject({
    events: [
      { event: second!.event, outcome: "quarantined" },
      { event: third!.event, outcome: "accepted" },
    ],
  });
  const lenient = await openTestService(
    "sources: { crm: { replaceProfileId: id, eventId: key, withoutId: drop } }",
    right.store,
  );
  expect(await outcomes(lenient, first.id)).toEqual([["dropped"]]);
  // Three events came and one of them twice; of the first delivery the best is told.
  expect(await countsOf(lenient)).toEqual([
    "crm accepted 2 2",
    "crm dropped 1 0",
    "crm duplicate 1 0",
  ]);
});

test("events of two deliveries that turn out to be the same are one, whoever is asked first", async () => {
  const { open, post } = onStore();
  const wrong = await open("replaceProfileId: no");
  const one = await post(wrong, sent({ key: "e1", id: 1 }));
  const two = await post(wrong, sent({ key: "e1", id: 1, retry: true }));
  const right = await open("replaceProfileId: id, eventId: key");
  expect(await outcomes(right, two.id, one.id, two.id)).toEqual([["accepted"], ["duplicate"]]);
  expect(await countsOf(right)).toEqual(["crm accepted 1 1", "crm duplicate 1 1"]);
});

test("what tells people and events is kept though it looks like a secret, and no secret tells events apart", async () => {
  const { open, post } = onStore();
  const paths = "[query:session, no], idScope: header:X-Key-Space, eventId: key";
  const wrong = await open(
    `replaceProfileId: no, traits: { a: query:session, b: header:X-Key-Space }`,
  );
  const more = (token: string) => ({
    query: new URLSearchParams({ session: "s1", token }),
    headers: new Map([
      ["x-key-space", "T1"],
      ["x-key", "s3cret"],
    ]),
  });
  const { id } = await post(wrong, sent({ a: 1 }, more("one")));
  const [again] = (await post(wrong, sent({ a: 1 }, more("two")))).events;
  expect(again!.outcome).toBe("duplicate");
  const { delivery } = (await wrong.store.keptDelivery(id))!;
  expect(delivery).toMatchObject({ query: "session=s1", headers: { "x-key-space": "T1" } });
  expect(Object.keys(delivery.headers)).toEqual(["x-key-space"]);
  const right = await open(`replaceProfileId: ${paths}`);
  expect(await outcomes(right, id)).toEqual([["accepted"]]);
  expect((await right.queries.profile("crm:T1/s1"))!.eventCount).toBe(1);
  expect((await post(right, sent({ a: 1 }, more("three")))).events[0]!.outcome).toBe("duplicate");
});

test("what tells which events to drop is kept likewise", async () => {
  const { open, post } = onStore();
  const configure = (events: string) =>
    open(
      `replaceProfileId: id, events: ${events}, drop: [{ path: "header:X-Key-Kind", equals: bot }]`,
    );
  const headers = new Map([["x-key-kind", "bot"]]);
  const { id } = await post(await configure("itmes"), sent({ items: [{ id: 1 }] }, { headers }));
  expect(await outcomes(await configure("items"), id)).toEqual([["dropped"]]);
});

test("an event that takes the name under which another lies there drives neither out", async () => {
  const { open, post } = onStore();
  const a = await open("replaceProfileId: no, eventId: a");
  const one = await post(a, sent({ a: "x", b: "y" }));
  const two = await post(a, sent({ a: "y", b: "z" }));
  const b = await open("replaceProfileId: no, eventId: b");
  for (const order of [
    [one.id, two.id],
    [two.id, one.id],
  ]) {
    expect(await outcomes(b, ...order)).toEqual([["quarantined"], ["quarantined"]]);
    expect(await countsOf(b)).toEqual(["crm quarantined 2 2"]);
    expect((await b.store.keptDelivery(one.id))!.events).toMatchObject([{ key: "y" }]);
    expect((await b.store.keptDelivery(two.id))!.events).toMatchObject([{ key: "z" }]);
  }
});

describe.each(storeKinds)("at once, in $name", (kind) => {
  test("replays, discards and the same events anew never make two of one, nor lose or double a count", async () => {
    const opened = kind.open();
    try {
      const { open, post } = onStore(opened.store);
      const wrong = await open("replaceProfileId: no, eventId: key");
      const bodies = Array.from({ length: 12 }, (_, number) => ({
        key: `e${number}`,
        id: `u${number}`,
      }));
      const ids: string[] = [];
      for (const body of bodies) ids.push((await post(wrong, sent(body))).id);
      const right = await open("replaceProfileId: id, eventId: key");
      // Where the store can be opened twice, half of it comes from another process.
      const second = opened.reopen?.();
      const other =
        second === undefined
          ? right
          : await openTestService(configOf("replaceProfileId: id, eventId: key"), second);
      const done = await Promise.all([
        ...ids.map((id) => right.quarantine.replay([id])),
        ...ids.map((id) => other.quarantine.replay([id])),
        ...bodies.map(async (body) => receivedEvents(await other.engine.receive(sent(body)))),
        ...ids.slice(0, 3).map((id) => other.quarantine.discard(id)),
      ]);
      expect(done).toHaveLength(39);
      const { received } = await right.queries.stats();
      expect(received).toEqual({ deliveries: 24, events: 24 });
      expect(await keysIn(right)).toEqual(bodies.map(({ key }) => key).toSorted());
      expect(await right.store.keptDeliveries({ limit: 99 })).toEqual([]);
      const accepted = (await countsOf(right)).find((text) => text.includes(" accepted "));
      expect(accepted).toBe("crm accepted 12 12");
      await second?.close();
    } finally {
      await opened.dispose();
    }
  });
});
