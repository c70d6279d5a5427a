/** The funnel over HTTP: what it answers of people who were merged, and what it makes of a question that is none. */
import { describe, expect, onTestFinished, test } from "vitest";
import type { z } from "zod";
import { funnelAnswerSchema } from "../../schema/http/funnel.ts";
import { openTestApp, type ProblemBody, type TestApp } from "../support/app.ts";
import { storeKinds, type StoreKind } from "../support/stores.ts";

const SOURCE =
  "replaceProfileId: user, eventId: id, occurredAt: at, identifiers: { email: email }, traits: { city: city }";
const CONFIG = `
sources:
  chat: { ${SOURCE} }
  form: { ${SOURCE} }
  shop: { ${SOURCE} }
`;

type FunnelBody = z.output<typeof funnelAnswerSchema>;

/** Ann chats under one id and buys under another; Bo only chats; Cy buys before he chats. */
async function seeded(kind: StoreKind): Promise<TestApp> {
  const opened = kind.open();
  onTestFinished(() => opened.dispose());
  const app = await openTestApp(CONFIG, { store: opened.store });
  const day = (number: number) => `2026-03-0${number}T12:00:00Z`;
  const posts = [
    ["chat", { id: 1, at: day(1), user: "U1", type: "message", city: "Rome" }],
    ["form", { id: 2, at: day(2), user: "F1", type: "sent", email: "ann@x.example" }],
    ["shop", { id: 3, at: day(4), user: "S1", type: "order", email: "ann@x.example", total: 120 }],
    ["chat", { id: 4, at: day(5), user: "U1", type: "seen", email: "ann@x.example" }],
    ["chat", { id: 5, at: day(1), user: "U2", type: "message", city: "Oslo" }],
    ["shop", { id: 6, at: day(1), user: "U3", type: "order", email: "cy@x.example", total: 5 }],
    ["chat", { id: 7, at: day(2), user: "U3", type: "message", email: "cy@x.example" }],
  ] as const;
  for (const [source, body] of posts) await app.service.post(source, body);
  return app;
}

const DAY = 86_400_000;
const step = (type: string, people: number, conversion: number, time: number | null) => ({
  type,
  people,
  conversion,
  medianMs: time,
  p90Ms: time,
});

describe.each(storeKinds)("$name", (kind) => {
  test("a person who was merged goes all the way, and counts once", async () => {
    const app = await seeded(kind);
    const steps = [{ type: "message", source: "chat" }, { type: "sent" }, { type: "order" }];
    const { status, body } = await app.post<FunnelBody>("/v1/funnel", { steps, within: "30d" });
    expect(status).toBe(200);
    expect(funnelAnswerSchema.parse(body)).toEqual({
      steps: [
        step("message", 3, 1, null),
        step("sent", 1, 1 / 3, DAY),
        step("order", 1, 1 / 3, 2 * DAY),
      ],
    });
  });

  test("within, from, to, and what stands in the payload narrow it", async () => {
    const app = await seeded(kind);
    const order = { type: "order", where: { total: { gte: 100 } } };
    const ask = async (more: object) => {
      const steps = [{ type: "message" }, order];
      const { body } = await app.post<FunnelBody>("/v1/funnel", { steps, ...more });
      return body.steps.map(({ people }) => people);
    };
    expect(await ask({})).toEqual([3, 1]);
    expect(await ask({ within: "3d" })).toEqual([3, 1]);
    expect(await ask({ within: "2d" })).toEqual([3, 0]);
    expect(await ask({ from: "2026-03-02" })).toEqual([1, 0]);
    expect(await ask({ to: "2026-03-02", within: "1w" })).toEqual([2, 1]);
    expect(await ask({ to: "2026-03-02" })).toEqual([2, 0]);
    const { body } = await app.post<FunnelBody>("/v1/funnel", { steps: [order] });
    expect(body.steps[0]!.people).toBe(1);
  });

  test("by source, and by a trait of the merged person", async () => {
    const app = await seeded(kind);
    const groupsBy = async (by: unknown, type: string) => {
      const steps = [{ type }];
      const { body } = await app.post<FunnelBody>("/v1/funnel", { steps, by });
      funnelAnswerSchema.parse(body);
      return body.groups!.map(({ value, steps: told }) => [value, told[0]!.people]);
    };
    expect(await groupsBy("city", "order")).toEqual([
      ["Rome", 1],
      [null, 1],
    ]);
    expect(await groupsBy("source", "message")).toEqual([["chat", 3]]);
    expect(await groupsBy({ trait: "source" }, "message")).toEqual([[null, 3]]);
  });
});

describe("a question that is none is told with the path of every fault", () => {
  const [memory] = storeKinds;
  const message = { type: "message" };
  test.each([
    [{}, "steps: expected a list of steps"],
    [{ steps: [] }, "steps: expected at least one step"],
    [{ steps: Array.from({ length: 50 }, () => message) }, "steps: expected at most 20 steps"],
    [{ steps: [message, { source: "chat" }] }, "steps[1].type: "],
    [{ steps: [{ ...message, tpye: 1 }] }, "steps[0].tpye: unknown key"],
    [{ steps: [message], wihtin: "1d" }, "wihtin: unknown key; did you mean within?"],
    [{ steps: [message], within: "soon" }, "within: expected a span of time such as 30m"],
    [{ steps: [message], from: "2026-02-30" }, "from: expected a time such as"],
    [{ steps: [message], to: 7 }, "to: expected a time such as"],
    [{ steps: [message], from: "2026-01-02", to: "2026-01-01" }, "to: expected a time after from"],
    [{ steps: [message], by: "" }, "by: expected "],
    [{ steps: [{ ...message, where: { "a[": 1 } }] }, "steps[0].where.a[: "],
    ["{", "The body is not JSON"],
  ])("%j", async (question, fault) => {
    const app = await seeded(memory!);
    const { status, type, body } = await app.post<ProblemBody>("/v1/funnel", question);
    expect({ status, type }).toEqual({ status: 400, type: "application/problem+json" });
    expect(body.detail).toContain(fault);
  });

  test("of a question that is wrong throughout the first faults are told, and how many more there are", async () => {
    const app = await seeded(memory!);
    const where = Object.fromEntries(Array.from({ length: 60_000 }, (_, number) => [number, []]));
    const steps = [{ ...message, where }];
    const { body } = await app.post<ProblemBody>("/v1/funnel", { steps });
    expect(body.detail).toMatch(/^steps\[0\]\.where.*; and 59980 more like these\.$/);
    expect(body.detail.length).toBeLessThan(5000);
  });
});
