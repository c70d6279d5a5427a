import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseBody } from "../../src/extract/body.ts";
import { extractEvent, type ExtractedEvent } from "../../src/extract/extract.ts";
import type { Source } from "../../src/extract/source.ts";
import { usableId } from "../../src/extract/usable.ts";
import { identifierText } from "../../src/identity/identifier.ts";
import { requestOf, sourceOf, type Request } from "../support/bodies.ts";

/** A stand-in for a hash that lets a test see what was hashed. */
const fingerprint = (text: string) => `<${text}>`;

function extractAll(
  source: Source,
  body: string | Uint8Array,
  request: Request = {},
): ExtractedEvent[] {
  const parsed = parseBody(requestOf(body, request), source);
  if (parsed.kind !== "events") throw new Error(JSON.stringify(parsed));
  return parsed.subjects.map((subject, index) =>
    extractEvent(source, subject, {
      urlEventType: undefined,
      index: parsed.many ? index : undefined,
      repetition: 0,
      query: request.query ?? "",
      fingerprint,
    }),
  );
}

const extractOne = (yaml: string, body: unknown, request?: Request) =>
  extractAll(sourceOf(yaml), typeof body === "string" ? body : JSON.stringify(body), request)[0]!;

const texts = ({ home, others }: ExtractedEvent) =>
  [...(home === null ? [] : [home]), ...others].map(identifierText);

describe("the home and the others", () => {
  test("the replaced profile id is the home; without it, the first other identifier", () => {
    const yaml = "{ replaceProfileId: [user.id, user], identifiers: { email: mail, crm: crm } }";
    expect(texts(extractOne(yaml, { user: "U7", mail: "A@x", crm: 5 }))).toEqual([
      "chat:U7",
      "email:a@x",
      "crm:5",
    ]);
    expect(texts(extractOne(yaml, { user: { id: "U8" }, mail: "a@x" }))).toEqual([
      "chat:U8",
      "email:a@x",
    ]);
    expect(texts(extractOne(yaml, { mail: "a@x", crm: 5 }))).toEqual(["email:a@x", "crm:5"]);
    expect(texts(extractOne(yaml, {}))).toEqual([]);
  });

  test("a list gives the first usable value, not the first that stands there", () => {
    const yaml = "{ replaceProfileId: [a, b, c] }";
    expect(texts(extractOne(yaml, { a: "null", b: {}, c: "U7" }))).toEqual(["chat:U7"]);
  });

  test("a literal is a value", () => {
    expect(texts(extractOne("{ replaceProfileId: { value: everybody } }", {}))).toEqual([
      "chat:everybody",
    ]);
  });

  test("an id space is shared; the same identifier twice is one", () => {
    const yaml = "{ replaceProfileId: id, idSpace: email, identifiers: { email: mail } }";
    expect(texts(extractOne(yaml, { id: "A@X", mail: "a@x" }))).toEqual(["email:a@x"]);
  });

  test("what was no id is told with its path and reason", () => {
    const { unusable } = extractOne("{ replaceProfileId: user, identifiers: { email: mail } }", {
      user: ["U1"],
      mail: "nonsense",
    });
    expect(unusable).toEqual([
      {
        namespace: "chat",
        path: "user",
        value: undefined,
        reason: "the value is a list, not an id",
      },
      { namespace: "email", path: "mail", value: "nonsense", reason: "not an e-mail address" },
    ]);
  });
});

describe("scopes", () => {
  const yaml = "{ replaceProfileId: user, idScope: team }";
  test("prefix the id", () => {
    expect(texts(extractOne(yaml, { team: "T1", user: "U7" }))).toEqual(["chat:T1/U7"]);
    expect(texts(extractOne(yaml, { user: "U7" }))).toEqual(["chat:U7"]);
    expect(texts(extractOne(yaml, { team: "null", user: "U7" }))).toEqual(["chat:U7"]);
  });

  test("a scope that is a template nobody filled in is none", () => {
    expect(texts(extractOne(yaml, { team: "%a%", user: "%" }))).toEqual(["chat:%25"]);
    expect(texts(extractOne(yaml, { user: "%" }))).toEqual(["chat:%25"]);
  });

  test("I9: two pairs of scope and id never share an identifier", () => {
    const source = sourceOf(yaml);
    const part = fc.stringMatching(/^[ab/%2F]{1,5}$/);
    const team = part.filter((text) => "text" in usableId(text, () => undefined));
    const pair = fc.record({ team: fc.option(team, { nil: undefined }), user: part });
    fc.assert(
      fc.property(pair, pair, (left, right) => {
        const [a, b] = [left, right].map(
          (body) => texts(extractAll(source, JSON.stringify(body))[0]!)[0],
        );
        fc.pre(a !== undefined && b !== undefined);
        expect(a === b).toBe(left.team === right.team && left.user === right.user);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("type, time and key", () => {
  test("the type is the configured one, else the body's, else the source's name", () => {
    expect(
      extractOne("{ eventType: event.type }", { event: { type: "message" }, type: "outer" }).type,
    ).toBe("message");
    expect(extractOne("{ eventType: event.type }", { type: "outer" }).type).toBe("outer");
    expect(extractOne("{}", { type: "outer" }).type).toBe("outer");
    expect(extractOne("{}", { type: {} }).type).toBe("chat");
    expect(
      extractOne("{ eventType: header:X-Topic }", {}, { headers: { "x-topic": "orders" } }).type,
    ).toBe("orders");
    expect(extractOne("{ eventType: { value: fixed } }", { type: "outer" }).type).toBe("fixed");
  });

  test("the time is the first that is one, else none", () => {
    const yaml = "{ occurredAt: [a, b] }";
    expect(extractOne(yaml, { a: "soon", b: 5 }).occurredAt).toBe(5000);
    expect(extractOne(yaml, {}).occurredAt).toBeUndefined();
  });

  test("the key is the configured id, else a known header, else a hash of what came", () => {
    const headers = { "webhook-id": "h1", "x-github-delivery": "g1" };
    expect(extractOne("{ eventId: id }", { id: 7 }, { headers }).key).toBe("7");
    expect(extractOne("{ eventId: id }", { id: null }, { headers }).key).toBe("h1");
    expect(extractOne("{}", {}, { headers: { "x-github-delivery": "g1" } }).key).toBe("g1");
    expect(extractOne("{}", {}, { headers: { "ce-id": "1", "ce-source": "/a" } }).key).toBe(
      '["/a","1"]',
    );
    expect(extractOne("{}", { a: 1 }, { query: "u=7" }).key).toBe('sha256:<\nu=7\n{"a":1}>');
    expect(extractOne("{ eventId: id }", { id: "k".repeat(600) }).key).toMatch(/^sha256:<k+>$/);
  });

  test("an id of the request is told apart for each event of a list; an id of the body is not", () => {
    const source = sourceOf("{ eventId: [id, header:x-id] }");
    const events = extractAll(source, '[{"id":"a"},{"id":"a"},{},{}]', {
      headers: { "x-id": "h" },
    });
    expect(events.map(({ key }) => key)).toEqual(["a", "a", "h\n2", "h\n3"]);
  });

  test("I10: an integer beyond 2^53 keeps its digits as id, key and trait", () => {
    const event = extractOne(
      "{ replaceProfileId: id, eventId: id, traits: { n: id, o: o } }",
      '{"id":9007199254740993,"o":{"n":[12345678901234567890, 1]}}',
    );
    expect(texts(event)).toEqual(["chat:9007199254740993"]);
    expect(event.key).toBe("9007199254740993");
    expect(event.traits).toEqual([
      { name: "n", value: "9007199254740993" },
      { name: "o", value: '{"n":[12345678901234567890, 1]}' },
    ]);
  });

  test("I10: two integers never meet in a rounded number", () => {
    const source = sourceOf("{ replaceProfileId: id }");
    const large = fc.bigInt({ min: 2n ** 52n, max: 2n ** 70n });
    fc.assert(
      fc.property(large, fc.bigInt({ min: -2n, max: 2n }), (integer, distance) => {
        const [a, b] = [integer, integer + distance].map(
          (id) => texts(extractAll(source, `{"id":${id}}`)[0]!)[0],
        );
        expect(a).toBe(`chat:${integer}`);
        expect(a === b).toBe(distance === 0n);
      }),
    );
  });
});

test("traits are JSON text; null, missing and blank ones are none", () => {
  const { traits } = extractOne("{ traits: { a: a, b: b, c: c, d: [x, d], e: e } }", {
    a: "1",
    b: null,
    c: " ",
    d: false,
    e: { z: [1] },
  });
  expect(traits).toEqual([
    { name: "a", value: '"1"' },
    { name: "d", value: "false" },
    { name: "e", value: '{"z":[1]}' },
  ]);
});

describe("bodies", () => {
  test("I10: a JSON event is the text received, an element of a list too", () => {
    const source = sourceOf("{}");
    const object = '{ "b":1,\n "1":2.0, "a":9007199254740993 }';
    expect(extractAll(source, object)[0]!.payload).toBe(object);
    expect(extractAll(source, `[${object} , {"x":1}]`).map(({ payload }) => payload)).toEqual([
      object,
      '{"x":1}',
    ]);
    expect(
      extractAll(sourceOf("{ events: data.items }"), `{"data":{"items":[${object}]}}`)[0]!.payload,
    ).toBe(object);
    expect(
      extractAll(sourceOf('{ events: "$.data.items[*]" }'), `{"data":{"items":[${object}]}}`)[0]!
        .payload,
    ).toBe(object);
  });

  test("a form is an object of its fields, repeated ones a list", () => {
    const form = { contentType: "application/x-www-form-urlencoded; charset=UTF-8" };
    const event = extractOne(
      "{ identifiers: { email: 'data[email]' } }",
      "data%5Bemail%5D=Ann%40x.de&tag=a&tag=b&__proto__=p",
      form,
    );
    expect(event.payload).toBe('{"data":{"email":"Ann@x.de"},"tag":["a","b"],"__proto__":"p"}');
    expect(texts(event)).toEqual(["email:ann@x.de"]);
  });
});
