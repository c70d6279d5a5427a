import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  bodiesIn,
  FORM,
  LINES,
  parsedBy,
  sourceOf,
  textsIn,
  type Request,
} from "../support/bodies.ts";

const plain = sourceOf("{}");

function outcome(body: string | Uint8Array, request: Request = {}, yaml = "{}"): string | number {
  const bodies = bodiesIn(parsedBy(sourceOf(yaml), body, request));
  return typeof bodies === "string" ? bodies : bodies.length;
}

describe("what cannot be read is told apart, and never quoted", () => {
  test.each([
    ['{"a":', {}, /^unparseable: .*ends too early/],
    ['{"secret":"s3cret",}', {}, /^unparseable: (?!.*s3cret)/],
    ["", {}, /^unparseable/],
    [Buffer.from([0x7b, 0xff, 0x7d]), {}, /^unparseable: .*UTF-8/],
    ["[".repeat(100), {}, /^unparseable: .*deeper than 64/],
    ["{}", { contentType: "text/plain" }, /^unknown-content-type: .*send application\/json/],
    ["{}", { contentType: "" }, /^unknown-content-type: A body without Content-Type/],
    ["", { contentType: null }, /^unknown-content-type: A body without Content-Type/],
    [
      "{}",
      { contentType: "application/json; charset=latin1" },
      /^unknown-content-type: The charset "latin1"/,
    ],
    ["{}", { contentType: `${LINES}; charset="utf-16"` }, /^unknown-content-type: The charset/],
    ["_charset_=windows-1252&a=1", { contentType: FORM }, /^unknown-content-type: .*windows-1252/],
    ["{}", { headers: { "content-encoding": "br" } }, /^unknown-content-type: Content-Encoding/],
    [
      '{"id":"U7"}',
      { contentType: FORM },
      /^unmappable: .*sent as a form; send Content-Type: application\/json/,
    ],
    ["42", {}, /^unmappable: .*neither an object nor a list/],
    ["null", {}, /^unmappable/],
    [
      `[${"{},".repeat(1000)}{}]`,
      {},
      /^unmappable: .*more events than limits.eventsPerDeliveryMax 1000/,
    ],
    ["{}\n".repeat(1001), { contentType: LINES }, /^unmappable: .*more events than/],
    [`${"{}\n".repeat(1001)}{`, { contentType: LINES }, /^unmappable: .*more events than/],
    ["{}\n".repeat(1001), {}, /^unmappable: .*more events than/],
  ] as const)("%j is told apart: %j", (body, request, expected) => {
    expect(outcome(body, request)).toMatch(expected);
  });

  test("where the events should be and are not, the body is unmappable", () => {
    expect(outcome("{}", {}, "{ events: items }")).toBe("unmappable: no event stands at items");
    expect(outcome('{"items":7}', {}, "{ events: '$.items[*]' }")).toMatch(/^unmappable/);
    expect(outcome(`{"items":[${"{},".repeat(1000)}{}]}`, {}, "{ events: items }")).toMatch(
      /more events/,
    );
    expect(outcome("a=1", { contentType: FORM }, "{ events: items }")).toMatch(/no event stands/);
  });
});

test("an empty list is a delivery without events, and so are lines without text", () => {
  expect(outcome("[]")).toBe(0);
  expect(outcome('{"items":[]}', {}, "{ events: items }")).toBe(0);
  expect(outcome(" \r\n\n", { contentType: LINES })).toBe(0);
});

test("a byte order mark is no part of a body", () => {
  const mark = "\ufeff";
  expect(outcome(`${mark}{"a":1}`)).toBe(1);
  expect(outcome(`${mark}{"a":1}\n{"a":2}`, { contentType: LINES })).toBe(2);
  expect(bodiesIn(parsedBy(plain, `${mark}a=1`, { contentType: FORM }))).toEqual([{ a: "1" }]);
});

test.each([
  "application/json",
  'Application/JSON ; Charset="UTF-8"; x',
  "text/json;charset=us-ascii",
  "application/vnd.api+json",
  "application/cloudevents+json",
])("%s is JSON", (contentType) => {
  expect(outcome("{}", { contentType })).toBe(1);
});

describe("JSON Lines", () => {
  const object = '{ "n": 9007199254740993,"t":"\u2028" }';

  test.each([
    "application/x-ndjson",
    "application/ndjson",
    "application/jsonl",
    "application/x-jsonlines; charset=utf-8",
  ])("I10: under %s each line is an event with the text received", (contentType) => {
    const parsed = parsedBy(plain, `\n${object}\r\n \t\n\t[1]\n${object}`, { contentType });
    expect(textsIn(parsed)).toEqual([object, "[1]", object]);
  });

  test("are read under application/json too, where each of two lines or more is an object", () => {
    expect(textsIn(parsedBy(plain, `${object}\n${object}\n`))).toEqual([object, object]);
    expect(outcome('{"a":1}\n[]')).toMatch(/^unparseable: The body is not JSON/);
    expect(outcome('{"a":1}\n{"a":')).toMatch(/^unparseable: The body is not JSON/);
    expect(outcome('{"a":1} {"a":2}')).toMatch(/^unparseable: The body is not JSON/);
    // One value on several lines is JSON, and one event.
    expect(outcome('{"a":\n{"b":1}\n}')).toBe(1);
  });

  test("a broken line is told by its number, and nothing of the delivery is kept", () => {
    const request = { contentType: LINES };
    expect(outcome('{"a":1}\n\n{"s3cret"}\n', request)).toMatch(
      /^unparseable: Line 3 is not JSON: (?!.*s3cret)/,
    );
    expect(outcome(`{}\n${"[".repeat(65)}`, request)).toMatch(
      "unparseable: Line 2 is nested deeper than 64 levels.",
    );
  });

  test("are the same events as the elements of a list, also where the source says where they lie", () => {
    const element = fc.oneof(
      fc.jsonValue({ maxDepth: 3 }),
      fc.record({ items: fc.array(fc.jsonValue({ maxDepth: 2 })) }),
    );
    const source = fc.constantFrom(
      plain,
      sourceOf("{ events: '$[*].items[*]' }"),
      sourceOf("{ events: '[].items' }"),
    );
    fc.assert(
      fc.property(fc.array(element), source, fc.boolean(), (elements, by, feed) => {
        const texts = elements.map((value) => JSON.stringify(value));
        const lines = texts.join("\n") + (feed ? "\n" : "");
        const asLines = parsedBy(by, lines, { contentType: LINES });
        const asList = parsedBy(by, `[${texts.join(",")}]`);
        expect(bodiesIn(asLines)).toEqual(bodiesIn(asList));
        if (asList.kind === "events") expect(textsIn(asLines)).toEqual(textsIn(asList));
      }),
    );
  });
});

describe("forms", () => {
  test("hold JSON where the source says so, its digits as received (I10)", () => {
    const source = sourceOf("{ jsonFields: [payload, 'data[raw]'] }");
    const json = '{ "user":{"id":9007199254740993} }';
    const text = encodeURIComponent(json);
    const form = (body: string) => textsIn(parsedBy(source, body, { contentType: FORM }))[0];
    expect(form(`payload=${text}&other=${text}`)).toBe(
      `{"payload":${json},"other":${JSON.stringify(json)}}`,
    );
    expect(form(`data[raw]=${text}&payload=1e400&payload=`)).toBe(
      `{"data":{"raw":${json}},"payload":[1e400,""]}`,
    );
    expect(form("payload=%7B")).toBe('{"payload":"{"}');
  });

  test("hold JSON exactly as deep as any body may be; what is deeper stays text", () => {
    const source = sourceOf("{ jsonFields: [p] }", "{ jsonDepthMax: 3 }");
    const form = (body: string) => textsIn(parsedBy(source, body, { contentType: FORM }))[0];
    expect(form("p=[[]]")).toBe('{"p":[[]]}');
    expect(form("p=[[[]]]")).toBe('{"p":"[[[]]]"}');
    expect(form("p=[[]]&p=[]")).toBe('{"p":["[[]]",[]]}');
  });

  test("may hold many events in such a field, as Mandrill's do", () => {
    const source = sourceOf("{ jsonFields: [events], events: events }");
    const body = `events=${encodeURIComponent('[{"id":1.0}, {"id":2}]')}`;
    const parsed = parsedBy(source, body, { contentType: FORM });
    expect(textsIn(parsed)).toEqual(['{"id":1.0}', '{"id":2}']);
    expect(parsed).toMatchObject({ many: true });
  });

  test("may be multipart", () => {
    const body = '--b\r\nContent-Disposition: form-data; name="p[q]"\r\n\r\n[1.0]\r\n--b--';
    const parsed = parsedBy(sourceOf("{ jsonFields: ['p[q]'] }"), body, {
      contentType: 'multipart/form-data; boundary="b"',
    });
    expect(textsIn(parsed)).toEqual(['{"p":{"q":[1.0]}}']);
  });

  test("have as many fields as limits.formFieldsMax says, of either kind", () => {
    const source = sourceOf("{}", "{ formFieldsMax: 2 }");
    const part = '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n';
    const multipart = { contentType: "multipart/form-data; boundary=b" };
    const fault = "unparseable: The form has more fields than limits.formFieldsMax 2.";
    const outcomes = [
      parsedBy(source, "&a&&b&", { contentType: FORM }),
      parsedBy(source, "a&b&c", { contentType: FORM }),
      parsedBy(source, `${part.repeat(2)}--b--`, multipart),
      parsedBy(source, `${part.repeat(3)}--b--`, multipart),
    ].map(bodiesIn);
    expect(outcomes).toEqual([[{ a: "", b: "" }], fault, [{ a: ["", ""] }], fault]);
  });
});

describe("compressed bodies", () => {
  test("are what they were before, whatever they hold", () => {
    const request = { headers: { "content-encoding": "GZIP" } };
    expect(outcome(gzipSync('{"a":1}\n{"a":2}'), request)).toBe(2);
    expect(outcome(gzipSync("{"), request)).toMatch(/^unparseable: The body is not JSON/);
  });

  test("may expand to as much as the source's bodies may be", () => {
    const request = { headers: { "content-encoding": "gzip" } };
    const body = gzipSync(JSON.stringify({ a: "a".repeat(92) }));
    expect(outcome(body, request, "{ bodyBytesMax: 100 }")).toBe(1);
    expect(outcome(body, request, "{ bodyBytesMax: 99 }")).toMatch(/^body-too-large: .*99 bytes/);
  });
});

describe("CloudEvents", () => {
  const headers = { "ce-id": "1", "ce-source": "/a", "ce-type": "t", "ce-specversion": "1.0" };

  test("structured, one and a batch", () => {
    const event = '{"id":"1","data":{}}';
    const one = parsedBy(plain, event, { contentType: "application/cloudevents+json" });
    expect(textsIn(one)).toEqual([event]);
    const batch = { contentType: "application/cloudevents-batch+json; charset=utf-8" };
    const several = parsedBy(plain, `[${event},${event}]`, batch);
    expect(textsIn(several)).toEqual([event, event]);
    expect(several).toMatchObject({ many: true });
  });

  test("binary: the body is the data, and without data an empty object", () => {
    expect(bodiesIn(parsedBy(plain, "a=1", { contentType: FORM, headers }))).toEqual([{ a: "1" }]);
    for (const contentType of [null, " "])
      expect(textsIn(parsedBy(plain, "", { contentType, headers }))).toEqual(["{}"]);
    expect(outcome("x", { contentType: null, headers })).toMatch(/^unknown-content-type/);
    expect(outcome("", { contentType: null, headers: { "x-ce-id": "1" } })).toMatch(
      /^unknown-content-type/,
    );
  });
});
