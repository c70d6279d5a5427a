/** What an attacker may send costs work in proportion to its size, and ends in one way like everything else. */
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { MemoryStore } from "../src/store/memory.ts";
import type { Receipt } from "../src/engine.ts";
import { takeIn } from "../src/intake.ts";
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

  test("is kept so that it can be read again: whole as it came, an element as the JSON it is", () => {
    const gzip = { "content-encoding": "gzip", "x-a": "1" };
    const whole = gzipSync('{"no":1}');
    expect(taken(whole, gzip)).toMatchObject({
      intents: [{ event: { body: whole, headers: gzip, contentType: "application/json" } }],
    });
    expect(taken(gzipSync('{"no":1}\n{"no":2}'), gzip)).toMatchObject({
      intents: [
        { event: { body: Buffer.from('{"no":1}'), contentType: "application/json" } },
        { event: { body: Buffer.from('{"no":2}'), headers: { "x-a": "1" } } },
      ],
    });
    const [intent] = (taken(gzipSync("[{}]"), gzip) as { intents: readonly unknown[] }).intents;
    expect(Object.keys((intent as { event: { headers: object } }).event.headers)).toEqual(["x-a"]);
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
  const intake = takeIn(
    {
      id: "dl_1",
      source,
      receivedAt: 1,
      urlEventType: undefined,
      contentType: "application/json",
      headers: new Map([...secrets, ...harmless].map((name) => [name, `value of ${name}`])),
      query: new URLSearchParams("user=7&token=s3cret&api_key=s3cret"),
      body: Buffer.from("{}"),
    },
    (text) => text,
  );
  const [intent] = "intents" in intake ? intake.intents : [];
  expect(intent).toMatchObject({ kind: "quarantine", event: { query: "user=7" } });
  const { headers } = (intent as { event: { headers: object } }).event;
  expect(Object.keys(headers)).toEqual(harmless);
});
