/** The feed: every kind of entry, each with its cause, in a sequence without gaps. */
import { describe, expect, test } from "vitest";
import type { ChangeView } from "../../src/queries/change-view.ts";
import { MemoryStore } from "../../src/store/memory.ts";
import { SEEDS } from "../support/ids.ts";
import { openTestApp, type TestApp } from "../support/app.ts";

const SOURCES = `
sources:
  crm: { replaceProfileId: id, eventId: ev, occurredAt: t, identifiers: { email: email, account: account, phone: phone }, phoneCountry: US }
  form: { eventId: ev, occurredAt: t, trust: claimed, identifiers: { email: email, phone: phone }, phoneCountry: US }
`;
const CONFIG = `${SOURCES}
identity:
  namespaces:
    account: { limit: 1 }
    phone: { trust: verified }
    email: { genericAfter: 2 }
`;

interface Feed {
  readonly changes: readonly ChangeView[];
  readonly next: number;
}

async function feed(app: TestApp, query = ""): Promise<Feed> {
  return (await app.get<Feed>(`/v1/changes${query}`)).body;
}

async function profileOf(app: TestApp, reference: string): Promise<string> {
  return (await app.get<{ id: string }>(`/v1/profiles/${reference}`)).body.id;
}

async function eventOf(app: TestApp, source: string, body: object): Promise<string> {
  return (await app.service.post(source, body))[0]!.event;
}

/** Of a link that is not followed the feed names both profiles, whichever would take in the other. */
function kept(cause: object, [left, right]: readonly [string, string]) {
  return {
    ...common(cause),
    into: expect.toBeOneOf([left, right]),
    from: [expect.toBeOneOf([left, right])],
    link: { a: expect.any(String), b: expect.any(String) },
  };
}

const common = (cause: object) => ({
  id: expect.stringMatching(/^ch_[0-9a-f]{26}$/),
  sequence: expect.any(Number),
  at: expect.stringMatching(/^2026-01-01T.*Z$/),
  cause,
});

describe("every kind", () => {
  test("a merge and a refusal, caused by events", async () => {
    const app = await openTestApp(CONFIG);
    await app.service.post("crm", { ev: "e1", t: 1, id: 1, account: "a1" });
    await app.service.post("crm", { ev: "e2", t: 2, id: 2, email: "ann@x" });
    const [one, two] = [await profileOf(app, "crm:1"), await profileOf(app, "crm:2")];
    const merging = await eventOf(app, "crm", { ev: "e3", t: 3, id: 1, email: "ann@x" });
    const refused = await eventOf(app, "crm", { ev: "e4", t: 4, id: 2, account: "a2" });
    const three = await profileOf(app, "account:a2");
    expect((await feed(app)).changes).toEqual([
      { ...common({ event: merging }), kind: "merge", into: one, from: [two] },
      {
        ...kept({ event: refused }, [one, three]),
        kind: "refusal",
        rule: "limit",
        reason: "one person may hold only so many account (limit)",
      },
    ]);
  });

  test("a claim that is pending, once however often it is repeated, and the merge when it is repeated well", async () => {
    const app = await openTestApp(CONFIG);
    const claim = { t: 1, email: "ann@x", phone: "415 555 0100" };
    const claimed = await eventOf(app, "form", { ev: "f1", ...claim });
    const phone = await profileOf(app, "phone:+14155550100");
    await app.service.post("form", { ev: "f2", ...claim });
    const proof = await eventOf(app, "crm", { ev: "e1", ...claim });
    const into = await profileOf(app, "email:ann@x");
    expect((await feed(app)).changes).toEqual([
      {
        ...kept({ event: claimed }, [into, phone]),
        kind: "pending",
        rule: "trust",
        reason: "a link through phone needs a verified source; this one is only claimed",
      },
      { ...common({ event: proof }), kind: "merge", into, from: [phone] },
    ]);
  });

  test("a value that turns generic, and each part that comes apart", async () => {
    const app = await openTestApp(CONFIG);
    const post = (id: number) => eventOf(app, "crm", { ev: id, t: id, id, email: "info@x" });
    await post(1);
    await post(2);
    const whole = await profileOf(app, "crm:2");
    const last = await post(3);
    const mailbox = await profileOf(app, "email:info@x");
    const told = (await feed(app)).changes;
    expect(told).toEqual([
      {
        ...common({ event: last }),
        kind: "generic",
        into: mailbox,
        from: [],
        identifier: "email:info@x",
      },
      { ...common({ event: last }), kind: "split", into: mailbox, from: [whole] },
      {
        ...common({ event: last }),
        kind: "split",
        into: await profileOf(app, "crm:2"),
        from: [whole],
      },
    ]);
  });
});

describe("every cause", () => {
  test("a decision, and that it was taken back", async () => {
    const app = await openTestApp(CONFIG);
    for (const id of [1, 2]) await app.service.post("crm", { ev: id, t: id, id, email: "ann@x" });
    const body = { kind: "split", a: "crm:1", b: "crm:2", reason: "twins" };
    const { decision } = (await app.post<{ decision: { id: string } }>("/v1/decisions", body)).body;
    const [one, two] = [await profileOf(app, "crm:1"), await profileOf(app, "crm:2")];
    await app.delete(`/v1/decisions/${decision.id}`);
    expect((await feed(app)).changes).toEqual([
      { ...common({ decision: decision.id }), kind: "split", into: two, from: [one] },
      {
        ...kept({ decision: decision.id }, [one, two]),
        kind: "refusal",
        rule: "split",
        reason: `the decision ${decision.id} keeps them apart`,
      },
      {
        ...common({ decision: decision.id, takenBack: true }),
        kind: "merge",
        into: one,
        from: [two],
      },
    ]);
  });

  test("rules, by their version, and what was told before reads as it did", async () => {
    const store = new MemoryStore(SEEDS);
    const before = await openTestApp(CONFIG, { store });
    for (const id of [1, 2, 3])
      await before.service.post("crm", { ev: id, t: id, id, email: "info@x" });
    const told = await feed(before);

    const config = CONFIG.replace("genericAfter: 2", "genericAfter: 5");
    const after = await openTestApp(config, { store, applyRules: true });
    const { changes } = await feed(after);
    expect(changes.slice(0, told.changes.length)).toEqual(told.changes);
    expect(changes.slice(told.changes.length)).toEqual([
      {
        ...common({ rules: 2 }),
        kind: "merge",
        into: await profileOf(after, "crm:1"),
        from: expect.any(Array),
      },
    ]);
    expect(changes.at(-1)!.from).toHaveLength(3);
  });
});

test("the sequence has no gaps, ids are unique and stay, and pages join up", async () => {
  const app = await openTestApp(CONFIG);
  for (let id = 1; id <= 6; id++)
    await app.service.post("crm", { ev: id, t: id, id, email: "info@x", phone: "415 555 0100" });
  await app.post("/v1/decisions", { kind: "split", a: "crm:1", b: "crm:5", reason: "as seen" });
  const whole = await feed(app);
  const { changes } = whole;
  expect(changes.length).toBeGreaterThan(3);
  expect(changes.map(({ sequence }) => sequence)).toEqual(changes.map((_, index) => index + 1));
  expect(new Set(changes.map(({ id }) => id)).size).toBe(changes.length);
  expect(whole.next).toBe(changes.length);

  const paged: ChangeView[] = [];
  for (let page = await feed(app, "?limit=2"); page.changes.length > 0;) {
    paged.push(...page.changes);
    page = await feed(app, `?limit=2&after=${page.next}`);
  }
  expect(paged).toEqual(changes);
});

test("the same that happens in two copies has the same ids in both", async () => {
  const ids = await Promise.all(
    [1, 2].map(async () => {
      const app = await openTestApp(CONFIG);
      for (const id of [1, 2, 3])
        await app.service.post("crm", { ev: id, t: id, id, email: "info@x" });
      return (await feed(app)).changes.map(({ id }) => id);
    }),
  );
  expect(ids[0]).toEqual(ids[1]);
  expect(ids[0]!.length).toBeGreaterThan(0);
});

test.each([
  ["after=-1", "after: expected 0 or more."],
  ["after=soon", "after: expected a number."],
  ["after=1.5", "after: expected a whole number."],
  ["limit=1001", "limit: expected at most 1000."],
  ["afer=1", "afer: unknown key; did you mean after?"],
])("?%s is 400 and says why", async (query, detail) => {
  const app = await openTestApp(SOURCES);
  const { status, body } = await app.get<{ detail: string }>(`/v1/changes?${query}`);
  expect([status, body.detail]).toEqual([400, detail]);
});
