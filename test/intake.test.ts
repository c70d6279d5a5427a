/** What an attacker may send costs work in proportion to its size, and ends in one way like everything else. */
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { MemoryStore } from "../src/store/memory.ts";
import type { Receipt } from "../src/messages.ts";
import { keptOf, takeIn, takeInByTurns, type Delivery } from "../src/intake.ts";
import { SEEDS } from "./support/ids.ts";
import {
  openTestService,
  receivedEvents,
  settingsFrom,
  type TestService,
} from "./support/service.ts";

const CONFIG = `
sources:
  all: { replaceProfileId: "$.ids[*]" }
  deep: { replaceProfileId: "$..id" }
  many: { events: items, replaceProfileId: id }
  strict: { replaceProfileId: id, withoutId: quarantine }
  form: { identifiers: { email: email } }
  picky:
    replaceProfileId: "$.ids[?@.x].id"
    withoutId: quarantine
    drop: [bot_id, { path: subtype, equals: [bot_message] }]
    honeypot: website
`;

const FORM = "application/x-www-form-urlencoded";

async function openMemory(): Promise<TestService> {
  return openTestService(CONFIG, new MemoryStore(SEEDS));
}

function send(
  service: TestService,
  source: string,
  body: string,
  contentType = "application/json",
): Promise<Receipt> {
  return service.engine.receive({
    source,
    contentType,
    headers: new Map(),
    query: new URLSearchParams(),
    body: Buffer.from(body),
  });
}

describe("a megabyte", () => {
  const repeated = (piece: string) => piece.repeat(Math.floor(1_000_000 / piece.length));

  test.each([
    ["form", `a=${"%61+".repeat(250_000)}`, FORM, "anonymous"],
    ["form", `a${"[b]".repeat(60)}=${"c".repeat(999_000)}`, FORM, "anonymous"],
    ["form", repeated(`a[b][]${"[c]".repeat(60)}${"d".repeat(1000)}=&`), FORM, "anonymous"],
    ["form", repeated(`a[${"b".repeat(2100)}]=&a=&`), FORM, "anonymous"],
    ["all", `{"ids":[${repeated("1e999,")}null]}`, "application/json", "anonymous"],
    ["all", `{"ids":[${repeated("null,")}null]}`, "application/json", "anonymous"],
    ["all", `{"ids":[${repeated("0,")}"U1"]}`, "application/json", "anonymous"],
    ["many", `{"items":[${repeated("0,")}0]}`, "application/json", "quarantined"],
    ["many", `[${repeated("[],")}0]`, "application/json", "quarantined"],
    ["deep", `{"a":${"[".repeat(62)}{"id":"U1"}${"]".repeat(62)}}`, "application/json", "accepted"],
  ])(
    "for %s, %.20s…, is answered at once and in few words",
    async (source, body, contentType, outcome) => {
      const service = await openMemory();
      const receipt = await send(service, source, body, contentType);
      expect(receivedEvents(receipt).map((event) => event.outcome)).toEqual([outcome]);
      expect(JSON.stringify(receipt).length).toBeLessThan(2000);
    },
  );
});

describe("names that tell events apart", () => {
  test("the same text twice in one delivery is two events; the delivery again is none", async () => {
    const service = await openMemory();
    const body = '[{"id":"U1","type":"click"},{"id":"U1","type":"click"}]';
    const outcomes = async () =>
      receivedEvents(await send(service, "strict", body)).map(({ outcome }) => outcome);
    expect(await outcomes()).toEqual(["accepted", "accepted"]);
    expect(await outcomes()).toEqual(["duplicate", "duplicate"]);
  });

  test("an id that looks like that of a list's element is another", async () => {
    const service = await openMemory();
    const withId = (id: string, body: string) =>
      service.engine.receive({
        source: "strict",
        contentType: "application/json",
        headers: new Map([["webhook-id", id]]),
        query: new URLSearchParams(),
        body: Buffer.from(body),
      });
    receivedEvents(await withId("W", '[{"id":"U1"},{"id":"U2"}]'));
    for (const id of ["W#0", "W0", "W 0", '["W",0]'])
      expect(receivedEvents(await withId(id, '{"id":"U3"}'))[0]!.outcome).toBe("accepted");
  });
});

describe("what a source drops", () => {
  const dropped = async (source: string, body: string, contentType?: string) => {
    const service = await openMemory();
    return receivedEvents(await send(service, source, body, contentType)).map(
      ({ outcome, ...rest }) => ["reason" in rest ? rest.reason : undefined, outcome],
    );
  };

  test("is dropped with its reason, before anything else is asked of it, each event alone", async () => {
    const events = [{ bot_id: "B1" }, { subtype: "bot_message" }, { subtype: "other" }, 7];
    expect(await dropped("picky", JSON.stringify(events))).toEqual([
      ["bot_id is given", "dropped"],
      ['subtype is "bot_message"', "dropped"],
      [expect.stringContaining("no usable id"), "quarantined"],
      ["the event is not an object", "quarantined"],
    ]);
    expect(await dropped("picky", "website=x&email=a", FORM)).toEqual([
      ["the honeypot field website is filled", "dropped"],
    ]);
  });

  test("stays dropped when it comes again, and nobody is made of it", async () => {
    const service = await openMemory();
    for (let time = 0; time < 2; time++) {
      const [event] = receivedEvents(await send(service, "picky", '{"bot_id":"B1","ids":[]}'));
      expect(event).toMatchObject({ outcome: "dropped", reason: "bot_id is given" });
    }
    expect((await service.queries.stats()).profiles).toBe(0);
  });
});

describe("a large delivery", () => {
  const listOf = (length: number): Delivery => ({
    id: "dl_1",
    source: settingsFrom(CONFIG).sources.get("many")!,
    receivedAt: 1,
    urlEventType: undefined,
    contentType: "application/json",
    headers: new Map(),
    query: new URLSearchParams(),
    body: Buffer.from(JSON.stringify({ items: Array.from({ length }, (_, id) => ({ id })) })),
  });
  const fingerprint = (text: string) => text;

  test("is read by turns, and says the same as when it is read at once", async () => {
    const list = listOf(201);
    let turns = 0;
    let isRead = false;
    const others = () => {
      turns++;
      if (!isRead) setImmediate(others);
    };
    const taking = takeInByTurns(list, fingerprint);
    if (!("readIntents" in taking)) throw new Error("it was read at once");
    setImmediate(others);
    const intents = await taking.readIntents();
    isRead = true;
    expect(turns).toBeGreaterThanOrEqual(3);
    expect({ intents, bytes: taking.bytes }).toEqual(takeIn(list, fingerprint));
  });

  test("is large when it holds more than fifty events; others are read at once", () => {
    expect(takeInByTurns(listOf(50), fingerprint)).toEqual(takeIn(listOf(50), fingerprint));
    expect(takeInByTurns(listOf(51), fingerprint)).toHaveProperty("readIntents");
  });
});

describe("a compressed delivery", () => {
  const taken = (body: Uint8Array, headers: Readonly<Record<string, string>> = {}) =>
    takeIn(
      {
        id: "dl_1",
        source: settingsFrom(CONFIG).sources.get("strict")!,
        receivedAt: 1,
        urlEventType: undefined,
        contentType: "application/json",
        headers: new Map(Object.entries(headers)),
        query: new URLSearchParams(),
        body,
      },
      (text) => text,
    );

  test("weighs what it holds in memory, and any other what came", () => {
    const text = JSON.stringify({ id: "x".repeat(10_000) });
    expect(taken(Buffer.from(text))).toMatchObject({ bytes: text.length });
    const compressed = taken(gzipSync(text), { "content-encoding": "gzip" });
    expect(compressed).toMatchObject({ bytes: text.length });
  });

  test("is kept as it came, and can be taken again", async () => {
    const service = await openMemory();
    const body = gzipSync('[{"no":1},{"no":2}]');
    const receipt = await service.engine.receive({
      source: "strict",
      contentType: "application/json",
      headers: new Map([["content-encoding", "gzip"]]),
      query: new URLSearchParams(),
      body,
    });
    const { delivery } = receipt as { delivery: string };
    const found = await service.quarantine.find(delivery);
    expect(found).toMatchObject({ kept: { headers: { "content-encoding": "gzip" } } });
    expect(Buffer.from((found as { kept: { body: Uint8Array } }).kept.body)).toEqual(body);
    const [replayed] = await service.quarantine.replay([delivery]);
    expect(replayed).toMatchObject({
      events: [{ outcome: "quarantined" }, { outcome: "quarantined" }],
    });
  });
});

test("what is quarantined keeps no secret", () => {
  const source = settingsFrom(CONFIG).sources.get("strict")!;
  const secrets = [
    "authorization",
    "x-hub-signature-256",
    "cookie",
    "x-functions-key",
    "x-sig",
    "x-auth-token",
  ];
  const harmless = ["content-type", "x-github-event", "idempotency-key", "x-request-id"];
  const kept = keptOf({
    id: "dl_1",
    source,
    receivedAt: 1,
    urlEventType: undefined,
    contentType: "application/json",
    headers: new Map([...secrets, ...harmless, "x-shop"].map((name) => [name, `value of ${name}`])),
    query: new URLSearchParams("user=7&token=s3cret&api_key=s3cret&Door=s3cret"),
    credentials: { headers: new Set(["x-shop"]), query: new Set(["door"]), inPath: false },
    body: Buffer.from("{}"),
  });
  expect(kept.query).toBe("user=7");
  expect(Object.keys(kept.headers)).toEqual(harmless);
});

test("what is quarantined keeps no token of its address, though a proxy tells the address in a header", async () => {
  const service = await openTestService(
    `
sources:
  path: { replaceProfileId: id, withoutId: quarantine, secret: "pa th/s3cret", verify: { scheme: token, in: path } }
  query: { replaceProfileId: id, withoutId: quarantine, secret: qu3ry, verify: { scheme: token, in: query, name: door } }
`,
    new MemoryStore(SEEDS),
  );
  const keptHeaders = async (source: string, pathToken: string | undefined, target: string) => {
    const receipt = await service.engine.receive({
      source,
      pathToken,
      contentType: "application/json",
      headers: new Map([
        ["x-original-uri", target],
        ["x-forwarded-host", "hooks.example.com"],
      ]),
      query: new URL(target, "http://localhost").searchParams,
      body: Buffer.from("{}"),
    });
    const kept = await service.store.keptDelivery((receipt as { delivery: string }).delivery);
    return kept!.delivery.headers;
  };
  const harmless = { "x-forwarded-host": "hooks.example.com" };
  const path = "/webhooks/path/pa%20th%2Fs3cret";
  expect(await keptHeaders("path", "pa th/s3cret", path)).toEqual(harmless);
  expect(await keptHeaders("query", undefined, "/webhooks/query?door=qu3ry")).toEqual(harmless);
});

describe("a body that cannot be parsed", () => {
  const sent = (isVerified: boolean | undefined, body: Uint8Array) => ({
    source: "strict",
    contentType: "application/json",
    headers: new Map<string, string>(),
    query: new URLSearchParams(),
    body,
    isVerified,
  });

  test.each([
    ["no JSON", Buffer.from('{"id":'), "it ends too early"],
    ["no UTF-8", Buffer.from([0x7b, 0xff]), "not valid UTF-8"],
  ])("%s, is quarantined where the sender is known, else turned away", async (_, body, reason) => {
    const service = await openMemory();
    expect(await service.engine.receive(sent(undefined, body))).toMatchObject({
      kind: "rejected",
      code: "unparseable",
    });
    const receipt = await service.engine.receive(sent(true, body));
    const [event] = receivedEvents(receipt);
    expect(event).toMatchObject({
      outcome: "quarantined",
      reason: expect.stringContaining(reason),
    });
    const [{ delivery, events } = expect.unreachable()] = await keptIn(service);
    expect(Buffer.from(delivery.body)).toEqual(body);
    expect(events).toMatchObject([{ id: event!.event, place: undefined }]);
    const [again] = receivedEvents(await service.engine.receive(sent(true, body)));
    expect(again).toMatchObject({ event: event!.event, outcome: "duplicate" });
  });
});

async function keptIn({ store }: TestService) {
  const summaries = await store.keptDeliveries({ limit: 100 });
  const records = await Promise.all(summaries.map(({ id }) => store.keptDelivery(id)));
  return records.map((record) => record!);
}

describe("what could not be read", () => {
  test("is told apart by all that tells events apart, so that none is taken for another", async () => {
    const service = await openMemory();
    const send = async (headers: Record<string, string>, query: string, body: string) => {
      const receipt = await service.engine.receive({
        source: "many",
        contentType: "application/json",
        headers: new Map(Object.entries(headers)),
        query: new URLSearchParams(query),
        body: Buffer.from(body),
      });
      return receivedEvents(receipt).map(({ outcome }) => outcome);
    };
    const unmappable = '{"id":1}';
    expect(await send({ "webhook-id": "W1" }, "", unmappable)).toEqual(["quarantined"]);
    expect(await send({ "webhook-id": "W1" }, "", '{"id":2}')).toEqual(["duplicate"]);
    expect(await send({ "webhook-id": "W2" }, "", unmappable)).toEqual(["quarantined"]);
    expect(await send({}, "a=1", unmappable)).toEqual(["quarantined"]);
    expect(await send({}, "a=2", unmappable)).toEqual(["quarantined"]);
    expect(await send({}, "a=2", unmappable)).toEqual(["duplicate"]);
  });
});
