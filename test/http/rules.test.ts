/** The rules in force, over HTTP: in a shape that can be edited and asked about. */
import { expect, test } from "vitest";
import { whatIfSchema } from "../../schema/config.ts";
import { compileRules } from "../../src/config/rules-config.ts";
import type { RulesView } from "../../src/queries/queries.ts";
import { openTestApp, type ProblemBody } from "../support/app.ts";
import { settingsFrom } from "../support/service.ts";

const SOURCES = `
sources:
  crm: { replaceProfileId: id, eventId: ev, identifiers: { email: email, account: account } }
`;

test("they are told whole, with the version and since when they hold", async () => {
  const app = await openTestApp(`${SOURCES}
identity: { namespaces: { account: { limit: 1, priority: 2 }, crm: { genericAfter: 7 } } }
limits: { identifiersPerProfileMax: 7 }
`);
  const { status, body } = await app.get<RulesView>("/v1/rules");
  expect(status).toBe(200);
  expect(body).toEqual({
    version: 1,
    at: expect.stringMatching(/^2026-01-01T00:00:00\.\d{3}Z$/),
    identity: {
      namespaces: {
        account: { block: [], genericAfter: 100, limit: 1, priority: 2, trust: "claimed" },
        crm: { block: [], genericAfter: 7, trust: "claimed" },
        email: {
          block: expect.arrayContaining(["noreply@*", "postmaster@*"]),
          genericAfter: 100,
          trust: "claimed",
        },
      },
    },
    limits: { identifiersPerProfileMax: 7, identifiersPerComponentMax: 10_000 },
  });
});

test.each([
  ["the defaults", ""],
  ["no built-in list", "identity: { namespaces: { email: { block: [] } } }"],
  [
    "patterns of every form",
    `identity: { namespaces: { email: { block: [Info@Company.example, "x**@*", "/^test[0-9]+@/", { regex: "^/a/$" }], trust: verified }, account: { block: ["/", "a/b/"] } } }`,
  ],
  [
    "limits and priorities",
    "identity: { namespaces: { account: { limit: 1, priority: 1 } } }\nlimits: { identifiersPerComponentMax: 50 }",
  ],
])("posted back they change nobody and are the same rules: %s", async (_, yaml) => {
  const app = await openTestApp(`${SOURCES}${yaml}\n`);
  for (const event of [
    { ev: "e1", id: 1, email: "noreply@x.example", account: "a1" },
    { ev: "e2", id: 1, email: "test7@x.example", account: "a2" },
    { ev: "e3", id: 3, email: "noreply@x.example", account: "/" },
    { ev: "e4", id: 4, email: "test7@x.example", account: "/" },
  ])
    await app.service.post("crm", event);
  const { body } = await app.get<RulesView>("/v1/rules");
  const answer = await app.post("/v1/what-if", body);
  expect([answer.status, answer.body]).toEqual([
    200,
    { warnings: [], before: [], after: [], merges: [], splits: [] },
  ]);
  const { identity, limits } = whatIfSchema.parse(body);
  const compiled = compileRules(identity, {
    identifiersPerProfileMax: limits!.identifiersPerProfileMax,
    identifiersPerComponentMax: limits!.identifiersPerComponentMax!,
  });
  expect(compiled).toMatchObject({ text: settingsFrom(`${SOURCES}${yaml}\n`).rulesText });
});

test("it takes a key that reads, and no parameters", async () => {
  const app = await openTestApp(`${SOURCES}
apiKeys:
  - { name: reader, key: r3ad, scopes: [read] }
  - { name: writer, key: wr1te, scopes: [write] }
`);
  const get = (path: string, key: string) =>
    app.get<ProblemBody>(path, { authorization: `Bearer ${key}` });
  expect((await get("/v1/rules", "r3ad")).status).toBe(200);
  expect((await get("/v1/rules", "wr1te")).status).toBe(403);
  expect((await get("/v1/rules?version=1", "r3ad")).status).toBe(400);
});
