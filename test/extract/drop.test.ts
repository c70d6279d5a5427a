import { describe, expect, test } from "vitest";
import { reasonToDrop } from "../../src/extract/drop.ts";
import { JsonText } from "../../src/extract/json-text.ts";
import { FORM, parsedBy, sourceOf } from "../support/bodies.ts";

/** Why an event is dropped, by what its source says; undefined where it is kept. */
function reason(yaml: string, body: unknown, headers: Readonly<Record<string, string>> = {}) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return reasonToDrop(sourceOf(yaml).drop, {
    body: JSON.parse(text) as unknown,
    json: new JsonText(text),
    headers: new Map(Object.entries(headers)),
    query: new URLSearchParams("test=1"),
  });
}

describe("a path", () => {
  const yaml = "{ drop: [event.bot_id, 'tags[]'] }";

  test.each(["B1", 0, true, "false", {}, [], [null], "0"])("%j is given", (value) => {
    expect(reason(yaml, { event: { bot_id: value } })).toBe("event.bot_id is given");
  });

  test.each([null, false, "", " \t"])("%j is not", (value) => {
    expect(reason(yaml, { event: { bot_id: value } })).toBeUndefined();
  });

  test("where nothing stands, the event is kept", () => {
    for (const body of [{}, { event: "x" }, [], 7, null])
      expect(reason(yaml, body)).toBeUndefined();
  });

  test("that leads to several asks each of them, however many they are", () => {
    const tags = [...Array.from({ length: 500 }, () => null), "x"];
    expect(reason(yaml, { tags })).toBe("tags[] is given");
    expect(reason(yaml, { tags: [null, false] })).toBeUndefined();
  });

  test("may read the request", () => {
    expect(reason("{ drop: [header:X-Bot] }", {}, { "x-bot": "1" })).toBe("header:X-Bot is given");
    expect(reason("{ drop: ['query:test'] }", {})).toBe("query:test is given");
  });
});

describe("a path that equals", () => {
  const yaml =
    "{ drop: [{ path: event.subtype, equals: [bot_message, 7, true] }, { path: env, equals: test }, { path: blank, equals: '' }] }";

  test.each([
    ["bot_message", 'event.subtype is "bot_message"'],
    [" bot_message ", 'event.subtype is "bot_message"'],
    [7, "event.subtype is 7"],
    ["7", "event.subtype is 7"],
    [7.0, "event.subtype is 7"],
    [true, "event.subtype is true"],
    ["true", "event.subtype is true"],
  ])("%j is one of them", (subtype, expected) => {
    expect(reason(yaml, { event: { subtype } })).toBe(expected);
  });

  test.each(["Bot_message", "7.0", 70, false, null, {}, ["bot_message"], "", 1e300])(
    "%j is none of them",
    (subtype) => expect(reason(yaml, { event: { subtype } })).toBeUndefined(),
  );

  test("a single value, and a blank one", () => {
    expect(reason(yaml, { env: "test" })).toBe('env is "test"');
    expect(reason(yaml, { blank: " " })).toBe('blank is ""');
    expect(reason(yaml, { blank: null })).toBeUndefined();
  });

  test("tells integers apart that a double cannot", () => {
    const large = "{ drop: [{ path: id, equals: '9007199254740993' }] }";
    expect(reason(large, '{"id":9007199254740993}')).toBe('id is "9007199254740993"');
    expect(reason(large, '{"id":9007199254740992}')).toBeUndefined();
  });
});

describe("the honeypot", () => {
  const filled = "the honeypot field data[website] is filled";

  test.each([
    ["data[website]=x", filled],
    ["data[website]=&data[website]=x", filled],
    ["data[website][]=x", filled],
    ["data[website]=+&data[website]=", undefined],
    ["data[website]=", undefined],
    ["website=x", undefined],
  ])("%s", (form, expected) => {
    const source = sourceOf("{ honeypot: 'data[website]' }");
    const parsed = parsedBy(source, form, { contentType: FORM });
    if (parsed.kind !== "events") throw new Error(parsed.kind);
    expect(reasonToDrop(source.drop, parsed.subjects[0]!)).toBe(expected);
  });
});

test("the first reason is told", () => {
  const yaml = "{ drop: [a, { path: b, equals: 1 }], honeypot: c }";
  expect(reason(yaml, { a: 1, b: 1, c: 1 })).toBe("the honeypot field c is filled");
  expect(reason(yaml, { a: 1, b: 1 })).toBe("a is given");
  expect(reason(yaml, { b: 1 })).toBe("b is 1");
});
