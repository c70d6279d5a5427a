/** What every store owes its caller of links: their standing, their evidence, and how they are found. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { linkKey } from "../../src/identity/identifier.ts";
import type { Store } from "../../src/store/store.ts";
import {
  ann,
  bo,
  card,
  commitNow,
  commitOf,
  event,
  EVERYTHING,
  linkOf,
  mail,
  NAMES,
  people,
  phone,
  told,
} from "../support/commits.ts";
import { storeKinds, type TestStore } from "../support/stores.ts";

const blocked = { rule: "blocked", subject: "email:a@x" } as const;

describe.each(storeKinds)("links, $name", (kind) => {
  let opened: TestStore;
  let store: Store;
  beforeEach(() => {
    opened = kind.open();
    store = opened.store;
  });
  afterEach(() => opened.dispose());

  test("come into play and go out of it with what is held against them", async () => {
    await people(store, [ann, mail]);
    const change = async (more: Parameters<typeof linkOf>[2]) => {
      await commitNow(store, commitOf({ links: [linkOf(ann, mail, { ...more, isNew: false })] }));
      const { links } = (await store.load(EVERYTHING)).neighbourhood;
      return {
        known: links.get(linkKey(ann, mail)),
        component: told((await store.component(ann.id))!).links,
        all: (await store.readGraph()).graph.links.length,
        unfollowed: (await store.unfollowedLinks(mail.id, 10)).length,
      };
    };
    const out = { objection: blocked, evidenceAt: undefined, trust: "claimed" as const };
    expect(await change(out)).toEqual({ known: out, component: [], all: 1, unfollowed: 1 });
    const tooLarge = { rule: "identifiersPerComponentMax", subject: "" } as const;
    expect(await change({ objection: tooLarge })).toMatchObject({ component: [], all: 1 });
    const refused = { rule: "split", subject: "dc_1" } as const;
    expect(await change({ objection: refused })).toEqual({
      known: { trust: "verified", evidenceAt: 1000, objection: refused },
      component: ["a@x-ann split"],
      all: 1,
      unfollowed: 1,
    });
    expect(await change({})).toMatchObject({
      known: { objection: undefined },
      component: ["a@x-ann"],
      all: 1,
      unfollowed: 0,
    });
  });

  test("that are not followed are told apart, found from either end, no more than asked for", async () => {
    await people(store, [ann, mail], [bo], [card]);
    await commitNow(
      store,
      commitOf({
        links: [
          linkOf(mail, bo, { objection: blocked }),
          linkOf(mail, card, { objection: { rule: "limit", subject: "card" } }),
          linkOf(bo, card),
        ],
        events: [event("e2", bo, [mail], 2000), event("e3", mail, [card]), event("e4", bo, [card])],
      }),
    );
    const ends = (records: Awaited<ReturnType<Store["links"]>>) =>
      records
        .map(({ a, b }) =>
          [a, b]
            .map(({ id }) => NAMES.get(id)!)
            .toSorted()
            .join("-"),
        )
        .toSorted();
    expect(ends(await store.unfollowedLinks(ann.id, 10))).toEqual(["1-a@x", "a@x-bo"]);
    expect(ends(await store.unfollowedLinks(bo.id, 10))).toEqual(["a@x-bo"]);
    expect(ends(await store.unfollowedLinks(card.id, 10))).toEqual(["1-a@x"]);
    expect(await store.unfollowedLinks(mail.id, 1)).toHaveLength(1);
    expect(await store.unfollowedLinks(phone.id, 10)).toEqual([]);
    expect(ends(await store.links(ann.id, 10))).toEqual(["1-a@x", "a@x-ann", "a@x-bo"]);
    expect(await store.links(ann.id, 2)).toHaveLength(2);
    const [record] = await store.unfollowedLinks(bo.id, 10);
    expect(record).toMatchObject({ objection: blocked, firstSeenAt: 2000, events: 1 });
    expect(record!.profiles.map((id) => NAMES.get(id)!).toSorted()).toEqual(["ann", "bo"]);
  });

  test("are told for the pairs asked for, whichever end is named first", async () => {
    await people(store, [ann, mail], [bo]);
    const [record] = await store.links(ann.id, 1);
    expect(await store.linksOf([[mail.id, ann.id]])).toEqual([record]);
    expect(
      await store.linksOf([
        [ann.id, bo.id],
        [ann.id, mail.id],
        [phone.id, ann.id],
      ]),
    ).toEqual([record]);
    expect(await store.linksOf([])).toEqual([]);
  });
});
