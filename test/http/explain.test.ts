/** Why two ids are one person and why not, over HTTP. */
import { expect, test } from "vitest";
import type { Explanation } from "../../src/queries/explain.ts";
import { openTestApp, type Answer, type ProblemBody, type TestApp } from "../support/app.ts";

const CONFIG = `
sources:
  crm: { replaceProfileId: id, eventId: ev, occurredAt: t, identifiers: { email: email, account: account } }
  form: { eventId: ev, occurredAt: t, trust: claimed, identifiers: { email: email, phone: phone }, phoneCountry: US }
identity:
  namespaces:
    account: { limit: 1 }
    phone: { trust: verified }
    email: { genericAfter: 3 }
`;

function explain(app: TestApp, a: string, b: string): Promise<Answer<Explanation>> {
  const query = new URLSearchParams({ a, b });
  return app.get(`/v1/explain?${query.toString()}`);
}

async function why(app: TestApp, a: string, b: string): Promise<Explanation> {
  return (await explain(app, a, b)).body;
}

test("one person: the shortest path from the one to the other, each link with its events", async () => {
  const app = await openTestApp(CONFIG);
  const [first] = await app.service.post("crm", { ev: "e1", t: 1, id: 1, email: "ann@x" });
  const [second] = await app.service.post("crm", { ev: "e2", t: 2, id: 2, email: "ann@x" });
  const [third] = await app.service.post("crm", { ev: "e3", t: 9, id: 2, email: "ann@x" });
  const { id } = (await app.get<{ id: string }>("/v1/profiles/crm:1")).body;
  const followed = { outcome: "followed", trust: "verified" };
  const steps = [
    {
      a: "crm:1",
      b: "email:ann@x",
      ...followed,
      firstSeenAt: "1970-01-01T00:00:01.000Z",
      lastSeenAt: "1970-01-01T00:00:01.000Z",
      events: 1,
      evidence: [first!.event],
    },
    {
      a: "email:ann@x",
      b: "crm:2",
      ...followed,
      firstSeenAt: "1970-01-01T00:00:02.000Z",
      lastSeenAt: "1970-01-01T00:00:09.000Z",
      events: 2,
      evidence: [second!.event, third!.event],
    },
  ];
  expect(await why(app, "crm:1", "crm:2")).toEqual({ samePerson: true, profile: id, path: steps });
  const back = steps.toReversed().map((step) => ({ ...step, a: step.b, b: step.a }));
  expect(await why(app, "crm:2", "crm:1")).toEqual({ samePerson: true, profile: id, path: back });
  // The id of a profile stands for the identifier that founded it.
  expect(await why(app, id, "email:ANN@x")).toMatchObject({ path: [steps[0]] });
  expect(await why(app, "crm:1", id)).toEqual({ samePerson: true, profile: id, path: [] });
});

test("one person because somebody ruled so: the decision stands in the path", async () => {
  const app = await openTestApp(CONFIG);
  for (const id of [1, 2]) await app.service.post("crm", { ev: id, t: id, id });
  const body = { kind: "join", a: "crm:1", b: "crm:2", reason: "rang them" };
  const { decision } = (await app.post<{ decision: { id: string } }>("/v1/decisions", body)).body;
  expect(await why(app, "crm:2", "crm:1")).toMatchObject({
    samePerson: true,
    path: [
      { a: "crm:2", b: "crm:1", decision: decision.id, trust: "human", events: 0, evidence: [] },
    ],
  });
});

test("two people: the link that is not followed, with its rule, and the events that prove it", async () => {
  const app = await openTestApp(CONFIG);
  await app.service.post("crm", { ev: "e1", t: 1, id: 1, email: "ann@x", account: "a1" });
  const [second] = await app.service.post("crm", {
    ev: "e2",
    t: 2,
    id: 2,
    email: "ann@x",
    account: "a2",
  });
  const { text, body } = await explain(app, "crm:1", "account:a2");
  expect(body).toMatchObject({
    samePerson: false,
    profiles: [expect.stringMatching(/^pr_/), expect.stringMatching(/^pr_/)],
    because: [
      {
        outcome: "refused",
        rule: "limit",
        reason: "one person may hold no more than 1 account (limit)",
        events: 1,
        evidence: [second!.event],
      },
    ],
    decisions: [],
  });
  expect(text).toContain("one person may hold no more than 1 account (limit)");
});

test("two people: a claim that waits for better trust, and a value that is generic", async () => {
  const app = await openTestApp(CONFIG);
  await app.service.post("form", { ev: "f1", t: 1, email: "ann@x", phone: "415 555 0100" });
  expect(await why(app, "email:ann@x", "phone:+14155550100")).toMatchObject({
    because: [{ outcome: "ineligible", rule: "trust", trust: "claimed" }],
  });
  for (const id of [1, 2, 3, 4])
    await app.service.post("crm", { ev: `e${id}`, t: id, id, email: "info@x" });
  expect(await why(app, "crm:1", "crm:4")).toMatchObject({
    because: [
      {
        rule: "generic",
        reason:
          "email:info@x is a generic value: it is linked with more than 3 identifiers of one namespace",
      },
      { rule: "generic" },
    ],
  });
});

test("two people because somebody ruled so: the decision is told, with the link it cuts or without any", async () => {
  const app = await openTestApp(CONFIG);
  for (const id of [1, 2]) await app.service.post("crm", { ev: id, t: id, id, email: "ann@x" });
  await app.service.post("crm", { ev: "e3", t: 3, id: 3 });
  for (const b of ["crm:2", "crm:3"])
    await app.post("/v1/decisions", { kind: "split", a: "crm:1", b, reason: "twins" });
  expect(await why(app, "crm:1", "crm:2")).toMatchObject({
    because: [{ outcome: "refused", rule: "split" }],
    decisions: [{ kind: "split", a: "crm:1", b: "crm:2", reason: "twins" }],
  });
  expect(await why(app, "crm:1", "crm:3")).toMatchObject({
    because: [],
    decisions: [{ a: "crm:1", b: "crm:3" }],
    summary: expect.stringMatching(/^the decision dc_\S+ of 2026\S+ keeps them apart/),
  });
  expect(await why(app, "crm:2", "crm:3")).toMatchObject({
    because: [],
    decisions: [],
    summary: "nothing links them",
  });
});

test("whom nobody knows is named, and a parameter that is wrong too", async () => {
  const app = await openTestApp(CONFIG);
  await app.service.post("crm", { ev: "e1", t: 1, id: 1 });
  const detail = async (path: string) => {
    const { status, body } = await app.get<ProblemBody>(`/v1/explain${path}`);
    return [status, body.detail];
  };
  const hint = "a reference is a profile id or namespace:value, URL-encoded.";
  expect(await detail("?a=crm:1&b=crm:2")).toEqual([404, `Nobody is known by "crm:2"; ${hint}`]);
  expect(await detail("?a=ann&b=crm:2")).toEqual([404, `Nobody is known by "ann"; ${hint}`]);
  expect(await detail("?a=crm:1")).toEqual([400, "b: expected a reference."]);
  expect(await detail("?a=crm:1&b=crm:1&deep=1")).toEqual([
    400,
    "deep: unknown key; known are a, b.",
  ]);
});
