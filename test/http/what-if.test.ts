/** What other rules would change, over HTTP: by name, with the links that cause it, and without changing anything. */
import { describe, expect, test } from "vitest";
import type { DifferenceView } from "../../src/queries/difference-view.ts";
import { openTestApp, type ProblemBody, type TestApp } from "../support/app.ts";

const CONFIG = `
sources:
  crm: { replaceProfileId: id, eventId: ev, occurredAt: t, identifiers: { email: email, account: account } }
identity: { namespaces: { account: { limit: 1 } } }
`;

async function seeded(config = CONFIG): Promise<TestApp> {
  const app = await openTestApp(config);
  for (const event of [
    { ev: "e1", t: 1, id: 1, email: "ann@x", account: "a1" },
    { ev: "e2", t: 2, id: 1, account: "a2" },
    { ev: "e3", t: 3, id: 3, email: "ann@x" },
  ])
    await app.service.post("crm", event);
  return app;
}

async function state(app: TestApp): Promise<unknown> {
  const { text: changes } = await app.get("/v1/changes");
  const { text: decisions } = await app.get("/v1/decisions");
  return [await app.service.digest(), await app.service.store.rules(), changes, decisions];
}

const rules = (namespaces: object) => ({ identity: { namespaces } });

test("the rules in force would change nothing", async () => {
  const app = await seeded();
  const { status, body } = await app.post("/v1/what-if", rules({ account: { limit: 1 } }));
  expect([status, body]).toEqual([
    200,
    { warnings: [], before: [], after: [], merges: [], splits: [] },
  ]);
});

test("merges and splits are told by name, with the links that cause them, and nothing changes", async () => {
  const app = await seeded();
  const before = await state(app);
  const { body } = await app.post<DifferenceView>(
    "/v1/what-if",
    rules({ account: { limit: 2 }, email: { block: ["ann@x"] } }),
  );
  const id = expect.stringMatching(/^pr_/);
  const link = (names: string[], more: object) => ({
    a: expect.toBeOneOf(names),
    b: expect.toBeOneOf(names),
    ...more,
  });
  const blocked = {
    outcome: "ineligible",
    rule: "blocked",
    reason: "email:ann@x is a blocked value (email: ann@x)",
  };
  const one = { id, identifiers: ["crm:1", "email:ann@x", "account:a1", "crm:3"] };
  const merged = { id, identifiers: ["crm:1", "account:a1", "account:a2"] };
  const parts = [
    { id, identifiers: ["email:ann@x"] },
    { id, identifiers: ["crm:3"] },
  ];
  const other = { id, identifiers: ["account:a2"] };
  expect(body).toEqual({
    warnings: [],
    before: [one, other],
    after: [merged, ...parts],
    merges: [
      {
        into: merged,
        from: [one, other],
        links: [link(["crm:1", "account:a2"], { outcome: "followed" })],
      },
    ],
    splits: [
      {
        from: one,
        into: [merged, ...parts],
        links: [link(["crm:1", "email:ann@x"], blocked), link(["crm:3", "email:ann@x"], blocked)],
      },
    ],
  });
  expect(await state(app)).toEqual(before);
});

test("a limit that is left out stays what is configured, and may be asked for", async () => {
  const app = await seeded(`${CONFIG}limits: { identifiersPerProfileMax: 4 }\n`);
  const ask = async (body: object) =>
    (await app.post<DifferenceView>("/v1/what-if", body)).body.splits.length;
  expect(await ask(rules({ account: { limit: 1 } }))).toBe(0);
  const limits = { identifiersPerProfileMax: 2 };
  expect(await ask({ ...rules({ account: { limit: 1 } }), limits })).toBe(1);
});

describe("rules that cannot be are told with the path of the fault", () => {
  test.each<[body: unknown, detail: string | RegExp]>([
    [{}, "identity: expected an object, and there is nothing."],
    [
      { rules: {}, identity: {} },
      /^rules: unknown key; known are identity, limits, version, at\.$/,
    ],
    [rules({ email: { limit: 0 } }), "identity.namespaces.email.limit: expected at least 1."],
    [
      rules({ email: { limit: 1001 } }),
      /^identity\.namespaces\.email\.limit: 1001 can never be reached, .*lower it to 1000/,
    ],
    [
      rules({ email: { block: ["a@x", "/(/"] } }),
      /^identity\.namespaces\.email\.block\[1\]: not a regular expression/,
    ],
    [
      rules({ email: { block: [{ regex: "((a{100}){100}){100}" }] } }),
      /^identity\.namespaces\.email\.block\[0\]: the regular expression repeats too much/,
    ],
    [
      rules({ email: { blocks: [] } }),
      "identity.namespaces.email.blocks: unknown key; did you mean block?",
    ],
    [rules({ "e mail": {} }), /^identity\.namespaces\.e mail: not a name: /],
    [rules({ email: { trust: "none" } }), /email\.trust: expected verified or claimed\.$/],
    [
      { identity: {}, limits: { identifiersPerProfileMax: 20_000 } },
      /^limits\.identifiersPerProfileMax: 20000 can never be reached/,
    ],
    ["identity:", "The body is not JSON."],
  ])("%j", async (body, detail) => {
    const app = await seeded();
    const before = await state(app);
    const answer = await app.post<ProblemBody>("/v1/what-if", body);
    expect([answer.status, answer.type]).toEqual([400, "application/problem+json"]);
    expect(answer.body.detail).toMatch(detail);
    expect(await state(app)).toEqual(before);
  });
});

test("it takes a key that reads, and only one", async () => {
  const app = await seeded(`${CONFIG}
apiKeys:
  - { name: reader, key: r3ad, scopes: [read] }
  - { name: writer, key: wr1te, scopes: [write] }
`);
  const statusWith = async (key: string) =>
    (await app.post("/v1/what-if", rules({}), { authorization: `Bearer ${key}` })).status;
  expect([await statusWith("r3ad"), await statusWith("wr1te")]).toEqual([200, 403]);
});

test("what looks like a slip is told beside the answer, and a parameter that means nothing is refused", async () => {
  const app = await seeded();
  const { status, body } = await app.post<object>(
    "/v1/what-if",
    rules({ account: { limit: 1 }, emial: { limit: 2 }, email: { block: ["/ANN@x/"] } }),
  );
  expect([status, body]).toEqual([
    200,
    {
      before: [],
      after: [],
      merges: [],
      splits: [],
      warnings: [
        {
          path: "identity.namespaces.email.block[0]",
          message: expect.stringContaining("can never match"),
        },
        {
          path: "identity.namespaces.emial",
          message: expect.stringContaining("did you mean email?"),
        },
      ],
    },
  ]);
  const refused = await app.post<ProblemBody>("/v1/what-if?dryRun=true", rules({}));
  expect([refused.status, refused.body.detail]).toEqual([400, "dryRun: unknown key."]);
});

test("rules that name one namespace alone leave the others without theirs", async () => {
  const app = await seeded();
  const { body } = await app.post<DifferenceView>("/v1/what-if", rules({}));
  expect(body.merges.length).toBe(1);
});
