/** What every store owes its caller of rules, decisions, the feed of changes, and counts. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Change } from "../../src/identity/change-set.ts";
import type { Decision } from "../../src/identity/types.ts";
import type { Store } from "../../src/store/store.ts";
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
  phone,
} from "../support/commits.ts";
import { storeKinds, type TestStore } from "../support/stores.ts";

describe.each(storeKinds)("$name", (kind) => {
  let opened: TestStore;
  let store: Store;
  beforeEach(() => {
    opened = kind.open();
    store = opened.store;
  });
  afterEach(() => opened.dispose());

  describe("rules", () => {
    const first = { version: 1, text: '{"limit":1}', at: 100 };
    const second = { version: 2, text: '{"limit":2}', at: 200 };
    const versionLoaded = async () => (await store.load(EVERYTHING)).rulesVersion;

    test("are those of the last commit that brought any", async () => {
      expect(await store.rules()).toBeUndefined();
      expect(await versionLoaded()).toBe(0);
      await commitNow(store, commitOf({}, { rules: first }));
      await commitNow(store, commitOf({}, { rules: second }));
      await commitNow(store, commitOf({}));
      expect(await store.rules()).toEqual(second);
      expect(await versionLoaded()).toBe(2);
    });

    test("of a version that is taken make the commit stale, all of it", async () => {
      await commitNow(store, commitOf({}, { rules: first }));
      const { basis } = await store.load(EVERYTHING);
      const late = commitOf(
        { identifiers: [created(ann, fresh(1))], events: [event("e1", ann)] },
        { rules: { ...first, text: "other" } },
      );
      expect(await store.commit(late, basis)).toBe("stale");
      expect(await store.rules()).toEqual(first);
      expect(await store.identifier(ann.id)).toBeUndefined();
      expect(await store.commit({ ...late, rules: second }, basis)).toBe("committed");
    });
  });

  describe("decisions", () => {
    const objection = { rule: "limit", subject: "chat" } as const;
    const join: Decision = { ...decisionOf("join", mail, bo, 9), override: true, by: "ada" };
    const split = decisionOf("split", ann, mail, 5);
    const later = decisionOf("join", bo, ann, 1);

    beforeEach(() =>
      commitNow(
        store,
        commitOf({
          identifiers: [ann, mail, bo].map((single, index) => created(single, fresh(index))),
          events: [ann, mail, bo].map((single) => event(single.id, single)),
          decisions: [
            { kind: "taken", decision: join, objection },
            { kind: "taken", decision: split, objection: undefined },
          ],
        }),
      ),
    );

    const list = async (request: Partial<Parameters<Store["decisions"]>[0]> = {}) =>
      (await store.decisions({ limit: 10, takenBack: true, ...request })).map(({ id }) => id);

    test("are told as they were taken", async () => {
      expect(await store.decision(join.id)).toEqual({ ...join, takenBackAt: undefined, objection });
      expect(await store.decision(split.id)).toEqual({
        ...split,
        takenBackAt: undefined,
        objection: undefined,
      });
      expect(await store.decision(later.id)).toBeUndefined();
    });

    test("are judged otherwise, and taken back with whatever was held against them", async () => {
      const judged = { rule: "split", subject: split.id } as const;
      await commitNow(
        store,
        commitOf({ decisions: [{ kind: "judged", id: join.id, objection: judged }] }),
      );
      expect((await store.decision(join.id))!.objection).toEqual(judged);
      await commitNow(
        store,
        commitOf({
          decisions: [
            { kind: "takenBack", id: split.id, at: 8000 },
            { kind: "judged", id: join.id, objection: undefined },
          ],
        }),
      );
      expect(await store.decision(split.id)).toMatchObject({ takenBackAt: 8000 });
      expect(await store.decision(join.id)).toMatchObject({
        takenBackAt: undefined,
        objection: undefined,
      });
      await commitNow(
        store,
        commitOf({
          decisions: [
            { kind: "judged", id: join.id, objection },
            { kind: "takenBack", id: join.id, at: 9000 },
          ],
        }),
      );
      expect(await store.decision(join.id)).toEqual({
        ...join,
        takenBackAt: 9000,
        objection: undefined,
      });
      expect((await store.readGraph()).graph.decisions).toEqual([]);
    });

    test("are listed in the order of taking, a page at a time", async () => {
      await commitNow(
        store,
        commitOf({
          decisions: [
            { kind: "taken", decision: later, objection: undefined },
            { kind: "takenBack", id: split.id, at: 8000 },
          ],
        }),
      );
      expect(await list()).toEqual([join.id, split.id, later.id]);
      expect(await list({ limit: 2 })).toEqual([join.id, split.id]);
      expect(await list({ after: join.id })).toEqual([split.id, later.id]);
      expect(await list({ after: later.id })).toEqual([]);
      expect(await list({ takenBack: false })).toEqual([join.id, later.id]);
      expect(await list({ takenBack: false, limit: 1, after: join.id })).toEqual([later.id]);
      expect(await list({ takenBack: false, after: split.id })).toEqual([later.id]);
      expect(await list({ after: decisionOf("join", ann, bo, 77).id })).toEqual([]);
    });
  });

  test("the feed tells every kind of change whole, in a sequence without gaps", async () => {
    const decision = decisionOf("split", ann, bo, 1).id;
    const cause = { decision, takenBack: true } as const;
    const about = { into: ann.id, from: [bo.id], at: 5000 };
    const entries: Change[] = [
      { kind: "merge", ...about, cause: { event: "ev_1" } },
      { kind: "split", ...about, into: bo.id, cause: { decision } },
      { kind: "refusal", ...about, cause, a: ann.id, b: mail.id, rule: "limit", subject: "chat" },
      {
        kind: "pending",
        ...about,
        cause: { rules: 3 },
        a: mail.id,
        b: bo.id,
        rule: "trust",
        subject: "email",
      },
      { kind: "generic", ...about, from: [], cause: { event: "ev_2" }, identifier: mail.id },
    ];
    const overtaken = await store.load(EVERYTHING);
    await commitNow(store, commitOf({ changes: entries.slice(0, 2) }));
    expect(await store.commit(commitOf({ changes: entries }), overtaken.basis)).toBe("stale");
    await commitNow(store, commitOf({ changes: entries.slice(2) }));
    const fed = entries.map((entry, index) => ({ ...entry, sequence: index + 1 }));
    expect(await store.changes(0, 10)).toEqual(fed);
    expect(await store.changes(1, 2)).toEqual(fed.slice(1, 3));
    expect(await store.changes(5, 10)).toEqual([]);
  });

  test("I2: a commit that fails leaves nothing, and no gap in the sequence", async (context) => {
    if (kind.name === "memory") context.skip("it has nothing that could fail but its caller");
    const { basis } = await store.load(EVERYTHING);
    const change: Change = {
      kind: "merge",
      into: ann.id,
      from: [],
      at: 1,
      cause: { event: "ev_1" },
    };
    const twice = created(ann, fresh(1));
    const broken = commitOf({
      identifiers: [twice],
      changes: [change],
      events: [event("e1", ann), event("e1", ann)],
    });
    await expect(store.commit(broken, basis)).rejects.toThrow(/UNIQUE/);
    expect(await store.identifier(ann.id)).toBeUndefined();
    await commitNow(store, commitOf({ changes: [change] }));
    expect((await store.changes(0, 10)).map(({ sequence }) => sequence)).toEqual([1]);
  });

  test("totals count profiles, components, links that are not followed, and generic values", async () => {
    expect(await store.totals()).toEqual({
      profiles: 0,
      components: 0,
      contested: 0,
      objections: {},
      generic: 0,
    });
    await commitNow(
      store,
      commitOf({
        identifiers: [
          created(ann, fresh(1), { component: fresh(1) }),
          created(bo, fresh(2), { component: fresh(1) }),
          created(mail, fresh(3), {
            component: fresh(2),
            generic: true,
            neighbours: { chat: 200 },
          }),
          created(card, fresh(4)),
          created(phone, fresh(4)),
        ],
        links: [
          linkOf(ann, bo, { objection: { rule: "limit", subject: "chat" } }),
          linkOf(ann, mail, { objection: { rule: "generic", subject: "email:a@x" } }),
          linkOf(bo, mail, { objection: { rule: "generic", subject: "email:a@x" } }),
          linkOf(card, phone),
        ],
        events: [event("e1", ann, [bo, mail]), event("e2", bo, [mail]), event("e3", card, [phone])],
      }),
    );
    const totals = {
      profiles: 4,
      components: 3,
      contested: 2,
      objections: { limit: 1, generic: 2 },
      generic: 1,
    };
    expect(await store.totals()).toEqual(totals);
    const { identifiers } = (await store.load(EVERYTHING)).neighbourhood;
    expect(identifiers.get(mail.id)!.neighbours).toEqual({ chat: 200 });
    expect(identifiers.get(ann.id)!.neighbours).toEqual({});

    await commitNow(
      store,
      commitOf({
        updates: [
          { id: mail.id, neighbours: { chat: 3 }, generic: false },
          { id: card.id, sources: ["crm", "shop"] },
          { id: phone.id, neighbours: { card: 1 }, generic: true },
        ],
        links: [linkOf(ann, bo, { isNew: false })],
        moves: [{ id: mail.id, place: former(card), component: undefined }],
      }),
    );
    expect(await store.totals()).toEqual({
      profiles: 3,
      components: 2,
      contested: 1,
      objections: { generic: 2 },
      generic: 1,
    });
    const later = (await store.load(EVERYTHING)).neighbourhood.identifiers;
    expect(later.get(mail.id)!.neighbours).toEqual({ chat: 3 });
    expect(later.get(card.id)).toMatchObject({ sources: ["crm", "shop"], neighbours: {} });
    expect(later.get(phone.id)).toMatchObject({ sources: ["crm"], neighbours: { card: 1 } });
  });
});
