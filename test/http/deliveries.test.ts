/** Deliveries over HTTP: the list, what lies in quarantine, replaying and discarding it, and who may. */
import { describe, expect, test } from "vitest";
import { MemoryStore } from "../../src/store/memory.ts";
import type { StatsView } from "../../src/queries/queries.ts";
import { openTestApp, type ProblemBody, type TestApp } from "../support/app.ts";
import { SEEDS } from "../support/ids.ts";

const configOf = (path: string, more = "") => `
sources:
  crm: { replaceProfileId: ${path}, eventId: key, eventType: kind, withoutId: quarantine ${more} }
  open: { replaceProfileId: id, eventId: key }
`;
const RIGHT = configOf("id");
const WRONG = configOf("ident");
const KEYS = `
apiKeys:
  - { name: reader, key: r3ad, scopes: [read] }
  - { name: writer, key: wr1te, scopes: [write] }
`;

interface Delivery {
  readonly id: string;
  readonly source: string;
  readonly receivedAt: string;
  readonly outcome: string;
  readonly events: readonly Readonly<Record<string, string>>[];
}

interface Deliveries {
  readonly deliveries: readonly Delivery[];
  readonly next: string | null;
}

interface Posted {
  readonly delivery: string;
  readonly events: readonly { readonly event: string }[];
}

async function post(app: TestApp, body: unknown, source = "crm"): Promise<Posted> {
  const { status, body: receipt } = await app.post<Posted>(`/webhooks/${source}`, body, {
    "x-kind": "a",
    cookie: "s3cret",
  });
  expect(status).toBe(200);
  return receipt;
}

/** The same store behind the wrong configuration and, later, the right one. */
function apps() {
  const store = new MemoryStore(SEEDS);
  let now = Date.UTC(2026, 0, 1);
  const clock = () => now++;
  return (yaml: string) => openTestApp(yaml, { store, clock });
}

async function counts(app: TestApp): Promise<string[]> {
  const { body } = await app.get<StatsView>("/v1/stats");
  return body.outcomes.map((one) => `${one.outcome} ${one.deliveries} ${one.events}`).toSorted();
}

describe("the list", () => {
  test("tells what became of deliveries, the last first, page by page, by source and outcome", async () => {
    const app = await openTestApp(RIGHT);
    const accepted = await post(app, { key: "e1", id: 1, kind: "signup" });
    const kept = await post(app, [{ key: "e2" }, { key: "e3", id: 2, kind: "order" }]);
    const anonymous = await post(app, { key: "e4" }, "open");
    const { body } = await app.get<Deliveries>("/v1/deliveries");
    const receivedAt = expect.stringMatching(/^2026-01-01T.*Z$/);
    expect(body).toEqual({
      deliveries: [
        {
          id: anonymous.delivery,
          source: "open",
          receivedAt,
          outcome: "anonymous",
          events: [{ event: anonymous.events[0]!.event, outcome: "anonymous", type: "open" }],
        },
        {
          id: kept.delivery,
          source: "crm",
          receivedAt,
          outcome: "quarantined",
          events: [
            { event: kept.events[1]!.event, outcome: "accepted", type: "order" },
            {
              event: kept.events[0]!.event,
              outcome: "quarantined",
              reason: "no usable id: nothing stands at id",
            },
          ],
        },
        {
          id: accepted.delivery,
          source: "crm",
          receivedAt,
          outcome: "accepted",
          events: [{ event: accepted.events[0]!.event, outcome: "accepted", type: "signup" }],
        },
      ],
      next: null,
    });
    const idsOf = async (query: string) =>
      (await app.get<Deliveries>(`/v1/deliveries?${query}`)).body.deliveries.map(({ id }) => id);
    expect(await idsOf("source=open")).toEqual([anonymous.delivery]);
    expect(await idsOf("outcome=quarantined")).toEqual([kept.delivery]);
    const first = (await app.get<Deliveries>("/v1/deliveries?limit=2")).body;
    await post(app, { key: "e5", id: 1 });
    const second = await app.get<Deliveries>(`/v1/deliveries?limit=2&cursor=${first.next!}`);
    expect(second.body.deliveries.map(({ id }) => id)).toEqual([accepted.delivery]);
    expect(second.body.next).toBeNull();
  });

  test.each([
    ["outcome=duplicate", "/v1/stats"],
    ["outcome=dropped", "/v1/stats"],
    ["outcome=rejected", "/v1/stats"],
    ["outcome=lost", "expected accepted, anonymous or quarantined"],
    ["cursor=abc", "cursor"],
    ["cursor=WyJhc2MiLDEsImEiLCJiIl0", "cursor"],
    ["limit=0", "limit"],
    ["sources=crm", "sources"],
  ])("%s is a 400 that says why", async (query, why) => {
    const app = await openTestApp(RIGHT);
    const { status, body } = await app.get<ProblemBody>(`/v1/deliveries?${query}`);
    expect([status, body.detail]).toEqual([400, expect.stringContaining(why)]);
  });
});

describe("a quarantined delivery", () => {
  test("is told as it came, without secrets", async () => {
    const app = await openTestApp(WRONG);
    const text = '{"key":"e1",  "id":12345678901234567890}';
    const { delivery, events } = await post(app, text, "crm?a=1&token=s3cret");
    const { body, text: told } = await app.get(`/v1/deliveries/${delivery}`);
    expect(body).toEqual({
      id: delivery,
      source: "crm",
      receivedAt: expect.any(String),
      outcome: "quarantined",
      events: [{ ...events[0], outcome: "quarantined" }],
      eventType: null,
      contentType: "application/json",
      headers: { "content-type": "application/json", "x-kind": "a" },
      query: "a=1",
      body: text,
    });
    expect(told).not.toContain("s3cret");
  });

  test("whose body is no text is told in base64", async () => {
    const app = await openTestApp(WRONG);
    const receipt = await app.service.engine.receive({
      source: "crm",
      contentType: "application/json",
      headers: new Map([["content-type", "application/json"]]),
      query: new URLSearchParams(),
      body: Uint8Array.from([0xff, 0x00]),
      isVerified: true,
    });
    const { delivery } = receipt as { delivery: string };
    const { body } = await app.get<Record<string, unknown>>(`/v1/deliveries/${delivery}`);
    expect(body).toMatchObject({ bodyBase64: "/wA=" });
    expect(body).not.toHaveProperty("body");
  });

  test("that is none is a 404 that says where to look", async () => {
    const app = await openTestApp(RIGHT);
    const { delivery } = await post(app, { key: "e1", id: 1 });
    const stored = await app.get<ProblemBody>(`/v1/deliveries/${delivery}`);
    expect([stored.status, stored.body.detail]).toEqual([404, expect.stringContaining("journeys")]);
    const { delivery: nobodys } = await post(app, { key: "e2" }, "open");
    const anonymous = await app.get<ProblemBody>(`/v1/deliveries/${nobodys}`);
    expect([anonymous.status, anonymous.body.detail]).toEqual([
      404,
      expect.stringContaining("once their path is right, have them sent or imported again"),
    ]);
    const none = await app.get<ProblemBody>("/v1/deliveries/dl_1");
    expect([none.status, none.body.detail]).toEqual([
      404,
      expect.stringContaining("/v1/deliveries?outcome=quarantined"),
    ]);
    for (const answer of [
      await app.post("/v1/deliveries/dl_1/replay", ""),
      await app.delete("/v1/deliveries/dl_1"),
    ])
      expect(answer.status).toBe(404);
  });
});

describe("a replay", () => {
  test("answers like ingress, and what was mapped has the id and the time of its delivery", async () => {
    const open = apps();
    const wrong = await open(WRONG);
    const { delivery, events } = await post(wrong, [{ key: "e1", id: 1 }, { key: "e2" }]);
    const kept = (await wrong.get<Delivery>(`/v1/deliveries/${delivery}`)).body;
    const app = await open(RIGHT);
    const { status, body } = await app.post(`/v1/deliveries/${delivery}/replay`, "");
    expect([status, body]).toEqual([
      200,
      {
        delivery,
        events: [
          { event: events[0]!.event, outcome: "accepted" },
          {
            event: events[1]!.event,
            outcome: "quarantined",
            reason: "no usable id: nothing stands at id",
          },
        ],
      },
    ]);
    const journey = await app.get<{ events: readonly object[] }>("/v1/profiles/crm:1/journey");
    const { receivedAt } = kept;
    expect(journey.body.events).toMatchObject([{ receivedAt, occurredAt: receivedAt }]);
    expect(await counts(app)).toEqual(["accepted 0 1", "quarantined 1 1"]);
    const { body: after } = await app.get<Delivery>(`/v1/deliveries/${delivery}`);
    expect(after.events.map(({ outcome }) => outcome)).toEqual(["accepted", "quarantined"]);
  });

  test("of a source that is disabled is done; of one that is gone it is a 409 and changes nothing", async () => {
    const open = apps();
    const { delivery } = await post(await open(WRONG), { key: "e1", id: 1 });
    const gone = await open("sources: { other: { replaceProfileId: id } }");
    const refused = await gone.post<ProblemBody>(`/v1/deliveries/${delivery}/replay`, "");
    expect([refused.status, refused.body.detail]).toEqual([
      409,
      expect.stringContaining('No source is called "crm" any more'),
    ]);
    expect(await counts(gone)).toEqual(["quarantined 1 1"]);
    const disabled = await open(configOf("id", ", enabled: false"));
    const { status } = await disabled.post(`/v1/deliveries/${delivery}/replay`, "");
    expect(status).toBe(200);
    expect(await counts(disabled)).toEqual(["accepted 1 1"]);
  });
});

describe("a delivery that is discarded", () => {
  test("is gone for good, and counted as dropped", async () => {
    const app = await openTestApp(RIGHT);
    const { delivery, events } = await post(app, [
      { key: "e1" },
      { key: "e2", id: 2 },
      { key: "e3" },
    ]);
    expect(await counts(app)).toEqual(["accepted 0 1", "quarantined 1 2"]);
    const { status, body } = await app.delete(`/v1/deliveries/${delivery}`);
    const dropped = { outcome: "dropped", reason: "it was discarded" };
    expect([status, body]).toEqual([
      200,
      { delivery, events: [0, 2].map((place) => ({ event: events[place]!.event, ...dropped })) },
    ]);
    expect(await counts(app)).toEqual(["accepted 1 1", "dropped 0 2"]);
    expect((await app.delete(`/v1/deliveries/${delivery}`)).status).toBe(404);
    const alone = await post(app, { key: "e4" });
    await app.delete(`/v1/deliveries/${alone.delivery}`);
    expect(await counts(app)).toEqual(["accepted 1 1", "dropped 1 3"]);
  });
});

test("to read needs the scope read, to replay or discard the scope write, and no page from elsewhere may", async () => {
  const guarded = await openTestApp(WRONG + KEYS);
  const { delivery } = await post(guarded, { key: "e1", id: 1 });
  const statuses = async (headers: Readonly<Record<string, string>>) => [
    (await guarded.get("/v1/deliveries", headers)).status,
    (await guarded.get(`/v1/deliveries/${delivery}`, headers)).status,
    (await guarded.post(`/v1/deliveries/${delivery}/replay`, "", headers)).status,
    (await guarded.delete(`/v1/deliveries/${delivery}`, headers)).status,
  ];
  expect(await statuses({})).toEqual([401, 401, 401, 401]);
  expect(await statuses({ authorization: "Bearer r3ad" })).toEqual([200, 200, 403, 403]);
  expect(await statuses({ authorization: "Bearer wr1te" })).toEqual([403, 403, 200, 200]);

  const app = await openTestApp(WRONG);
  const kept = await post(app, { key: "e1", id: 1 });
  const origin = { origin: "https://evil.example" };
  expect((await app.post(`/v1/deliveries/${kept.delivery}/replay`, "", origin)).status).toBe(403);
  expect((await app.delete(`/v1/deliveries/${kept.delivery}`, origin)).status).toBe(403);
  expect(await counts(app)).toEqual(["quarantined 1 1"]);
});
