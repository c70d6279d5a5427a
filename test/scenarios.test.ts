/** The cases that must hold, each under its number, over every store. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { digestOf } from "../src/queries/digest.ts";
import type { ProfileView } from "../src/queries/people.ts";
import type { EventReceipt } from "../src/receipt.ts";
import { openTestService, type TestService } from "./support/service.ts";
import { storeKinds, type TestStore } from "./support/stores.ts";

const fields = `
    occurredAt: t
    eventId: id
    respond: full
    identifiers: { chat: chat, email: email, user_id: user_id, phone: phone, device: device }
    traits: { name: k.name, age: k.age, city: k.city, v: k.v }`;

const CONFIG = `
sources:
  crm:${fields}
  shop:${fields}
  slack: { replaceProfileId: id, occurredAt: t, eventId: event, respond: full }
  tickets: { replaceProfileId: id, occurredAt: t, eventId: event, respond: full }
  orders: { replaceProfileId: id, idSpace: slack, occurredAt: t, eventId: event, respond: full }
  strict: { replaceProfileId: id, withoutId: quarantine, respond: full }
  sieve: { replaceProfileId: id, withoutId: drop, respond: full }
`;

describe.each(storeKinds)("$name", (kind) => {
  let opened: TestStore;
  let service: TestService;
  let eventNumber = 0;

  beforeEach(async () => {
    opened = kind.open();
    service = await openTestService(CONFIG, opened.store);
    eventNumber = 0;
  });
  afterEach(() => opened.dispose());

  /** One event of `crm`, with an event id of its own unless one is given. */
  async function post(body: Record<string, unknown>, source = "crm"): Promise<EventReceipt> {
    const [receipt] = await service.post(source, { id: `e${++eventNumber}`, ...body });
    return receipt!;
  }

  async function profile(reference: string): Promise<ProfileView> {
    const view = await service.queries.profile(reference);
    if (view === undefined) throw new Error(`nobody is known by ${reference}`);
    return view;
  }

  async function journey(reference: string): Promise<unknown[]> {
    const view = await service.queries.journey(reference, { order: "asc", limit: 100 });
    return view!.events.map(({ payload }) => (JSON.parse(payload) as { id: unknown }).id);
  }

  const names = (view: ProfileView) => view.identifiers.map(({ identifier }) => identifier);
  const changes = () => service.store.changes(0, 100);
  const trait = (view: ProfileView, name: string): unknown => {
    const found = view.traits.find((candidate) => candidate.name === name);
    return found === undefined ? undefined : JSON.parse(found.value);
  };
  const people = async () => (await digestOf(service.store.people())).profiles;

  test("1: an unknown id makes one profile, a known one a second event and no change", async () => {
    const first = await post({ chat: "U1", t: 1 });
    const second = await post({ chat: "U1", t: 2 });
    expect(first.outcome).toBe("accepted");
    expect(second.profile).toBe(first.profile);
    const view = await profile("chat:U1");
    expect(view).toMatchObject({ id: first.profile, eventCount: 2, formerIds: [] });
    expect(names(view)).toEqual(["chat:U1"]);
    expect(await changes()).toEqual([]);
  });

  test("2: an event that names two known people makes them one, with that event as the cause", async () => {
    const chat = await post({ chat: "U1", t: 1 });
    const mail = await post({ email: "a@x", t: 2 });
    expect(mail.profile).not.toBe(chat.profile);
    const both = await post({ chat: "U1", email: "a@x", t: 3 });
    expect(await changes()).toMatchObject([
      { kind: "merge", into: chat.profile, from: [mail.profile], cause: { event: both.event } },
    ]);
    expect(await people()).toBe(1);
    expect((await profile("email:a@x")).formerIds).toEqual([mail.profile]);
  });

  test("3: two unknown ids on one event are one person from the start, not a merge", async () => {
    await post({ chat: "U1", email: "a@x", t: 1 });
    expect(names(await profile("email:a@x"))).toEqual(["chat:U1", "email:a@x"]);
    expect(await people()).toBe(1);
    expect(await changes()).toEqual([]);
  });

  test("4, I9: the same raw id in two id spaces is two people; in a shared id space it is one", async () => {
    const slack = await service.post("slack", { id: "7", event: "a", t: 1 });
    const tickets = await service.post("tickets", { id: "7", event: "b", t: 1 });
    const orders = await service.post("orders", { id: "7", event: "c", t: 1 });
    expect(tickets[0]!.profile).not.toBe(slack[0]!.profile);
    expect(orders[0]!.profile).toBe(slack[0]!.profile);
    expect(await people()).toBe(2);
  });

  test("5: a chain resolves to one id, and the first still answers", async () => {
    const first = await post({ chat: "A", email: "b@x", t: 1 });
    await post({ email: "b@x", user_id: "C", t: 2 });
    await post({ user_id: "C", device: "D", t: 3 });
    for (const reference of ["chat:A", "email:b@x", "user_id:C", "device:D", first.profile!])
      expect((await profile(reference)).id).toBe(first.profile);
  });

  test("6: all permutations of six events give the same digest", async () => {
    const events = [
      { id: "1", chat: "A", email: "a@x", t: 1, k: { name: "Ann" } },
      { id: "2", email: "a@x", user_id: "u1", t: 2, k: { name: "Anna" } },
      { id: "3", user_id: "u1", device: "d1", t: 3 },
      { id: "4", chat: "B", device: "d2", t: 2, k: { name: "Bo", age: 3 } },
      { id: "5", device: "d2", email: "b@x", t: 5 },
      { id: "6", chat: "B", device: "d1", t: 4, k: { age: 4 } },
    ];
    const digests = new Set<string>();
    for (const order of permutations(events)) {
      // The memory store alone: that the other stores agree with it is held elsewhere.
      const fresh = await openTestService(CONFIG, storeKinds[0]!.open().store);
      for (const event of order) await fresh.post("crm", event);
      digests.add(await fresh.digest());
    }
    expect(digests.size).toBe(1);
  });

  test("7, I10: 7 and '7' are one id; two integers beyond 2^53 are not", async () => {
    await post({ user_id: 7, t: 1 });
    await post({ user_id: "7", t: 2 });
    expect((await profile("user_id:7")).eventCount).toBe(2);
    await service.post("crm", '{"id":"x1","t":1,"user_id":9007199254740993}');
    await service.post("crm", '{"id":"x2","t":1,"user_id":9007199254740992}');
    expect((await profile("user_id:9007199254740993")).eventCount).toBe(1);
    expect((await profile("user_id:9007199254740992")).eventCount).toBe(1);
    const view = await service.queries.journey("user_id:9007199254740993", {
      order: "asc",
      limit: 1,
    });
    expect(view!.events[0]!.payload).toBe('{"id":"x1","t":1,"user_id":9007199254740993}');
  });

  test("8: earlier and older anonymous events are in the journey, at their own time", async () => {
    const monthSeconds = 30 * 24 * 3600;
    await post({ id: "visit", device: "d1", t: 2 * monthSeconds });
    await post({ id: "login", device: "d1", email: "a@x", t: 2 * monthSeconds + 60 });
    await post({ id: "old", device: "d1", t: monthSeconds });
    await post({ id: "later", device: "d1", t: 3 * monthSeconds });
    expect(await journey("email:a@x")).toEqual(["old", "visit", "login", "later"]);
  });

  test("9: the event that causes a merge is in the merged journey", async () => {
    await post({ id: "1", chat: "U1", t: 1 });
    await post({ id: "2", email: "a@x", t: 2 });
    await post({ id: "cause", chat: "U1", email: "a@x", t: 3 });
    expect(await journey("email:a@x")).toEqual(["1", "2", "cause"]);
  });

  test("10: the older founder survives, whichever event merged; a late older event renames nobody", async () => {
    const elder = await post({ chat: "old", t: 100 });
    await post({ chat: "young", t: 50 });
    const merged = await post({ chat: "young", email: "a@x", t: 60 });
    expect(merged.profile).not.toBe(elder.profile);
    await post({ chat: "old", email: "a@x", t: 110 });
    expect((await profile("chat:young")).id).toBe(elder.profile);
    await post({ device: "d1", email: "a@x", t: 1 });
    expect((await profile("device:d1")).id).toBe(elder.profile);
  });

  test("11: an id handed out before any merge answers after five in a row", async () => {
    const handedOut: string[] = [];
    for (let index = 0; index <= 5; index++)
      handedOut.push((await post({ chat: `U${index}`, t: index })).profile!);
    for (let index = 5; index > 0; index--)
      await post({ chat: `U${index}`, device: `U${index - 1}-too`, t: 10 }).then(() =>
        post({ chat: `U${index - 1}`, device: `U${index - 1}-too`, t: 11 }),
      );
    expect(await changes()).toHaveLength(5);
    for (const id of handedOut) {
      const view = await profile(id);
      expect(view.id).toBe(handedOut[0]);
      expect(names(view)).toHaveLength(11);
    }
  });

  test("12: the newest value wins per name, from either side and in either order of arrival", async () => {
    await post({ chat: "U1", t: 5, k: { name: "new", city: "old" } });
    await post({ email: "a@x", t: 3, k: { name: "old" } });
    await post({ email: "a@x", t: 9, k: { city: "new" } });
    await post({ chat: "U1", email: "a@x", t: 1, k: { name: "older", city: "older" } });
    const view = await profile("chat:U1");
    expect([trait(view, "name"), trait(view, "city")]).toEqual(["new", "new"]);
  });

  test.each([[["x", "y"]], [["y", "x"]]])(
    "12: equal times are decided by source, then by the sender's event id (arriving %s)",
    async (order) => {
      for (const id of order) await post({ id, chat: "U1", t: 5, k: { name: id } });
      expect(trait(await profile("chat:U1"), "name")).toBe("y");
      const bySource = { x: "shop", y: "crm" } as Record<string, string>;
      for (const id of order)
        await post({ id: `2${id}`, chat: "U2", t: 5, k: { name: bySource[id] } }, bySource[id]);
      expect(trait(await profile("chat:U2"), "name")).toBe("shop");
    },
  );

  test("13: merging adds up nothing, and null or nothing erases nothing", async () => {
    await post({ chat: "U1", t: 1, k: { age: 30, name: "Ann", city: "Rome" } });
    await post({ email: "a@x", t: 2, k: { age: 31, name: "Anna" } });
    await post({ chat: "U1", email: "a@x", t: 3, k: { age: null, city: "" } });
    const view = await profile("chat:U1");
    expect([trait(view, "age"), trait(view, "name"), trait(view, "city")]).toEqual([
      31,
      "Anna",
      "Rome",
    ]);
  });

  test("14: the same event on both sides counts once", async () => {
    await post({ id: "same", chat: "U1", t: 1 });
    await post({ chat: "U2", t: 2 });
    const again = await post({ id: "same", chat: "U1", t: 1 });
    expect(again.outcome).toBe("duplicate");
    await post({ chat: "U1", email: "a@x", t: 3 });
    await post({ chat: "U2", email: "a@x", t: 4 });
    expect((await profile("chat:U1")).eventCount).toBe(4);
  });

  test.each([
    "",
    "  ",
    null,
    "null",
    "undefined",
    '"undefined"',
    "NaN",
    "None",
    "none",
    "guest",
    "anonymous",
    "false",
    "[object Object]",
    "0",
    0,
    "00000000-0000-0000-0000-000000000000",
    "NULL",
    "\u200b",
    "'null'",
    "---",
    "{{ user.id }}",
    false,
    true,
    [],
    ["U1"],
    {},
    { id: "U1" },
    undefined,
  ])("15, 35, I8: %j is nobody; the event is kept and the reason told", async (junk) => {
    const [receipt] = await service.post("slack", { id: junk, event: "e1", t: 1 });
    expect(receipt!.outcome).toBe("anonymous");
    expect(receipt!.reason).toMatch(/^no usable id: .*id/);
    expect(receipt!.profile).toBeUndefined();
    expect(await people()).toBe(0);
    const [again] = await service.post("slack", { id: junk, event: "e1", t: 1 });
    expect(again!.outcome).toBe("duplicate");
  });

  test("15, I8: junk beside a real id joins nobody", async () => {
    for (const chat of ["U1", "U2", "U3"])
      for (const user_id of ["null", "0", "undefined", "guest"])
        await post({ chat, user_id, t: 1 });
    expect(await people()).toBe(3);
    expect(names(await profile("chat:U1"))).toEqual(["chat:U1"]);
  });

  test("23: the same delivery three times, also at once, is one event and one change", async () => {
    await post({ chat: "U1", t: 1 });
    await post({ email: "a@x", t: 1 });
    const body = { id: "same", chat: "U1", email: "a@x", t: 2 };
    const receipts = await Promise.all([1, 2, 3].map(() => service.post("crm", body)));
    expect(receipts.map(([receipt]) => receipt!.outcome).toSorted()).toEqual([
      "accepted",
      "duplicate",
      "duplicate",
    ]);
    expect(await changes()).toHaveLength(1);
    expect((await profile("chat:U1")).eventCount).toBe(3);
  });

  test("24: two deliveries at once with one unknown id make one profile; merges at once make one person", async () => {
    const [left, right] = await Promise.all([post({ chat: "A", t: 1 }), post({ chat: "A", t: 2 })]);
    expect(left.profile).toBe(right.profile);
    await Promise.all([post({ chat: "B", t: 3 }), post({ chat: "C", t: 4 })]);
    await Promise.all([
      post({ chat: "A", device: "AB", t: 5 }),
      post({ chat: "B", device: "AB", t: 6 }),
      post({ chat: "B", device: "BC", t: 7 }),
      post({ chat: "C", device: "BC", t: 8 }),
    ]);
    expect(await people()).toBe(1);
    expect((await profile("chat:C")).id).toBe(left.profile);
  });

  test("26: a merge and a trait on the same profile at once, and neither is lost", async () => {
    await post({ chat: "U1", t: 1, k: { name: "Ann" } });
    await post({ email: "a@x", t: 1 });
    await Promise.all([
      post({ chat: "U1", email: "a@x", t: 2 }),
      post({ email: "a@x", t: 3, k: { name: "Anna" } }),
      post({ chat: "U1", t: 3, k: { city: "Rome" } }),
    ]);
    const view = await profile("chat:U1");
    expect([trait(view, "name"), trait(view, "city")]).toEqual(["Anna", "Rome"]);
    expect(names(view)).toEqual(["chat:U1", "email:a@x"]);
  });

  test("34, I12: whoever is erased answers to nothing, and neither a rebuild nor a redelivery brings them back", async () => {
    const events = [
      { id: "1", chat: "U1", t: 1, k: { name: "Ann" } },
      { id: "2", email: "a@x", t: 2 },
      { id: "3", chat: "U1", email: "a@x", t: 3 },
      { id: "4", chat: "U2", t: 4 },
    ];
    const ids = [];
    for (const event of events) ids.push((await post(event)).profile!);
    const erase = (suppress: boolean) =>
      service.erasures.erase({ person: "email:a@x", suppress, dryRun: false, by: undefined });
    await erase(false);
    const references = ["chat:U1", "email:a@x", ...ids.slice(0, 3)];
    const expectGone = async () => {
      for (const reference of references) {
        expect(await service.queries.profile(reference)).toBeUndefined();
        const journeyOf = service.queries.journey(reference, { order: "asc", limit: 10 });
        expect(await journeyOf).toBeUndefined();
      }
      expect(await people()).toBe(1);
    };
    await expectGone();
    await service.rulebook.rebuild({ check: false });
    for (const event of events.slice(0, 3))
      expect(await post(event)).toMatchObject({
        outcome: "duplicate",
        reason: "an event of this id was stored and has been erased",
      });
    await expectGone();

    const anew = await post({ id: "5", chat: "U1", email: "a@x", t: 5 });
    expect(anew.outcome).toBe("accepted");
    expect(await profile("chat:U1")).toMatchObject({ eventCount: 1, traits: [] });
    await erase(true);
    await expectGone();
    for (const [number, refused] of [
      { chat: "U1" },
      { email: "a@x" },
      { chat: "U3", email: "a@x" },
    ].entries())
      expect(await post({ ...refused, id: `6 ${number}`, t: 6 })).toMatchObject({
        outcome: "dropped",
        reason: "it names somebody who was erased and is refused since (suppress)",
      });
    await expectGone();
  });

  test("35: without a usable id: anonymous, quarantined or dropped, as configured, and on nobody's profile", async () => {
    const outcomes = [];
    for (const source of ["slack", "strict", "sieve"]) {
      const [receipt] = await service.post(source, { event: source, t: 1 });
      expect(receipt!.reason).toBe("no usable id: nothing stands at id");
      outcomes.push(receipt!.outcome);
    }
    expect(outcomes).toEqual(["anonymous", "quarantined", "dropped"]);
    expect(await people()).toBe(0);
    expect((await service.post("strict", { event: "strict", t: 1 }))[0]!.outcome).toBe("duplicate");
  });

  test("I7: every delivery is counted once, by how it ended", async () => {
    await post({ chat: "U1", t: 1 });
    await post({ id: "e1", chat: "U1", t: 1 });
    await post({ t: 1 });
    await service.post("strict", {});
    await service.post("sieve", {});
    await service.post("crm", [{ id: "l1", chat: "U1" }, { id: "l2" }, 42]);
    await service.post("crm", []);
    for (const [source, body] of [
      ["crm", "{"],
      ["nobody", "{}"],
    ] as const)
      await expect(service.post(source, body)).rejects.toThrow(/unparseable|unknown-source/);
    const { received, outcomes } = await service.queries.stats();
    expect(received).toEqual({ deliveries: 9, events: 8 });
    const counts = outcomes.map(
      ({ source, outcome, deliveries, events }) => `${source} ${outcome} ${deliveries} ${events}`,
    );
    expect(counts.toSorted()).toEqual([
      "crm accepted 2 2",
      "crm anonymous 1 2",
      "crm duplicate 1 1",
      "crm quarantined 1 1",
      "crm rejected 1 0",
      "null rejected 1 0",
      "sieve dropped 1 1",
      "strict quarantined 1 1",
    ]);
  });
});

function permutations<Item>(items: readonly Item[]): Item[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, index) =>
    permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]),
  );
}
