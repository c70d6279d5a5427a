/** Paths and attribution over HTTP: each person once, whatever is merged; and what cannot be asked, with its place. */
import { describe, expect, onTestFinished, test } from "vitest";
import { attributionAnswerSchema, type AttributionAnswer } from "../../schema/http/attribution.ts";
import { pathsAnswerSchema, type PathsAnswer } from "../../schema/http/paths.ts";
import { openTestApp, type ProblemBody, type TestApp } from "../support/app.ts";
import { storeKinds, type StoreKind } from "../support/stores.ts";

const YAML = `
sources:
  chat: { eventId: id, eventType: type, occurredAt: at, replaceProfileId: user, identifiers: { email: email } }
  shop: { eventId: id, eventType: type, occurredAt: at, replaceProfileId: customer, identifiers: { email: email } }
`;

interface Sent {
  readonly type: string;
  readonly at: string;
  readonly [field: string]: unknown;
}

async function openStory(kind: StoreKind): Promise<TestApp> {
  const opened = kind.open();
  // After the service is closed: what is registered first runs last.
  onTestFinished(() => opened.dispose());
  const app = await openTestApp(YAML, { store: opened.store });
  let id = 0;
  const post = (source: string, event: Sent) =>
    app.service.post(source, { id: `e${id++}`, ...event });
  await post("chat", { user: "u1", type: "message", at: "2026-03-01T10:00:00Z" });
  await post("shop", { customer: 1, type: "visit", at: "2026-03-01T11:00:00Z" });
  await post("shop", { customer: 1, type: "visit", at: "2026-03-01T11:30:00Z" });
  await post("shop", { customer: 1, type: "purchase", at: "2026-03-01T12:00:00Z", total: 80 });
  await post("chat", { user: "u2", type: "message", at: "2026-03-02T10:00:00Z" });
  await post("shop", { customer: 2, type: "purchase", at: "2026-03-02T12:00:00Z", total: 9.5 });
  return app;
}

/** Says that somebody in the chat and a customer of the shop are one. */
async function merge(app: TestApp, user: string, customer: number): Promise<void> {
  const email = `${user}@x.org`;
  const at = "2026-04-01T00:00:00Z";
  await app.service.post("chat", {
    id: `${user} is ${customer}`,
    user,
    email,
    type: "profile",
    at,
  });
  await app.service.post("shop", {
    id: `${customer} is ${user}`,
    customer,
    email,
    type: "profile",
    at,
  });
}

async function askPaths(app: TestApp, body: unknown): Promise<PathsAnswer> {
  const answer = await app.post("/v1/paths", body);
  expect(answer).toMatchObject({ status: 200, type: "application/json" });
  return pathsAnswerSchema.parse(answer.body);
}

async function askAttribution(app: TestApp, body: unknown): Promise<AttributionAnswer> {
  const answer = await app.post("/v1/attribution", body);
  expect(answer).toMatchObject({ status: 200, type: "application/json" });
  return attributionAnswerSchema.parse(answer.body);
}

const HOUR = 3_600_000;

describe.each(storeKinds)("over a store in $name", (kind) => {
  test("paths go on through the sources of a person as soon as they are one", async () => {
    const app = await openStory(kind);
    const asked = { start: { type: "message" }, by: "source:type", to: "2026-04-01" };
    const apart = await askPaths(app, { ...asked, within: "1d" });
    expect(apart).toEqual({
      people: 2,
      walks: 2,
      transitions: [],
      ends: [{ depth: 0, at: "chat:message", walks: 2, people: 2 }],
      more: false,
    });
    await merge(app, "u1", 1);
    const joined = await askPaths(app, { ...asked, within: "1d" });
    expect(joined).toEqual({
      people: 2,
      walks: 2,
      transitions: [
        { depth: 1, from: "chat:message", to: "shop:visit", walks: 1, people: 1, medianMs: HOUR },
        { depth: 2, from: "shop:visit", to: "shop:purchase", walks: 1, people: 1, medianMs: HOUR },
      ],
      ends: [
        { depth: 0, at: "chat:message", walks: 1, people: 1 },
        { depth: 2, at: "shop:purchase", walks: 1, people: 1 },
      ],
      more: false,
    });
    // Two who are one have one first start.
    await merge(app, "u2", 1);
    expect(await askPaths(app, asked)).toMatchObject({ people: 1, walks: 1 });
    expect(await askPaths(app, { ...asked, every: true })).toMatchObject({ people: 1, walks: 2 });
  });

  test("what came before a step is told from the last of them back", async () => {
    const app = await openStory(kind);
    await merge(app, "u1", 1);
    const { transitions } = await askPaths(app, {
      start: { type: "purchase", source: "shop", where: { total: { gte: 10 } } },
      direction: "before",
      exclude: ["visit"],
    });
    expect(transitions).toEqual([
      { depth: 1, from: "purchase", to: "message", walks: 1, people: 1, medianMs: 2 * HOUR },
    ]);
  });

  test("conversions are attributed to all that their person did as soon as they are one", async () => {
    const app = await openStory(kind);
    const asked = { conversion: { type: "purchase" }, touch: "source" };
    expect(await askAttribution(app, asked)).toEqual({
      conversions: 2,
      people: 2,
      unattributed: 1,
      touches: [{ value: "shop", first: 1, last: 1, linear: 1, people: 1 }],
    });
    await merge(app, "u1", 1);
    await merge(app, "u2", 2);
    expect(await askAttribution(app, asked)).toEqual({
      conversions: 2,
      people: 2,
      unattributed: 0,
      touches: [
        { value: "chat", first: 2, last: 1, linear: 1.333333, people: 2 },
        { value: "shop", first: 0, last: 1, linear: 0.666667, people: 1 },
      ],
    });
    expect(await askAttribution(app, { ...asked, within: "45m" })).toMatchObject({
      unattributed: 1,
    });
    await merge(app, "u2", 1);
    expect(await askAttribution(app, asked)).toMatchObject({ conversions: 1, people: 1 });
    expect(await askAttribution(app, { ...asked, count: "every" })).toMatchObject({
      conversions: 2,
      people: 1,
    });
  });

  test("the digits of a number in a condition count", async () => {
    const app = await openStory(kind);
    for (const [user, total] of [
      ["u8", "9007199254740992"],
      ["u9", "9007199254740993"],
    ])
      await app.service.post(
        "chat",
        `{"id":"${user}","user":"${user}","type":"big","total":${total}}`,
      );
    const where = { total: { eq: { number: "9007199254740993" } } };
    expect(await askPaths(app, { start: { type: "big", where } })).toMatchObject({ people: 1 });
  });
});

const start = { type: "purchase" };

test.each<[fault: string, path: string, body: unknown, told: string]>([
  ["an unknown key", "/v1/paths", { start, dept: 3 }, "dept: unknown key; did you mean depth?"],
  ["no start", "/v1/paths", {}, "start: expected an object, and there is nothing"],
  ["a depth of 50", "/v1/paths", { start, depth: 50 }, "depth: expected at most 10"],
  ["no direction", "/v1/paths", { start, direction: "up" }, "direction: expected after or before"],
  [
    "no date",
    "/v1/paths",
    { start, from: "yesterday" },
    "from: expected a time such as 2026-01-31T12:00:00Z or a day such as 2026-01-31",
  ],
  [
    "a date that there is not",
    "/v1/paths",
    { start, to: "2026-02-30" },
    "to: expected a time such as",
  ],
  [
    "an end before the beginning",
    "/v1/paths",
    { start, from: "2026-02-02", to: "2026-02-01" },
    "to: expected a time after from",
  ],
  [
    "no span",
    "/v1/paths",
    { start, within: "soon" },
    "within: expected a span of time such as 30m, 36h or 30d",
  ],
  [
    "no name of a step",
    "/v1/paths",
    { start, by: "profile" },
    "by: expected type, source or source:type",
  ],
  [
    "an unknown key of a filter",
    "/v1/paths",
    { start: { ...start, sorce: "x" } },
    "start.sorce: unknown key; did you mean source?",
  ],
  [
    "a path that is none",
    "/v1/paths",
    { start: { ...start, where: { "a..b": 1 } } },
    'start.where.a..b: "a..b" is not a path',
  ],
  [
    "a path that is none",
    "/v1/attribution",
    { conversion: { ...start, where: { "$[": 1 } } },
    'conversion.where.$[: "$[" is not JSONPath',
  ],
  [
    "an unknown operator",
    "/v1/attribution",
    { conversion: { ...start, where: { a: { gtee: 1 } } } },
    "conversion.where.a.gtee: unknown key; did you mean gte?",
  ],
  [
    "an unknown key",
    "/v1/attribution",
    { conversion: start, model: "first" },
    "model: unknown key",
  ],
  [
    "an unknown way to count",
    "/v1/attribution",
    { conversion: start, count: "all" },
    "count: expected first or every",
  ],
  [
    "nothing that counts",
    "/v1/attribution",
    { conversion: start, touches: [] },
    "touches: expected at least one source or type",
  ],
  [
    "a span that is too long",
    "/v1/attribution",
    { conversion: start, within: "1000w" },
    "within: expected a span of time such as 30m, 36h or 30d, up to ten years",
  ],
  ["a text", "/v1/attribution", '"purchase"', "expected an object"],
])("%s is told with its place: %s", async (_, path, body, told) => {
  const app = await openTestApp(YAML);
  const answer = await app.post<ProblemBody>(path, body);
  expect(answer).toMatchObject({ status: 400, type: "application/problem+json" });
  expect(answer.body.detail).toContain(told);
});
