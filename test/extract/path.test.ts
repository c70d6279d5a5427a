import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fieldsToJson } from "../../src/extract/body/field-tree.ts";
import { compilePath, PathSyntaxError, type Subject } from "../../src/extract/path.ts";

function subject(body: unknown, headers: Record<string, string> = {}, query = ""): Subject {
  return { body, headers: new Map(Object.entries(headers)), query: new URLSearchParams(query) };
}

function values(path: string, body: unknown): unknown[] {
  return Array.from(compilePath(path).find(subject(body)), ({ value }) => value);
}

/** Whether each empty bracket stands where the location passes a list. */
function isThroughLists(
  body: unknown,
  steps: readonly string[],
  location: readonly string[],
): boolean {
  let value = body;
  return ["r", ...steps].every((step, at) => {
    const isList = Array.isArray(value);
    value = (value as Record<string, unknown>)[location[at]!];
    return step !== "[]" || isList;
  });
}

describe("dotted paths", () => {
  const body = {
    event: { user: { id: "U7" } },
    tags: [{ name: "a" }, { name: "b" }],
    "odd.key": 1,
    "data[email]": "literal",
    "First Name": "Ann",
    data: { email: "nested" },
    list: ["x", "y"],
  };
  test.each([
    ["event.user.id", "U7"],
    ["payload@event.user.id", "U7"],
    ["tags[1].name", "b"],
    ["tags.0.name", "a"],
    ['["odd.key"]', 1],
    ["['odd.key']", 1],
    ["odd.key", 1],
    ["data[email]", "literal"],
    ["First Name", "Ann"],
    ["list[1]", "y"],
    [" event.user.id ", "U7"],
  ])("%s leads to %j", (path, value) => expect(values(path, body)).toEqual([value]));

  test("a bracketed name reads the nested value where no key holds the whole text", () => {
    expect(values("data[email]", { data: { email: "nested" } })).toEqual(["nested"]);
    // Quoted, it is the name of the field as it was sent.
    expect(values('["data[email]"]', { data: { email: "nested" } })).toEqual(["nested"]);
    expect(values('["tags[]"]', { tags: ["a", "b"] })).toEqual(["a", "b"]);
    expect(values('["data[email]"]', { "data[email]": 1, data: { email: 2 } })).toEqual([1]);
    expect(values("tags[]", { "tags[]": ["a"] })).toEqual([["a"]]);
  });

  test("of a quoted field's name, dots and quotes are parts as any other sign", () => {
    expect(values(String.raw`["\"[]"]`, { '"': ["a", "b"] })).toEqual(["a", "b"]);
    expect(values(String.raw`["\"[]"]`, { '"[]': "whole" })).toEqual(["whole"]);
    expect(values('["user.name[first]"]', { "user.name": { first: "Ann" } })).toEqual(["Ann"]);
    expect(values('["user.[first]"]', { "user.": { first: "Ann" } })).toEqual(["Ann"]);
    expect(values(`["user['first']"]`, { user: { "'first'": "Ann" } })).toEqual(["Ann"]);
  });

  test("the name of a field, quoted, leads to where its form was read to", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[ab0.'"\\[\]]{1,12}$/), (name) => {
        const fields = [{ name, value: "here" }];
        const read = fieldsToJson(fields, { jsonDepthMax: 64, jsonFields: new Set() });
        const form: unknown = "value" in read ? JSON.parse(read.value) : undefined;
        expect(values(`[${JSON.stringify(name)}]`, form)).toEqual(["here"]);
      }),
      { numRuns: 1000 },
    );
  });

  test("empty brackets lead to every element of a list, one after the other", () => {
    expect(values("tags[].name", body)).toEqual(["a", "b"]);
    expect(values("list[]", body)).toEqual(["x", "y"]);
    expect(values("[]", ["x", "y"])).toEqual(["x", "y"]);
    expect(values("a[].b[].c", { a: [{ b: [{ c: 1 }, {}] }, {}, { b: [{ c: 2 }] }] })).toEqual([
      1, 2,
    ]);
    for (const none of ["event[]", "list[][]", "missing[]", "list[].length", 'list[""]'])
      expect(values(none, body)).toEqual([]);
    expect(values('a[""]', { a: { "": 1 } })).toEqual([1]);
  });

  test("empty brackets are what [*] is in JSONPath, locations too", () => {
    const step = fc.constantFrom("[]", ".a", ".b", "[0]");
    const model = fc.letrec((tie) => ({
      value: fc.oneof({ maxDepth: 4 }, fc.nat(), tie("list"), tie("object")),
      list: fc.array(tie("value"), { maxLength: 3 }),
      object: fc.record({ a: tie("value"), b: tie("value") }, { requiredKeys: [] }),
    }));
    fc.assert(
      fc.property(model.value, fc.array(step, { minLength: 1, maxLength: 4 }), (value, steps) => {
        const whole = { r: value };
        const [dotted, standard] = [
          `r${steps.join("")}`,
          `$.r${steps.join("").replaceAll("[]", "[*]")}`,
        ];
        const found = (path: string) =>
          Array.from(compilePath(path).find(subject(whole)), (place) => [
            place.value,
            place.location?.map(String),
          ]);
        // A star also leads to the values of an object.
        const expected = found(standard).filter(([, location]) =>
          isThroughLists(whole, steps, location as string[]),
        );
        expect(found(dotted)).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    "event.missing.id",
    "list.length",
    "list[9]",
    "event.user.id.length",
    "__proto__",
    "constructor.name",
    "event.toString",
    "tags.map",
  ])("%s leads nowhere", (path) => expect(values(path, body)).toEqual([]));

  test("a body that is no object has no values", () => {
    for (const odd of [null, 42, "text", true, undefined]) expect(values("a.b", odd)).toEqual([]);
  });

  test("reads own properties only, whatever stands on the prototype", () => {
    const inherited = Object.create({ secret: 1 }) as unknown;
    expect(values("secret", inherited)).toEqual([]);
    expect(values("__proto__.polluted", JSON.parse('{"__proto__":{"polluted":1}}'))).toEqual([1]);
  });

  test("any chain of keys, quoted, leads to what stands there, and tells its location", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 5 }), (keys) => {
        const path = keys.map((key) => `["${key.replaceAll(/["\\]/g, "\\$&")}"]`).join("");
        fc.pre(path.length <= 256);
        const body = keys.reduceRight<unknown>((inner, key) => ({ [key]: inner }), "here");
        fc.pre(!keys.includes("__proto__"));
        expect(compilePath(path).find(subject(body))).toEqual([{ value: "here", location: keys }]);
      }),
    );
  });

  test("compiling any text either works or tells the fault and the fix, never anything else", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.stringMatching(/^[a-c.[\]"'0-9$@:*?]{0,20}$/)),
        (text) => {
          try {
            Array.from(compilePath(text).find(subject({ a: { b: 1 } })));
          } catch (error) {
            expect(error).toBeInstanceOf(PathSyntaxError);
            expect((error as Error).message.length).toBeGreaterThan(20);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe("other paths", () => {
  test("JSONPath finds every match, in order", () => {
    expect(values("$.a[?@.x > 1].x", { a: [{ x: 1 }, { x: 2 }, { x: 3 }] })).toEqual([2, 3]);
    expect(values("$['odd.key']", { "odd.key": 1 })).toEqual([1]);
  });

  test("headers are read by any case, query parameters by their own", () => {
    const request = subject({}, { "x-name": "ann" }, "user=7&User=8");
    expect(compilePath("header:X-Name").find(request)).toEqual([{ value: "ann" }]);
    expect(compilePath("query:user").find(request)).toEqual([{ value: "7" }]);
    expect(compilePath("header:other").find(request)).toEqual([]);
    expect(compilePath("query:other").find(request)).toEqual([]);
  });
});

test.each([
  ["", /cannot be empty/],
  ["a..b", /a name is missing at character 3/],
  [".a", /a name is missing at character 1/],
  ["a.", /a name is missing/],
  ["a[", /an unclosed bracket at character 2/],
  ['a["b', /an unclosed bracket/],
  ["a[0]b", /a dot is missing/],
  ["$.a[", /is not JSONPath \(RFC 9535\)/],
  ["header:", /names no header/],
  ["header:a b", /names no header/],
  ["query:", /names no query parameter/],
  ["payload@", /a name is missing/],
  ["profile@id", /begins like none of the prefixes/],
  ["headers:X-Id", /begins like none of the prefixes/],
  [`a.${"b".repeat(300)}`, /at most 256 characters/],
])("%s cannot be parsed, and the error says why", (path, message) => {
  expect(() => compilePath(path)).toThrow(message);
  expect(() => compilePath(path)).toThrow(PathSyntaxError);
});

test("what a path leads to alone is the first of what it finds, whatever the body holds", () => {
  const key = fc.constantFrom(
    "a",
    "b",
    "a.b",
    "0",
    "length",
    "constructor",
    "__proto__",
    "toString",
  );
  const json = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom(null, 7, "x", false),
      tie("list"),
      tie("object"),
    ),
    list: fc.array(tie("value"), { maxLength: 2 }),
    object: fc.array(fc.tuple(key, tie("value")), { maxLength: 4 }).map((entries) => {
      const members = entries.map(
        ([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`,
      );
      return JSON.parse(`{${members.join(",")}}`) as unknown;
    }),
  }));
  const step = fc.oneof(key, fc.constantFrom("a[0]", "[]", '["a.b"]', "b[]"));
  const path = fc.oneof(
    fc
      .array(step, { minLength: 1, maxLength: 3 })
      .map((steps) => steps.join(".").replaceAll(".[", "[")),
    fc.constantFrom("header:x-id", "header:none", "query:shop", "query:none", "payload@a.b"),
  );
  let alone = 0;
  fc.assert(
    fc.property(json.value, path, (body, text) => {
      const compiled = compilePath(text);
      if (compiled.only === undefined) return;
      const at = subject(body, { "x-id": "h" }, "shop=42");
      const found = Array.from(compiled.find(at), ({ value }) => value);
      expect(found.length).toBeLessThanOrEqual(1);
      expect(compiled.only(at)).toBe(found[0]);
      alone += found.length;
    }),
    { numRuns: 3000 },
  );
  expect(alone).toBeGreaterThan(50);
});
