/** What every store owes its caller where profiles and components are redrawn: places, components, whole contents. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Missing } from "../../src/identity/change-set.ts";
import { linkKey } from "../../src/identity/identifier.ts";
import type { Node } from "../../src/identity/types.ts";
import type { Loaded, LoadRequest, Store } from "../../src/store/store.ts";
import {
  ann,
  bo,
  card,
  commitNow,
  commitOf,
  created,
  decisionOf,
  event,
  EVERYTHING,
  former,
  fresh,
  linkOf,
  mail,
  NAMES,
  people,
  phone,
  told,
} from "../support/commits.ts";
import { storeKinds, type TestStore } from "../support/stores.ts";

function loadOf(...nodes: Node[]): LoadRequest {
  return { identifiers: nodes.map(({ id }) => id), pairs: [], traits: [], events: [] };
}

function componentOf(loaded: Loaded, { id }: Node) {
  const { component, isPlain } = loaded.neighbourhood.identifiers.get(id)!;
  return { component, isPlain };
}

async function found(store: Store, loaded: Loaded, missing: Partial<Missing>) {
  const answer = await store.deepen({ counts: [], contents: [], ...missing }, loaded.basis);
  if (answer === "stale") expect.unreachable("nothing was committed since the load");
  return answer;
}

describe.each(storeKinds)("$name", (kind) => {
  let opened: TestStore;
  let store: Store;
  beforeEach(() => {
    opened = kind.open();
    store = opened.store;
  });
  afterEach(() => opened.dispose());

  /** Every profile by the values of its members, the founder first. */
  async function profiles(): Promise<string[]> {
    const all: string[] = [];
    const { identifiers } = (await store.load(EVERYTHING)).neighbourhood;
    for await (const { id, members } of store.people()) {
      const values = members.map(({ value }) => value);
      expect(NAMES.get(id)).toBe(values[0]);
      const own = [...NAMES].flatMap(([each, name]) => (values.includes(name) ? [each] : []));
      for (const each of own) {
        expect((await store.profile(each))!.id).toBe(id);
        expect(identifiers.get(each)!.canonical).toBe(id);
      }
      all.push(values.join("+"));
    }
    return all.toSorted();
  }

  describe("places", () => {
    test("a fresh place is one profile for the commit and nobody else's", async () => {
      await people(store, [ann, mail], [bo]);
      await people(store, [card, phone]);
      expect(await profiles()).toEqual(["1+2", "ann+a@x", "bo"]);
    });

    test("I3: a profile outlives the move of its founder, and both answer by their ids", async () => {
      await people(store, [ann, mail, bo]);
      await commitNow(
        store,
        commitOf({
          moves: [{ id: ann.id, place: fresh(7), component: undefined }],
          founders: [mail.id],
        }),
      );
      expect(await profiles()).toEqual(["a@x+bo", "ann"]);
      const { members } = (await store.profile(bo.id))!;
      expect(members.map(({ founded }) => founded)).toEqual([true, false]);

      await commitNow(
        store,
        commitOf({
          identifiers: [created(card, former(mail)), created(phone, fresh(1))],
          events: [event("e2", card), event("e3", phone)],
        }),
      );
      expect(await profiles()).toEqual(["2", "a@x+bo+1", "ann"]);

      await commitNow(
        store,
        commitOf({ moves: [{ id: ann.id, place: former(mail), component: undefined }] }),
      );
      expect(await profiles()).toEqual(["2", "ann+a@x+bo+1"]);
    });

    test("former places are those of the load, even where profiles change places", async () => {
      await people(store, [ann, mail], [bo, card]);
      await commitNow(
        store,
        commitOf({
          moves: [
            { id: ann.id, place: former(bo), component: undefined },
            { id: bo.id, place: former(ann), component: undefined },
          ],
        }),
      );
      expect(await profiles()).toEqual(["a@x+bo", "ann+1"]);
    });

    test("a fresh place is nobody's, even where the last profile was absorbed by the same commit", async () => {
      await people(store, [ann], [mail], [bo]);
      await commitNow(
        store,
        commitOf({
          absorptions: [{ into: ann.id, from: [bo.id] }],
          moves: [{ id: mail.id, place: former(bo), component: undefined }],
          identifiers: [created(card, fresh(1)), created(phone, former(mail))],
          events: [event("e2", card), event("e3", phone)],
        }),
      );
      expect(await profiles()).toEqual(["1", "2", "a@x", "ann+bo"]);
    });

    test("several profiles are absorbed at once, by one that is not the eldest", async () => {
      await people(store, [ann], [bo, card], [mail], [phone]);
      await commitNow(
        store,
        commitOf({ absorptions: [{ into: bo.id, from: [ann.id, phone.id] }] }),
      );
      expect(await profiles()).toEqual(["a@x", "ann+bo+1+2"]);
    });
  });

  describe("components", () => {
    /** Two profiles in one component, and one plain one beside them. */
    const contested = () =>
      commitNow(
        store,
        commitOf({
          identifiers: [
            created(ann, fresh(1), { component: fresh(1) }),
            created(mail, fresh(1), { component: fresh(1) }),
            created(bo, fresh(2), { component: fresh(1) }),
            created(card, fresh(3)),
          ],
          links: [
            linkOf(ann, mail),
            linkOf(mail, bo, { objection: { rule: "limit", subject: "chat" } }),
            linkOf(bo, ann, { objection: { rule: "blocked", subject: "chat:bo" } }),
          ],
          events: [event("e1", ann, [mail, bo]), event("e2", bo, [mail]), event("e3", card)],
        }),
      );

    test("a plain one is known by its profile's id, any other by a key that is no profile's", async () => {
      await contested();
      const loaded = await store.load(EVERYTHING);
      const of = (single: Node) => componentOf(loaded, single);
      expect(of(card)).toEqual({ component: card.id, isPlain: true });
      expect(of(ann).isPlain).toBe(false);
      expect(of(mail)).toEqual(of(ann));
      expect(of(bo)).toEqual(of(ann));
      expect(of(ann).component).not.toMatch(/^pr_/);
    });

    test("identifiers move between components, and a former one keeps its key", async () => {
      await contested();
      const before = componentOf(await store.load(EVERYTHING), ann);
      const place = { former: before.component };
      await commitNow(
        store,
        commitOf({
          moves: [
            { id: card.id, place: former(card), component: place },
            { id: bo.id, place: former(bo), component: undefined },
            { id: mail.id, place: former(ann), component: fresh(1) },
          ],
          identifiers: [created(phone, fresh(1), { component: place })],
          events: [event("e4", phone)],
        }),
      );
      const loaded = await store.load(EVERYTHING);
      const of = (single: Node) => componentOf(loaded, single);
      expect(of(ann)).toEqual(before);
      expect(of(card)).toEqual(before);
      expect(of(phone)).toEqual(before);
      expect(of(bo)).toEqual({ component: bo.id, isPlain: true });
      expect(of(mail).isPlain).toBe(false);
      expect(of(mail).component).not.toBe(before.component);
    });

    test("are counted by namespace and read whole, their links in play and no others", async () => {
      await contested();
      const loaded = await store.load(loadOf(bo, card));
      const keys = [bo, card].map((single) => componentOf(loaded, single).component);
      const { counts, contents } = await found(store, loaded, { counts: keys, contents: keys });
      expect([...counts]).toEqual([
        [keys[0], { chat: 2, email: 1 }],
        [keys[1], { card: 1 }],
      ]);
      expect([...contents.keys()]).toEqual(keys);
      expect(told(contents.get(keys[0]!)!)).toEqual({
        nodes: ["ann in ann", "a@x in ann", "bo in bo"],
        links: ["a@x-ann", "a@x-bo limit"],
        decisions: [],
      });
      const [first, second] = contents.get(keys[0]!)!.nodes;
      expect(first!.order).toBeLessThan(second!.order);
      expect(first!.component).toBe(keys[0]);
      expect(contents.get(keys[1]!)!.nodes).toMatchObject([{ id: card.id, component: undefined }]);
      for (const single of [ann, mail, bo])
        expect(await store.component(single.id)).toEqual(contents.get(keys[0]!));
      expect(await store.component(card.id)).toEqual(contents.get(keys[1]!));
      expect(await store.component(phone.id)).toBeUndefined();
    });

    test("links to identifiers of another component are none of their contents", async () => {
      await people(store, [ann, mail], [bo]);
      await commitNow(
        store,
        commitOf({ links: [linkOf(mail, bo)], events: [event("e2", bo, [mail])] }),
      );
      expect(told((await store.component(ann.id))!).links).toEqual(["a@x-ann"]);
      expect(told((await store.component(bo.id))!).links).toEqual([]);
    });

    test("contents tell decisions that stand and have an end there, each once", async () => {
      await contested();
      const decisions = [
        decisionOf("split", ann, mail, 1),
        decisionOf("join", card, bo, 2),
        decisionOf("join", mail, bo, 3),
      ];
      await commitNow(
        store,
        commitOf({
          decisions: [
            ...decisions.map((decision) => ({
              kind: "taken" as const,
              decision: { ...decision, override: decision.kind === "join" },
              objection:
                decision.kind === "join" ? { rule: "limit" as const, subject: "chat" } : undefined,
            })),
            { kind: "takenBack", id: decisions[2]!.id, at: 8000 },
          ],
        }),
      );
      const graph = (await store.component(ann.id))!;
      expect(graph.decisions).toEqual([
        {
          id: decisions[0]!.id,
          kind: "split",
          override: false,
          a: ann.id,
          b: mail.id,
          objection: undefined,
        },
        {
          id: decisions[1]!.id,
          kind: "join",
          override: true,
          a: card.id,
          b: bo.id,
          objection: { rule: "limit", subject: "chat" },
        },
      ]);
      expect(told((await store.component(card.id))!).decisions).toEqual(["join 1 bo"]);
    });

    test("a commit may speak of what was read beside the load: identifiers and their profiles", async () => {
      await contested();
      const loaded = await store.load(loadOf(bo));
      const key = componentOf(loaded, bo).component;
      await found(store, loaded, { contents: [key] });
      const commit = commitOf({
        moves: [{ id: bo.id, place: former(ann), component: undefined }],
        updates: [{ id: mail.id, neighbours: { chat: 2 }, generic: false }],
        founders: [mail.id],
        links: [linkOf(ann, mail, { isNew: false, evidenceAt: 1 })],
      });
      expect(await store.commit(commit, loaded.basis)).toBe("committed");
      expect(await profiles()).toEqual(["1", "ann+a@x+bo"]);
      const { identifiers, links } = (await store.load(EVERYTHING)).neighbourhood;
      expect(identifiers.get(mail.id)!.neighbours).toEqual({ chat: 2 });
      expect(links.get(linkKey(ann, mail))!.evidenceAt).toBe(1);
    });

    test("nothing is added to a load that was overtaken", async () => {
      await contested();
      const loaded = await store.load(EVERYTHING);
      const contents = [componentOf(loaded, ann).component];
      await commitNow(store, commitOf({}));
      expect(await store.deepen({ counts: [], contents }, loaded.basis)).toBe("stale");
      expect(await store.deepen({ counts: contents, contents: [] }, loaded.basis)).toBe("stale");
      await found(store, await store.load(EVERYTHING), { contents });
    });

    test("nor where another process overtook it", async (context) => {
      if (opened.reopen === undefined) context.skip("a memory store belongs to one process");
      await contested();
      const loaded = await store.load(EVERYTHING);
      const contents = [componentOf(loaded, ann).component];
      const other = opened.reopen!();
      try {
        await commitNow(other, commitOf({ updates: [{ id: ann.id, sources: ["crm", "shop"] }] }));
        expect(await store.deepen({ counts: [], contents }, loaded.basis)).toBe("stale");
      } finally {
        await other.close();
      }
    });

    test("the whole graph is everything: links out of play too, and a basis to commit on", async () => {
      await contested();
      const { graph, basis } = await store.readGraph();
      expect(told(graph)).toEqual({
        nodes: ["ann in ann", "a@x in ann", "bo in bo", "1 in 1"],
        links: ["a@x-ann", "a@x-bo limit", "ann-bo blocked"],
        decisions: [],
      });
      const keys = graph.nodes.map(({ component }) => component);
      expect(keys).toEqual([keys[0], keys[0], keys[0], undefined]);
      const commit = commitOf({
        moves: [{ id: card.id, place: former(bo), component: { former: keys[0]! } }],
        decisions: [
          { kind: "taken", decision: decisionOf("join", card, bo, 1), objection: undefined },
        ],
      });
      expect(await store.commit(commit, basis)).toBe("committed");
      expect(await profiles()).toEqual(["ann+a@x", "bo+1"]);
      expect(told((await store.readGraph()).graph).decisions).toEqual(["join 1 bo"]);
      expect(await store.commit(commit, basis)).toBe("stale");
    });
  });
});
