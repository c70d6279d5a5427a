/** What every store owes its caller of links: their standing, their evidence, and how they are found. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { linkKey } from "../../src/identity/identifier.ts";
import type { Objection } from "../../src/identity/objection.ts";
import type { Link } from "../../src/identity/types.ts";
import { linkRank, type Store } from "../../src/store/store.ts";
import {
  ann,
  bo,
  card,
  commitNow,
  commitOf,
  decisionOf,
  event,
  EVERYTHING,
  linkOf,
  mail,
  NAMES,
  node,
  people,
  phone,
  told,
} from "../support/commits.ts";
import { storeKinds, type TestStore } from "../support/stores.ts";

/** One objection of every rule, the last ranks first. */
const RANKED: readonly Objection[] = [
  { rule: "generic", subject: "email:a@x" },
  { rule: "blocked", subject: "email:a@x" },
  { rule: "trust", subject: "email" },
  { rule: "identifiersPerComponentMax", subject: "" },
  { rule: "identifiersPerProfileMax", subject: "" },
  { rule: "split", subject: "dc_1" },
  { rule: "limit", subject: "chat" },
];

function rankOf({ objection }: { readonly objection: Objection | undefined }): number {
  return linkRank(objection);
}

function endsOf({ a, b }: Pick<Link, "a" | "b">): string {
  return [a, b]
    .map(({ id }) => NAMES.get(id)!)
    .toSorted()
    .join("-");
}

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
    const ends = (found: readonly Pick<Link, "a" | "b">[]) => found.map(endsOf).toSorted();
    expect(ends(await store.unfollowedLinks(ann.id, 10))).toEqual(["1-a@x", "a@x-bo"]);
    expect(ends(await store.unfollowedLinks(bo.id, 10))).toEqual(["a@x-bo"]);
    expect(ends(await store.unfollowedLinks(card.id, 10))).toEqual(["1-a@x"]);
    expect(await store.unfollowedLinks(mail.id, 1)).toHaveLength(1);
    expect(await store.unfollowedLinks(phone.id, 10)).toEqual([]);
    expect(ends(await store.links(ann.id, 10))).toEqual(["1-a@x", "a@x-ann", "a@x-bo"]);
    expect(await store.links(ann.id, 2)).toHaveLength(2);
    const [edge] = await store.unfollowedLinks(bo.id, 10);
    expect(edge).toMatchObject({ objection: blocked, decision: undefined });
    expect(edge!.profiles.map((id) => NAMES.get(id)!).toSorted()).toEqual(["ann", "bo"]);
    const [, record] = await store.links(bo.id, 10);
    const { decision: _, ...link } = edge!;
    expect(record).toMatchObject({ ...link, firstSeenAt: 2000, events: 1 });
  });

  test("come in the order of their rank, from whichever end they are found", async () => {
    const older = RANKED.map(({ rule }, index) => node("chat", `${rule} before ${index}`));
    const younger = RANKED.map(({ rule }, index) => node("chat", `${rule} behind ${index}`));
    const others = [...older, ...younger];
    await people(store, ...older.map((one) => [one]), [ann, mail], ...younger.map((one) => [one]));
    const links = others.map((other, index) =>
      linkOf(mail, other, { objection: RANKED[index % RANKED.length] }),
    );
    const events = others.map((other) => event(`with ${other.id}`, mail, [other]));
    const { basis } = await store.load({
      ...EVERYTHING,
      identifiers: [...EVERYTHING.identifiers, ...others.map(({ id }) => id)],
    });
    expect(await store.commit(commitOf({ links, events }), basis)).toBe("committed");
    const ranks = [...Array<number>(8).fill(1), 2, 2, ...Array<number>(4).fill(3)];
    const told = async (limit: number) => ({
      unfollowed: (await store.unfollowedLinks(ann.id, limit)).map(rankOf),
      all: (await store.links(mail.id, limit)).map(rankOf),
    });
    expect(await told(100)).toEqual({ unfollowed: ranks, all: [0, ...ranks] });
    for (const limit of [1, 3, 9, 11])
      expect(await told(limit)).toEqual({
        unfollowed: ranks.slice(0, limit),
        all: [0, ...ranks].slice(0, limit),
      });
  });

  test("joins that are not followed are told beside them, until they are taken back", async () => {
    await people(store, [ann, mail], [bo], [card]);
    const join = decisionOf("join", mail, bo, 1);
    const objection = { rule: "limit", subject: "card" } as const;
    await commitNow(
      store,
      commitOf({
        decisions: [
          { kind: "taken", decision: join, objection },
          { kind: "taken", decision: decisionOf("join", ann, mail, 2), objection: undefined },
          { kind: "taken", decision: decisionOf("split", ann, card, 3), objection: undefined },
        ],
      }),
    );
    const edge = { a: mail, b: bo, objection, profiles: [ann.id, bo.id], decision: join.id };
    expect(await store.unfollowedJoins(ann.id, 10)).toEqual([edge]);
    expect(await store.unfollowedJoins(bo.id, 10)).toEqual([edge]);
    expect(await store.unfollowedJoins(bo.id, 0)).toEqual([]);
    expect(await store.unfollowedJoins(card.id, 10)).toEqual([]);
    expect(await store.unfollowedJoins(phone.id, 10)).toEqual([]);
    const takenBack = { kind: "takenBack", id: join.id, at: 9000 } as const;
    await commitNow(store, commitOf({ decisions: [takenBack] }));
    expect(await store.unfollowedJoins(ann.id, 10)).toEqual([]);
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
