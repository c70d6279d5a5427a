/** Whether texts that nobody has mapped name somebody. */
import { describe, expect, test } from "vitest";
import { parseConfig } from "../../src/config/config.ts";
import { Naming } from "../../src/extract/naming.ts";
import { textsInJson, textsOfDelivery } from "../../src/extract/texts.ts";

const { sources } = parseConfig(
  `
sources:
  chat: { replaceProfileId: id, idScope: team, phoneCountry: DE, identifiers: { email: mail, phone: phone } }
  shop: { replaceProfileId: id, idSpace: user_id }
`,
  "test.yaml",
  {},
);
const chat = sources.get("chat");
const shop = sources.get("shop");

const ann = new Naming([
  { namespace: "email", value: "ann@example.com" },
  { namespace: "phone", value: "+4930901820" },
  { namespace: "chat", value: "T1/U7" },
  { namespace: "user_id", value: "42" },
  { namespace: "device", value: "9f1c-22aa-77" },
  { namespace: "nick", value: "annabelle" },
  { namespace: "big", value: "9007199254740993123" },
]);

const isIn = (json: string, source = chat) => ann.isIn(textsInJson(json), source);

describe("names the person", () => {
  test.each([
    ['{"a":"ann@example.com"}', "an address"],
    ['{"a":"ANN@Example.COM"}', "an address however it is written"],
    ['{"a":"\\u0061nn@example.com"}', "an address with escapes"],
    ['{"a":["x",{"b":"Ann B. <ann@example.com>, bo@x.org"}]}', "an address among others"],
    ['{"a":"https://x.org/?m=ann%40example.com&k=1"}', "an address in a link"],
    ['{"ann@example.com":1}', "an address as a key"],
    ['{"a":"write to ann@example.com."}', "an address at the end of a sentence"],
    ['{"a":"+49 30 901820"}', "a phone number with blanks"],
    ['{"a":"030/901820"}', "a phone number of the source's country"],
    ['{"team":"T1","u":{"id":"U7"}}', "both parts of a scoped id"],
    ['{"a":"id=9F1C-22AA-77;"}', "a particular value within a text"],
    ['{"a":9007199254740993123}', "a number with all its digits"],
  ])("%s: %s", (json) => {
    expect(isIn(json)).toBe(true);
  });

  test("a short value, where the source can hold such ids", () => {
    expect(isIn('{"a":42}', shop)).toBe(true);
    expect(isIn('{"a":"42"}', shop)).toBe(true);
    expect(ann.isIn(textsInJson('{"a":"42"}'), undefined)).toBe(true);
  });
});

describe("names somebody else", () => {
  test.each([
    ['{"a":"joann@example.com"}', "an address that ends the same"],
    ['{"a":"jo.ann@example.com"}', "the same behind a dot"],
    ['{"a":"ann@example.com.au"}', "an address that begins the same"],
    ['{"a":"ann","b":"example.com"}', "the parts of an address apart"],
    ['{"a":42,"b":"42"}', "a short value, where the source holds no such ids"],
    ['{"a":"T1"}', "one part of a scoped id"],
    ['{"a":"annabelle writes"}', "a word within a text"],
    ['{"a":"x9f1c-22aa-77"}', "a particular value with letters around it"],
    ['{"a":9007199254740993124}', "another number that a double would round to the same"],
  ])("%s: %s", (json) => {
    expect(isIn(json)).toBe(false);
  });
});

describe("a delivery", () => {
  const request = (body: string, contentType: string, more = {}) => ({
    contentType,
    headers: new Map<string, string>(),
    query: new URLSearchParams(),
    body: Buffer.from(body),
    ...more,
  });
  const isNamedIn = (delivery: ReturnType<typeof request>) =>
    textsOfDelivery(delivery, chat).some((texts) => ann.isIn(texts, chat));

  test.each([
    ["mail=ann%40example.com&x=1", "application/x-www-form-urlencoded"],
    ['{"a":1}\n{"a":"ann@example.com"}', "application/x-ndjson"],
    ["not JSON: ann@example.com", "application/json"],
    ['[1,"ann@example.com"]', "application/json"],
    ["ann@example.com", "application/unheard-of"],
  ])("%s as %s", (body, contentType) => {
    expect(isNamedIn(request(body, contentType))).toBe(true);
    expect(isNamedIn(request(body.replace("ann", "bo"), contentType))).toBe(false);
  });

  test("is named in its headers and its query too", () => {
    const headers = new Map([["x-user", "ann@example.com"]]);
    expect(isNamedIn(request("{}", "application/json", { headers }))).toBe(true);
    const query = new URLSearchParams({ user: "ann@example.com" });
    expect(isNamedIn(request("{}", "application/json", { query }))).toBe(true);
  });

  test("of several events needs both parts of a scoped id in one of them", () => {
    expect(isNamedIn(request('[{"t":"T1","u":"U7"},{}]', "application/json"))).toBe(true);
    expect(isNamedIn(request('[{"t":"T1"},{"u":"U7"}]', "application/json"))).toBe(false);
  });
});

test("a long text without a space is looked through in time that is in proportion", () => {
  const text = "a".repeat(2 ** 20);
  expect(ann.isIn([text, `${text}@`, "@".repeat(1000)], chat)).toBe(false);
});

test("a text that is nothing but signs of addresses is looked through as fast", () => {
  const signs = "a@".repeat(2 ** 19);
  expect(ann.isIn([signs, "@".repeat(2 ** 20)], chat)).toBe(false);
  expect(ann.isIn([`${signs} ann@example.com`], chat)).toBe(true);
});

test("ten thousand values are looked for as fast as a few, and more than a pattern can hold", () => {
  const valueAt = (number: number) => `customer-${String(number).padStart(500, "0")}`;
  const values = Array.from({ length: 10_000 }, (_, number) => valueAt(number));
  const many = new Naming(values.map((value) => ({ namespace: "crm", value })));
  const text = "customer-x00001 and more of it ".repeat(2 ** 15);
  expect(many.isIn([text], chat)).toBe(false);
  expect(many.isIn([`${text} of ${valueAt(9999).toUpperCase()}!`], chat)).toBe(true);
  expect(many.isIn([`${text} of ${valueAt(9999)}9`, `x${valueAt(9999)}`], chat)).toBe(false);
  expect(many.isIn([`\u{1D4B3}${valueAt(9999)}`, `${valueAt(9999)}\u{1D4B3}`], chat)).toBe(false);
});

test("an address is found whose mailbox holds what else stands around one", () => {
  const brien = new Naming([{ namespace: "email", value: "o'brien@example.com" }]);
  const isHim = (text: string) => brien.isIn([text], chat);
  const his = ["O'Brien@Example.com", "Pat <O'Brien@example.com>", "mail o'brien@example.com"];
  expect(his.filter(isHim)).toEqual(his);
  const others = ["brien@example.com", "jo'brien@example.com", "o'brien@example.company"];
  expect(others.filter(isHim)).toEqual([]);
});
