/** Histories, over every store: each person with an event of those asked for, once, as of one moment. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { IdentifiedEvent } from "../../src/identity/types.ts";
import type { HistoryRequest } from "../../src/store/histories.ts";
import type { Store } from "../../src/store/store.ts";
import {
  ann,
  bo,
  commitNow,
  commitOf,
  created,
  event,
  former,
  fresh,
  linkOf,
  mail,
  NAMES,
} from "../support/commits.ts";
import { ids } from "../support/ids.ts";
import { storeKinds, type TestStore } from "../support/stores.ts";

/** `person: source/type/time …`, sorted by person; the texts of the payloads stand for the keys. */
async function told(store: Store, request: HistoryRequest = {}): Promise<string[]> {
  const people: string[] = [];
  for await (const { profile, events } of store.histories(request)) {
    const texts = events.map((event) => {
      const { at, source, type } = event;
      const { key } = JSON.parse(event.payload()) as { readonly key: string };
      return `${source}/${type}/${at}/${key}`;
    });
    people.push(`${NAMES.get(profile)}: ${texts.join(" ")}`);
  }
  return people.toSorted();
}

function eventOf(
  key: string,
  home: IdentifiedEvent["home"],
  more: Partial<IdentifiedEvent> = {},
): IdentifiedEvent {
  const source = more.source ?? "crm";
  return { ...event(key, home), id: ids.eventId(source, key), ...more };
}

describe.each(storeKinds)("$name", (kind) => {
  let opened: TestStore;
  let store: Store;
  beforeEach(() => {
    opened = kind.open();
    store = opened.store;
  });
  afterEach(() => opened.dispose());

  /** Ann and her mail are one; Bo is another; one event names nobody. */
  const people = commitOf({
    identifiers: [created(ann, fresh(1)), created(mail, fresh(1)), created(bo, fresh(2))],
    links: [linkOf(ann, mail)],
    traits: [
      traitOf(ann.id, "city", '"Rome"', 1),
      traitOf(mail.id, "city", '"Oslo"', 2),
      traitOf(ann.id, "age", "30", 1),
    ],
    events: [
      eventOf("late", ann, { occurredAt: 30, type: "buy" }),
      eventOf("b", mail, { occurredAt: 20 }),
      eventOf("a", mail, { occurredAt: 20 }),
      eventOf("first", mail, { occurredAt: 10, source: "shop" }),
      eventOf("tie", ann, { occurredAt: 20, source: "app" }),
      eventOf("bos", bo, { occurredAt: 15 }),
      eventOf("nobody's", null, { occurredAt: 15 }),
    ],
  });

  test("an empty store has none", async () => {
    expect(await told(store)).toEqual([]);
  });

  test("each person once, under the canonical id, their events by time, then source, then key", async () => {
    await commitNow(store, people);
    expect(await told(store)).toEqual([
      "ann: shop/message/10/first app/message/20/tie crm/message/20/a crm/message/20/b crm/buy/30/late",
      "bo: crm/message/15/bos",
    ]);
  });

  test("only events of the types, sources and times asked for, and nobody without one", async () => {
    await commitNow(store, people);
    expect(await told(store, { types: ["buy", "sell"] })).toEqual(["ann: crm/buy/30/late"]);
    expect(await told(store, { sources: ["shop", "app"] })).toEqual([
      "ann: shop/message/10/first app/message/20/tie",
    ]);
    expect(await told(store, { from: 15, to: 20 })).toEqual(["bo: crm/message/15/bos"]);
    expect(await told(store, { from: 30 })).toEqual(["ann: crm/buy/30/late"]);
    expect(await told(store, { to: 15 })).toEqual(["ann: shop/message/10/first"]);
    expect(await told(store, { types: ["buy"], sources: ["shop"] })).toEqual([]);
    expect(await told(store, { types: [] })).toEqual([]);
  });

  test("the newest value of the traits asked for, also where its identifier has no such event", async () => {
    await commitNow(store, people);
    const traits = async (request: HistoryRequest) => {
      const found: unknown[] = [];
      for await (const history of store.histories({ types: ["buy"], ...request }))
        found.push(Object.fromEntries(history.traits));
      return found;
    };
    expect(await traits({})).toEqual([{}]);
    expect(await traits({ traits: ["city", "shoe size"] })).toEqual([{ city: '"Oslo"' }]);
    expect(await traits({ traits: ["age", "city"] })).toEqual([{ age: "30", city: '"Oslo"' }]);
  });

  test("a payload comes as it was received, every digit kept", async () => {
    await commitNow(store, people);
    const texts: string[] = [];
    for await (const { events } of store.histories({ types: ["buy"] }))
      texts.push(...events.map((event) => event.payload()));
    expect(texts).toEqual([event("late", ann).payload]);
  });

  test("a merge is seen by the next stream and not by the one under way", async () => {
    await commitNow(store, people);
    const stream = store.histories({})[Symbol.asyncIterator]();
    const { value: first } = await stream.next();
    await commitNow(
      store,
      commitOf({
        moves: [{ id: bo.id, place: former(ann), component: undefined }],
        links: [linkOf(ann, bo)],
        events: [event("new", bo, [ann], 40)],
      }),
    );
    const { value: second } = await stream.next();
    expect(await stream.next()).toEqual({ done: true, value: undefined });
    const counts = [first!, second!].map(({ profile, events }) => [
      NAMES.get(profile),
      events.length,
    ]);
    expect(Object.fromEntries(counts)).toEqual({ ann: 5, bo: 1 });
    expect((await told(store)).map((text) => text.split(" ").length - 1)).toEqual([7]);
  });

  test("whoever stops listening early leaves nothing behind", async () => {
    await commitNow(store, people);
    for await (const { profile } of store.histories({})) {
      expect(NAMES.has(profile)).toBe(true);
      break;
    }
    await commitNow(store, commitOf({ events: [event("more", bo)] }));
    expect(await told(store, { from: 1000 })).toEqual(["bo: crm/message/1000/more"]);
  });
});

function traitOf(profile: string, name: string, value: string, at: number) {
  const stamp = { at, source: "crm", key: `${name}${at}` };
  return { profile, name, value, stamp, timeGiven: true, event: ids.eventId("crm", stamp.key) };
}
