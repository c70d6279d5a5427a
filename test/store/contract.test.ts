/** What every store owes its caller, held over all of them: the duties in src/store/store.ts, one by one. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { linkKey } from "../../src/identity/identifier.ts";
import { traitKey } from "../../src/identity/change-set.ts";
import type { Store } from "../../src/store/store.ts";
import {
  ann,
  bo,
  commitNow,
  commitOf,
  created,
  event,
  EVERYTHING,
  former,
  fresh,
  linkOf,
  mail,
  node,
} from "../support/commits.ts";
import { ids } from "../support/ids.ts";
import { storeKinds, type TestStore } from "../support/stores.ts";

describe.each(storeKinds)("$name", (kind) => {
  let opened: TestStore;
  let store: Store;
  beforeEach(() => {
    opened = kind.open();
    store = opened.store;
  });
  afterEach(() => opened.dispose());

  test("an empty store knows nothing and says so", async () => {
    const { neighbourhood } = await store.load(EVERYTHING);
    expect(neighbourhood).toEqual({
      identifiers: new Map(),
      links: new Map(),
      traits: new Map(),
      events: new Map(),
    });
    expect(await store.profile(ann.id)).toBeUndefined();
    expect(await store.identifier(ann.id)).toBeUndefined();
    expect(
      await store.journey({ profile: ann.id, order: "asc", limit: 10, bytesMax: 1e6 }),
    ).toBeUndefined();
    expect(await store.links(ann.id, 10)).toEqual([]);
    expect(await store.changes(0, 10)).toEqual([]);
    expect(await store.tallies()).toEqual([]);
  });

  const annIsMail = commitOf({
    identifiers: [created(ann, fresh(1)), created(mail, fresh(1))],
    links: [linkOf(ann, mail, { trust: "claimed" })],
    traits: [
      {
        profile: ann.id,
        name: "name",
        value: '"Ann"',
        stamp: { at: 1000, source: "crm", key: "e1" },
        timeGiven: true,
        event: ids.eventId("crm", "e1"),
      },
    ],
    events: [event("e1", ann, [mail])],
  });

  test("what was committed is loaded: identifiers, links, trait stamps and events", async () => {
    await commitNow(store, annIsMail);
    const { neighbourhood } = await store.load(EVERYTHING);
    expect(neighbourhood.identifiers.get(ann.id)).toMatchObject({
      identifier: ann.identifier,
      canonical: ann.id,
      sources: ["crm"],
    });
    expect(neighbourhood.identifiers.get(mail.id)!.canonical).toBe(ann.id);
    expect(neighbourhood.identifiers.has(bo.id)).toBe(false);
    expect(neighbourhood.links.get(linkKey(ann, mail))).toMatchObject({
      trust: "claimed",
      evidenceAt: 1000,
    });
    expect(neighbourhood.traits.get(traitKey(ann.id, "name"))).toEqual({
      at: 1000,
      source: "crm",
      key: "e1",
    });
    expect([...neighbourhood.events.values()]).toEqual([
      {
        source: "crm",
        key: "e1",
        receivedAt: 5000,
        quarantinedIn: undefined,
        anonymousText: undefined,
      },
    ]);
  });

  test("of two identifiers the one first committed, or first listed, has the lower order", async () => {
    await commitNow(
      store,
      commitOf({
        identifiers: [created(bo, fresh(1)), created(mail, fresh(2))],
        events: [event("e1", bo), event("e2", mail)],
      }),
    );
    await commitNow(
      store,
      commitOf({ identifiers: [created(ann, fresh(1))], events: [event("e3", ann)] }),
    );
    const { neighbourhood } = await store.load(EVERYTHING);
    const [first, second, third] = [bo, mail, ann].map(
      ({ id }) => neighbourhood.identifiers.get(id)!.canonicalOrder,
    );
    expect(first).toBeLessThan(second!);
    expect(second).toBeLessThan(third!);
  });

  test("a commit whose load was overtaken is stale and changes nothing", async () => {
    const earlier = await store.load(EVERYTHING);
    await commitNow(store, annIsMail);
    const late = commitOf(
      { identifiers: [created(bo, fresh(1))], events: [event("e2", bo)] },
      {
        tallies: [{ source: "crm", outcome: "accepted", deliveries: 1, events: 1 }],
      },
    );
    expect(await store.commit(late, earlier.basis)).toBe("stale");
    expect(await store.identifier(bo.id)).toBeUndefined();
    expect(await store.tallies()).toEqual([]);
    await commitNow(store, late);
    expect(await store.identifier(bo.id)).toEqual(bo.identifier);
  });

  test("a commit is stale too when another process overtook its load", async (context) => {
    if (opened.reopen === undefined) context.skip("a memory store belongs to one process");
    const other = opened.reopen!();
    try {
      const earlier = await store.load(EVERYTHING);
      await commitNow(other, annIsMail);
      const late = commitOf({ identifiers: [created(bo, fresh(1))], events: [event("e2", bo)] });
      expect(await store.commit(late, earlier.basis)).toBe("stale");
      await commitNow(store, late);
      expect(await other.identifier(bo.id)).toEqual(bo.identifier);
      expect(other.seeds).toEqual(store.seeds);
    } finally {
      await other.close();
    }
  });

  test("absorbed profiles answer by all their ids, under the founder's, whichever side was larger", async () => {
    const others = [1, 2, 3].map((number) => node("device", `d${number}`));
    await commitNow(
      store,
      commitOf({ identifiers: [created(ann, fresh(1))], events: [event("e1", ann)] }),
    );
    await commitNow(
      store,
      commitOf({
        identifiers: [bo, ...others].map((single) => created(single, fresh(1))),
        links: others.map((other) => linkOf(bo, other)),
        events: [event("e2", bo, others)],
      }),
    );
    await commitNow(
      store,
      commitOf({
        identifiers: [created(mail, former(ann))],
        absorptions: [{ into: ann.id, from: [bo.id] }],
        changes: [
          {
            kind: "merge",
            into: ann.id,
            from: [bo.id],
            cause: { event: ids.eventId("crm", "e3") },
            at: 5000,
          },
        ],
        links: [linkOf(ann, mail), linkOf(ann, bo)],
        events: [event("e3", ann, [mail, bo])],
      }),
    );
    for (const { id } of [ann, bo, mail, ...others]) {
      const profile = await store.profile(id);
      expect(profile!.id).toBe(ann.id);
      expect(profile!.members.map((member) => member.node.id)).toEqual(
        [ann, bo, ...others, mail].map((member) => member.id),
      );
      expect(profile!.eventCount).toBe(3);
    }
    expect(await store.changes(0, 10)).toEqual([
      {
        sequence: 1,
        kind: "merge",
        into: ann.id,
        from: [bo.id],
        cause: { event: ids.eventId("crm", "e3") },
        at: 5000,
      },
    ]);
    expect(await store.changes(1, 10)).toEqual([]);
  });

  test("I10: a payload comes back as the text it was", async () => {
    await commitNow(store, annIsMail);
    const page = (await store.journey({
      profile: mail.id,
      order: "asc",
      limit: 1,
      bytesMax: 1e6,
    }))!;
    const [first] = page.events;
    expect(page.profile).toBe(ann.id);
    expect(first!.payload).toBe('{"n":9007199254740993,  "key":"e1"}');
    expect(first!.provisional).toBe(ann.id);
  });

  describe("journeys", () => {
    const stamps = [
      ["a", 3],
      ["b", 1],
      ["c", 2],
      ["😀", 2],
      ["\ufffc", 2],
    ] as const;

    beforeEach(() =>
      commitNow(
        store,
        commitOf({
          identifiers: [created(ann, fresh(1)), created(mail, fresh(1))],
          events: stamps.map(([key, at], index) =>
            event(key, index % 2 === 0 ? ann : mail, [], at),
          ),
        }),
      ),
    );

    const keys = async (request: Partial<Parameters<Store["journey"]>[0]>) =>
      (await store.journey({
        profile: ann.id,
        order: "asc",
        limit: 10,
        bytesMax: 1e6,
        ...request,
      }))!.events.map(({ key }) => key);

    test("run in the order of time, source and key, the keys by code point", async () => {
      expect(await keys({})).toEqual(["b", "c", "\ufffc", "😀", "a"]);
      expect(await keys({ order: "desc" })).toEqual(["a", "😀", "\ufffc", "c", "b"]);
    });

    test("start behind a place, at a time, and stop before one and at the limit", async () => {
      const after = { at: 2, source: "crm", key: "c" };
      expect(await keys({ after })).toEqual(["\ufffc", "😀", "a"]);
      expect(await keys({ after, order: "desc" })).toEqual(["b"]);
      expect(await keys({ from: 2 })).toEqual(["c", "\ufffc", "😀", "a"]);
      expect(await keys({ to: 2 })).toEqual(["b"]);
      expect(await keys({ from: 2, to: 3, order: "desc" })).toEqual(["😀", "\ufffc", "c"]);
      expect(await keys({ limit: 2 })).toEqual(["b", "c"]);
      // The payloads have about 37 bytes each.
      expect(await keys({ bytesMax: 80 })).toEqual(["b", "c"]);
      expect(await keys({ bytesMax: 1 })).toEqual(["b"]);
      expect(await keys({ source: "shop" })).toEqual([]);
      expect(await keys({ type: "message", limit: 1 })).toEqual(["b"]);
    });
  });

  test("a link tells its evidence from both directions", async () => {
    const { isNew: _, ...link } = linkOf(ann, mail, { evidenceAt: undefined });
    await commitNow(
      store,
      commitOf({
        identifiers: [created(ann, fresh(1)), created(mail, fresh(1))],
        links: [{ ...link, isNew: true }],
        events: [
          event("e1", ann, [mail], 3000),
          event("e2", mail, [ann], 1000),
          event("e3", ann, [], 9000),
        ],
      }),
    );
    expect(await store.links(mail.id, 10)).toEqual([
      {
        ...link,
        firstSeenAt: 1000,
        lastSeenAt: 3000,
        events: 2,
        evidence: [ids.eventId("crm", "e2"), ids.eventId("crm", "e1")],
        profiles: [ann.id, ann.id],
      },
    ]);
    const profile = (await store.profile(ann.id))!;
    expect(profile.members).toMatchObject([
      { firstSeenAt: 1000, lastSeenAt: 9000 },
      { firstSeenAt: 1000, lastSeenAt: 3000 },
    ]);
  });

  test("events that name nobody are kept and known, on nobody's profile", async () => {
    await commitNow(store, commitOf({ events: [event("e1", null)] }));
    const { neighbourhood } = await store.load(EVERYTHING);
    expect(neighbourhood.events.size).toBe(1);
    for await (const person of store.people()) expect.unreachable(`${person.id} is a person`);
  });

  test("counts are added to what stands", async () => {
    const tally = { source: "crm", outcome: "accepted", deliveries: 1, events: 2 };
    await commitNow(store, commitOf({}, { tallies: [tally] }));
    await commitNow(store, commitOf({}, { tallies: [tally, { ...tally, outcome: "rejected" }] }));
    expect(await store.tallies()).toEqual(
      expect.arrayContaining([
        { ...tally, deliveries: 2, events: 4 },
        { ...tally, outcome: "rejected" },
      ]),
    );
  });

  test("links and traits are replaced, sources too", async () => {
    await commitNow(store, annIsMail);
    const [link] = annIsMail.changes.links;
    const [trait] = annIsMail.changes.traits;
    await commitNow(
      store,
      commitOf({
        links: [{ ...link!, trust: "verified", evidenceAt: 500, isNew: false }],
        traits: [{ ...trait!, value: "7", stamp: { at: 2000, source: "shop", key: "e9" } }],
        updates: [{ id: mail.id, sources: ["crm", "shop"] }],
      }),
    );
    const { neighbourhood } = await store.load(EVERYTHING);
    expect(neighbourhood.links.get(linkKey(ann, mail))).toMatchObject({
      trust: "verified",
      evidenceAt: 500,
    });
    expect(neighbourhood.traits.get(traitKey(ann.id, "name"))).toEqual({
      at: 2000,
      source: "shop",
      key: "e9",
    });
    expect(neighbourhood.identifiers.get(mail.id)!.sources).toEqual(["crm", "shop"]);
    expect((await store.profile(ann.id))!.traits).toMatchObject([{ name: "name", value: "7" }]);
  });

  test("a stream of people sees one moment, whatever is committed while it runs", async () => {
    await commitNow(
      store,
      commitOf({
        identifiers: [created(ann, fresh(1)), created(bo, fresh(2))],
        events: [event("e1", ann), event("e2", bo)],
      }),
    );
    const seen: string[] = [];
    for await (const person of store.people()) {
      if (seen.length === 0)
        await commitNow(
          store,
          commitOf({
            identifiers: [created(mail, former(ann))],
            absorptions: [{ into: ann.id, from: [bo.id] }],
            links: [linkOf(ann, mail)],
            events: [event("e3", ann, [mail])],
          }),
        );
      const events = [];
      for await (const { key } of person.events) events.push(key);
      seen.push(`${person.members.length} member, ${events.join()}`);
    }
    expect(seen.toSorted()).toEqual(["1 member, e1", "1 member, e2"]);
  });
});
