/** Decisions over HTTP: what they change, what they refuse, who may take them, and that they last. */
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { DecisionView } from "../../src/queries/decision-view.ts";
import type { DecisionEffect } from "../../src/decisions.ts";
import { SqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import { openTestApp, type Answer, type ProblemBody, type TestApp } from "../support/app.ts";
import { temporaryFolder } from "../support/temporary.ts";

const CONFIG = `
sources:
  crm: { replaceProfileId: id, eventId: ev, occurredAt: t, identifiers: { email: email, account: account }, traits: { name: name } }
identity: { namespaces: { account: { limit: 1 } } }
`;
const KEYS = `
apiKeys:
  - { name: reader, key: r3ad, scopes: [read] }
  - { name: writer, key: wr1te, scopes: [write] }
  - { name: chief, key: adm1n, scopes: [admin] }
`;
const EVENTS = [
  { ev: "e1", t: 1, id: 1, email: "ann@x", name: "Ann" },
  { ev: "e2", t: 2, id: 2, email: "ann@x", name: "Bob" },
  { ev: "e3", t: 3, id: 3, email: "cy@x" },
];

interface DecisionList {
  readonly decisions: readonly DecisionView[];
  readonly next: string | null;
}

async function seeded(config = CONFIG): Promise<TestApp> {
  const app = await openTestApp(config);
  for (const event of EVENTS) await app.service.post("crm", event);
  return app;
}

async function profileOf(app: TestApp, reference: string): Promise<string> {
  return (await app.get<{ id: string }>(`/v1/profiles/${reference}`)).body.id;
}

function decide(app: TestApp, body: object): Promise<Answer<DecisionEffect>> {
  return app.post("/v1/decisions", { reason: "as seen", ...body });
}

/** Everything that a request which is turned away must leave as it is. */
async function state(app: TestApp): Promise<unknown> {
  const { text: decisions } = await app.get("/v1/decisions?takenBack=true");
  const { text: changes } = await app.get("/v1/changes");
  return { digest: await app.service.digest(), decisions, changes };
}

describe("a split", () => {
  const SPLIT = { kind: "split", a: "crm:1", b: "crm:2" };

  test("tells the profiles before and after by name, with the links that are cut", async () => {
    const app = await seeded();
    const one = await profileOf(app, "crm:1");
    const { status, body } = await decide(app, { ...SPLIT, by: "Eve" });
    const two = await profileOf(app, "crm:2");
    expect(status).toBe(200);
    expect(body).toEqual({
      decision: {
        id: expect.stringMatching(/^dc_[0-9a-v]{26}$/),
        kind: "split",
        a: "crm:1",
        b: "crm:2",
        reason: "as seen",
        by: "Eve",
        override: false,
        at: expect.stringMatching(/^2026-01-01T/),
        takenBackAt: null,
      },
      dryRun: false,
      before: [{ id: one, identifiers: ["crm:1", "email:ann@x", "crm:2"] }],
      after: [
        { id: one, identifiers: ["crm:1", "email:ann@x"] },
        { id: two, identifiers: ["crm:2"] },
      ],
      merges: [],
      splits: [
        {
          from: { id: one, identifiers: ["crm:1", "email:ann@x", "crm:2"] },
          into: [
            { id: one, identifiers: ["crm:1", "email:ann@x"] },
            { id: two, identifiers: ["crm:2"] },
          ],
          links: [
            {
              a: expect.any(String),
              b: expect.any(String),
              outcome: "refused",
              rule: "split",
              reason: `the decision ${body.decision.id} keeps them apart`,
            },
          ],
        },
      ],
    });
    expect(two).not.toBe(one);
  });

  test("I6: each part is what it would be had the link never been followed", async () => {
    const app = await seeded();
    await decide(app, SPLIT);
    const { text } = await app.get(`/v1/profiles/crm:2`);
    expect(JSON.parse(text)).toMatchObject({ traits: { name: { value: "Bob" } }, eventCount: 1 });
    expect((await app.get(`/v1/profiles/crm:1`)).body).toMatchObject({
      traits: { name: { value: "Ann" } },
      eventCount: 1,
    });
  });

  test("as a dry run it tells the same and changes nothing", async () => {
    const app = await seeded();
    const before = await state(app);
    const dry = await decide(app, { ...SPLIT, dryRun: true });
    expect(dry.body.dryRun).toBe(true);
    expect(await state(app)).toEqual(before);
    const { body } = await decide(app, SPLIT);
    const { splits, ...told } = dry.body;
    expect({ ...told, splits: splits.length }).toEqual({
      ...body,
      splits: body.splits.length,
      dryRun: true,
      decision: { ...body.decision, id: null, at: expect.any(String) },
    });
  });

  test("taken back, everybody is who they were, and the decision is told only when asked for", async () => {
    const app = await seeded();
    const digest = await app.service.digest();
    const { decision } = (await decide(app, SPLIT)).body;
    expect(await app.service.digest()).not.toBe(digest);

    const dry = await app.delete<DecisionEffect>(`/v1/decisions/${decision.id}?dryRun=true`);
    expect(dry.body).toMatchObject({ dryRun: true, decision, merges: [expect.anything()] });
    expect((await app.get<DecisionList>("/v1/decisions")).body.decisions).toEqual([decision]);

    const { status, body } = await app.delete<DecisionEffect>(`/v1/decisions/${decision.id}`);
    expect(status).toBe(200);
    expect(body.decision).toEqual({ ...decision, takenBackAt: expect.stringMatching(/Z$/) });
    expect(body.merges).toHaveLength(1);
    expect(await app.service.digest()).toBe(digest);
    expect((await app.get("/v1/decisions")).body).toEqual({ decisions: [], next: null });
    expect((await app.get("/v1/decisions?takenBack=true")).body).toEqual({
      decisions: [body.decision],
      next: null,
    });
  });
});

describe("a join", () => {
  test("makes one of two whom nothing links, and says that it is followed", async () => {
    const app = await seeded();
    const { body } = await decide(app, { kind: "join", a: "crm:1", b: "email:CY@x" });
    expect(body).toMatchObject({ join: { outcome: "followed" }, merges: [{ from: [{}, {}] }] });
    expect(await profileOf(app, "crm:3")).toBe(await profileOf(app, "crm:2"));
  });

  test("that a rule refuses stands and says which; an override makes it hold", async () => {
    const app = await openTestApp(CONFIG);
    await app.service.post("crm", { ev: "e1", id: 1, account: "a1" });
    await app.service.post("crm", { ev: "e2", id: 2, account: "a2" });
    const refused = await decide(app, { kind: "join", a: "account:a1", b: "account:a2" });
    expect(refused.body).toMatchObject({
      join: {
        outcome: "refused",
        rule: "limit",
        reason:
          'one person may hold no more than 1 account (limit); a join with "override": true holds against it',
      },
      before: [],
      after: [],
    });
    expect((await app.get<DecisionList>("/v1/decisions")).body.decisions).toHaveLength(1);
    const overriding = { kind: "join", a: "account:a1", b: "account:a2", override: true };
    const held = await decide(app, overriding);
    expect(held.body).toMatchObject({ join: { outcome: "followed" }, merges: [{}] });
    expect(await profileOf(app, "crm:1")).toBe(await profileOf(app, "crm:2"));
  });
});

describe("what cannot be decided changes nothing", () => {
  const whole = { kind: "split", a: "crm:1", b: "crm:2", reason: "as seen" };
  const { reason: _, ...unreasoned } = whole;

  test.each<[what: string, body: unknown, status: number, code: string, detail: string | RegExp]>([
    ["a is unknown", { ...whole, a: "crm:9" }, 404, "unknown-reference", /^Nobody .*"crm:9"/],
    ["b is unknown", { ...whole, b: "email:no@x" }, 404, "unknown-reference", /"email:no@x"/],
    [
      "an id that nobody has",
      { ...whole, b: `pr_${"0".repeat(26)}` },
      404,
      "unknown-reference",
      /"pr_0{26}"/,
    ],
    ["no reference", { ...whole, b: "ann" }, 404, "unknown-reference", /"ann"/],
    ["itself", { ...whole, b: "crm:1" }, 400, "bad-decision", /stand for crm:1; .*two/],
    [
      "itself, spelt otherwise",
      { ...whole, kind: "join", a: "email:ann@x", b: "email: ANN@x" },
      400,
      "bad-decision",
      /stand for email:ann@x/,
    ],
    ["no reason", unreasoned, 400, "bad-request", /^reason: expected a reason/],
    ["a blank reason", { ...whole, reason: " \n" }, 400, "bad-request", /^reason: expected a reas/],
    [
      "a reason of a thousand and one characters",
      { ...whole, reason: "x".repeat(1001) },
      400,
      "bad-request",
      "reason: expected at most 1000 characters.",
    ],
    [
      "an unknown key",
      { ...whole, dryrun: true },
      400,
      "bad-request",
      "dryrun: unknown key; did you mean dryRun?",
    ],
    ["another kind", { ...whole, kind: "merge" }, 400, "bad-request", /^kind: .*join or split/],
    ["no text", { ...whole, a: 1 }, 400, "bad-request", /^a: expected a reference/],
    ["no flag", { ...whole, dryRun: "yes" }, 400, "bad-request", /^dryRun: expected true or false/],
    ["a list", [whole], 400, "bad-request", "expected an object."],
    ["not JSON", "kind=split", 400, "bad-request", "The body is not JSON."],
    ["nothing", "", 400, "bad-request", "The body is not JSON."],
    [
      "an override of a split",
      { ...whole, override: true },
      400,
      "bad-decision",
      /split needs no override/,
    ],
    [
      "too large",
      JSON.stringify({ ...whole, reason: "x".repeat(2 ** 20) }),
      413,
      "body-too-large",
      "The body is larger than 1048576 bytes.",
    ],
  ])("%s", async (_what, body, status, code, detail) => {
    const app = await seeded();
    const before = await state(app);
    const answer = await app.post<ProblemBody>("/v1/decisions", body);
    expect([answer.status, answer.type]).toEqual([status, "application/problem+json"]);
    expect(answer.body.type).toBe(`urn:selfsame:problem:${code}`);
    expect(answer.body.detail).toMatch(detail);
    expect(await state(app)).toEqual(before);
  });

  test("itself, once by its profile's id", async () => {
    const app = await seeded();
    const before = await state(app);
    const answer = await decide(app, {
      kind: "split",
      a: await profileOf(app, "crm:2"),
      b: "crm:1",
    });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain("Both references stand for crm:1");
    expect(await state(app)).toEqual(before);
  });

  test.each([
    ["of the same pair", "crm:2", "crm:1"],
    ["of others of the two profiles", "email:ann@x", "email:bob@x"],
  ])("a join against a standing split, %s", async (_what, a, b) => {
    const app = await seeded();
    await app.service.post("crm", { ev: "e4", t: 4, id: 2, email: "bob@x" });
    const { decision } = (await decide(app, { kind: "split", a: "crm:1", b: "crm:2" })).body;
    const before = await state(app);
    for (const override of [false, true]) {
      const answer = await decide(app, { kind: "join", a, b, override });
      expect(answer.status).toBe(409);
      expect((answer.body as unknown as ProblemBody).detail).toBe(
        `The join would bring crm:1 and crm:2 together, which the decision ${decision.id} keeps apart; take that back first.`,
      );
    }
    expect(await state(app)).toEqual(before);
  });

  test("a split against a standing join", async () => {
    const app = await seeded();
    const { decision } = (await decide(app, { kind: "join", a: "crm:1", b: "crm:3" })).body;
    const before = await state(app);
    const answer = await decide(app, { kind: "split", a: "crm:3", b: "crm:1" });
    expect([answer.status, answer.text]).toEqual([
      409,
      expect.stringContaining(`The decision ${decision.id} rules that crm:1 and crm:3`),
    ]);
    expect(await state(app)).toEqual(before);
  });

  test("what does not stand cannot be taken back", async () => {
    const app = await seeded();
    const { decision } = (await decide(app, { kind: "split", a: "crm:1", b: "crm:2" })).body;
    await app.delete(`/v1/decisions/${decision.id}`);
    const before = await state(app);
    for (const id of [decision.id, "dc_00000000000000000000000000", "nonsense"]) {
      const answer = await app.delete<ProblemBody>(`/v1/decisions/${id}`);
      expect([answer.status, answer.body.detail]).toEqual([404, `No decision ${id} stands.`]);
    }
    expect((await app.delete(`/v1/decisions/${decision.id}?dryRun=1`)).status).toBe(400);
    expect(await state(app)).toEqual(before);
  });
});

test("decisions are listed in pages, in the order in which they were taken", async () => {
  const app = await seeded();
  const taken: string[] = [];
  for (const [a, b] of [
    ["crm:1", "crm:2"],
    ["crm:1", "crm:3"],
    ["crm:2", "crm:3"],
  ])
    taken.push((await decide(app, { kind: "split", a, b })).body.decision.id!);
  const first = (await app.get<DecisionList>("/v1/decisions?limit=2")).body;
  const rest = (await app.get<DecisionList>(`/v1/decisions?limit=2&cursor=${first.next}`)).body;
  expect([...first.decisions, ...rest.decisions].map(({ id }) => id)).toEqual(taken);
  expect([first.next, rest.next]).toEqual([taken[1], null]);
  for (const query of ["cursor=dc_nobody", "limit=0", "limit=x", "taken=true", "takenBack=1"])
    expect((await app.get(`/v1/decisions?${query}`)).status).toBe(400);
});

describe("who may decide", () => {
  const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
  const body = { kind: "split", a: "crm:1", b: "crm:2", reason: "as seen" };

  test("a key that writes may, and reads the answer; one that only reads may not", async () => {
    const app = await seeded(CONFIG + KEYS);
    const digest = await app.service.digest();
    expect((await app.post("/v1/decisions", body)).status).toBe(401);
    const refused = await app.post("/v1/decisions", body, bearer("r3ad"));
    expect([refused.status, refused.text]).toEqual([403, expect.stringContaining("scope write")]);
    expect(await app.service.digest()).toBe(digest);

    const { status, body: effect } = await app.post<DecisionEffect>(
      "/v1/decisions",
      body,
      bearer("wr1te"),
    );
    expect([status, effect.splits.length]).toEqual([200, 1]);
    const address = `/v1/decisions/${effect.decision.id}`;
    expect((await app.delete(address, bearer("r3ad"))).status).toBe(403);
    expect((await app.get("/v1/decisions", bearer("wr1te"))).status).toBe(403);
    expect((await app.get("/v1/decisions", bearer("r3ad"))).status).toBe(200);
    expect((await app.delete(address, bearer("adm1n"))).status).toBe(200);
  });

  test("without keys, a web page from elsewhere decides nothing", async () => {
    const app = await seeded();
    for (const origin of ["https://evil.example", "null", "http://localhost.evil.example"])
      expect((await app.post("/v1/decisions", body, { origin })).status).toBe(403);
    const here = { origin: "http://localhost:8787" };
    expect((await app.post("/v1/decisions", body, here)).status).toBe(200);
  });
});

test("decisions outlast a rebuild, the same events again and a restart", async () => {
  const file = join(temporaryFolder(), "selfsame.db");
  const first = await openTestApp(CONFIG, { store: new SqliteStore(file) });
  for (const event of EVENTS) await first.service.post("crm", event);
  await decide(first, { kind: "split", a: "crm:1", b: "crm:2" });
  await decide(first, { kind: "join", a: "crm:2", b: "crm:3", by: "Eve" });
  const decided = await state(first);

  const report = await first.service.rulebook.rebuild({ check: false });
  expect(report.differing).toEqual({ identifiers: 0, neighbours: 0, links: 0 });
  for (const event of EVENTS) await first.service.post("crm", event);
  expect(await state(first)).toEqual(decided);
  await first.service.close();

  const second = await openTestApp(CONFIG, { store: new SqliteStore(file) });
  expect(await state(second)).toEqual(decided);
  // Stronger evidence for what was cut is evidence still, and no more.
  await second.service.post("crm", { ev: "e9", t: 9, id: 2, email: "ann@x" });
  expect(await profileOf(second, "crm:1")).not.toBe(await profileOf(second, "crm:2"));
  expect(await profileOf(second, "crm:3")).toBe(await profileOf(second, "crm:2"));
});
