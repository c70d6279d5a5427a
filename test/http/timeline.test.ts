/** The timeline over HTTP: spans of time, the pages of them, and what it makes of parameters that are none. */
import { describe, expect, onTestFinished, test } from "vitest";
import type { z } from "zod";
import { timelineAnswerSchema } from "../../schema/http/timeline.ts";
import { openTestApp, type ProblemBody, type TestApp } from "../support/app.ts";
import { storeKinds, type StoreKind } from "../support/stores.ts";

const SOURCE = "replaceProfileId: user, eventId: id, occurredAt: at, identifiers: { email: email }";
const CONFIG = `
sources:
  chat: { ${SOURCE} }
  shop: { ${SOURCE} }
limits: { pageSizeMax: 50 }
`;

type TimelineBody = z.output<typeof timelineAnswerSchema>;

async function seeded(kind: StoreKind): Promise<TestApp> {
  const opened = kind.open();
  onTestFinished(() => opened.dispose());
  const app = await openTestApp(CONFIG, { store: opened.store });
  const posts = [
    ["chat", { id: 1, at: "2026-03-01T00:00:00Z", user: "U1", type: "message" }],
    ["shop", { id: 2, at: "2026-03-01T23:59:59.999Z", user: "S1", type: "order", email: "a@x" }],
    ["chat", { id: 3, at: "2026-03-01T12:00:00Z", user: "U2", type: "message" }],
    ["chat", { id: 4, at: "2026-03-02T00:00:00Z", user: "U1", type: "message", email: "a@x" }],
    ["shop", { id: 5, at: "2026-04-05T00:00:00Z", user: "U2", type: "order" }],
  ] as const;
  for (const [source, body] of posts) await app.service.post(source, body);
  return app;
}

const of = (source: string, type: string, events: number, people = events) => ({
  source,
  type,
  events,
  people,
});
const FIRST = {
  from: "2026-03-01T00:00:00.000Z",
  events: 3,
  people: 2,
  by: [of("chat", "message", 2), of("shop", "order", 1)],
};
const SECOND = {
  from: "2026-03-02T00:00:00.000Z",
  events: 1,
  people: 1,
  by: [of("chat", "message", 1)],
};
const THIRD = {
  from: "2026-04-05T00:00:00.000Z",
  events: 1,
  people: 1,
  by: [of("shop", "order", 1)],
};

describe.each(storeKinds)("$name", (kind) => {
  test("days with events, the earliest first, and each person once a day and once in all", async () => {
    const app = await seeded(kind);
    const { status, body } = await app.get<TimelineBody>("/v1/timeline");
    expect(status).toBe(200);
    // Whoever chats as U1 and buys as S1 is one; the two called U2 are two, for each source has ids of its own.
    expect(timelineAnswerSchema.parse(body)).toEqual({
      timeline: [FIRST, SECOND, THIRD],
      events: 5,
      people: 3,
      next: null,
    });
  });

  test("weeks, months, times, sources and types", async () => {
    const app = await seeded(kind);
    const told = async (parameters: string) => {
      const { body } = await app.get<TimelineBody>(`/v1/timeline?${parameters}`);
      const spans = body.timeline.map(
        ({ from, events, people }) => `${from.slice(0, 10)} ${events}/${people}`,
      );
      return [...spans, `${body.events}/${body.people}`];
    };
    expect(await told("interval=week")).toEqual([
      "2026-02-23 3/2",
      "2026-03-02 1/1",
      "2026-03-30 1/1",
      "5/3",
    ]);
    expect(await told("interval=month")).toEqual(["2026-03-01 4/2", "2026-04-01 1/1", "5/3"]);
    expect(await told("from=2026-03-01T12:00:00Z&to=2026-03-02")).toEqual([
      "2026-03-01 2/2",
      "2/2",
    ]);
    expect(await told("source=shop&type=order&interval=month")).toEqual([
      "2026-03-01 1/1",
      "2026-04-01 1/1",
      "2/2",
    ]);
    expect(await told("type=nothing")).toEqual(["0/0"]);
  });

  test("a cursor leads through all spans, each once, with the counts of the whole", async () => {
    const app = await seeded(kind);
    const pages: TimelineBody[] = [];
    for (let next: string | null = ""; next !== null; next = pages.at(-1)!.next) {
      const cursor = next === "" ? "" : `&cursor=${next}`;
      const { body } = await app.get<TimelineBody>(`/v1/timeline?limit=2${cursor}`);
      pages.push(body);
    }
    expect(pages.map(({ timeline }) => timeline)).toEqual([[FIRST, SECOND], [THIRD]]);
    expect(pages.map(({ events, people }) => [events, people])).toEqual([
      [5, 3],
      [5, 3],
    ]);
  });

  test("as NDJSON it is one span a line, all of them", async () => {
    const app = await seeded(kind);
    const headers = { accept: "application/x-ndjson" };
    const answer = await app.send("/v1/timeline?limit=1", { headers });
    expect(answer.headers.get("content-type")).toBe("application/x-ndjson");
    const lines = (await answer.text()).trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([FIRST, SECOND, THIRD]);
  });
});

test("its type is the one that the client would rather have; what there is not is refused, and caches are told", async () => {
  const app = await seeded(storeKinds[0]!);
  const typeFor = async (accept: string) => {
    const answer = await app.send("/v1/timeline", { headers: { accept } });
    expect(answer.headers.get("vary")).toBe("Accept");
    return [answer.status, answer.headers.get("content-type")];
  };
  for (const accept of ["*/*", "application/json, application/x-ndjson;q=0.1", "text/html, */*"])
    expect(await typeFor(accept)).toEqual([200, "application/json"]);
  expect(await typeFor("Application/X-NDJSON")).toEqual([200, "application/x-ndjson"]);
  expect(await typeFor("text/csv")).toEqual([406, "application/problem+json"]);
});

describe("parameters that are none", () => {
  const [memory] = storeKinds;

  async function faultOf(parameters: string): Promise<string> {
    const app = await seeded(memory!);
    const { status, body } = await app.get<ProblemBody>(`/v1/timeline?${parameters}`);
    expect(status).toBe(400);
    return body.detail;
  }

  test.each([
    ["from=yesterday", "from: expected a time such as"],
    ["from=2026-02-30", "from: expected a time such as"],
    ["from=2026-01-02&to=2026-01-01", "to: expected a time after from"],
    ["interval=year", "interval: expected day, week or month"],
    ["limit=51", "limit: expected at most 50"],
    ["form=2026-01-01", "form: unknown key; did you mean from?"],
    ["cursor=abc", "The cursor cannot be used: it was not made by this service."],
  ])("%s", async (parameters, fault) => {
    expect(await faultOf(parameters)).toContain(fault);
  });

  test("a cursor of another question is refused", async () => {
    const app = await seeded(memory!);
    const { body } = await app.get<TimelineBody>("/v1/timeline?limit=1");
    expect(body.next).not.toBeNull();
    for (const other of ["interval=week", "type=order", "source=shop", "from=2020-01-01"])
      expect(await faultOf(`${other}&cursor=${body.next}`)).toBe(
        "The cursor cannot be used: it belongs to a timeline with other parameters.",
      );
    const changes = Buffer.from(JSON.stringify(["deliveries", "dl_1"])).toString("base64url");
    expect(await faultOf(`cursor=${changes}`)).toContain("it was not made by this service");
  });
});
