import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fieldsToJson } from "../../../src/extract/body/field-tree.ts";
import type { Field } from "../../../src/extract/body/field.ts";

type Pair = readonly [name: string, value: string];

function read(pairs: readonly Pair[], jsonDepthMax = 64) {
  const fields = pairs.map(([name, value]): Field => ({ name, value }));
  return fieldsToJson(fields, { jsonDepthMax, jsonFields: new Set() });
}

/** The JSON text; for fields that are none, why. */
function textOf(pairs: readonly Pair[], jsonDepthMax?: number): string {
  const json = read(pairs, jsonDepthMax);
  return "fault" in json ? json.fault.detail : json.value;
}

/** `a[b]=1 a[c]=2` as pairs. */
function textOfForm(form: string): string {
  return textOf(form.split(" ").map((field) => field.split("=") as [string, string]));
}

test.each([
  ["a=1 b=2", { a: "1", b: "2" }],
  ["data[merges][EMAIL]=x data[id]=7", { data: { merges: { EMAIL: "x" }, id: "7" } }],
  ["a[]=1 a[]=2", { a: ["1", "2"] }],
  ["a[]=1", { a: ["1"] }],
  ["a=1 a=2", { a: ["1", "2"] }],
  ["a[b]=1 a[b]=2", { a: { b: ["1", "2"] } }],
  ["i[1][n]=b i[0][n]=a", { i: [{ n: "a" }, { n: "b" }] }],
  ["i[0]=a i[2]=c", { i: { 0: "a", 2: "c" } }],
  ["i[1]=a", { i: { 1: "a" } }],
  ["i[00]=a", { i: { "00": "a" } }],
  ["i[0]=a i[0]=b", { i: [["a", "b"]] }],
  [
    "r[][n]=a r[][c]=x r[][n]=b r[][t][]=y r[][t][]=z",
    {
      r: [
        { n: "a", c: "x" },
        { n: "b", t: ["y", "z"] },
      ],
    },
  ],
  ["r[]=a r[][n]=b r[]=c", { r: ["a", { n: "b" }, "c"] }],
  [
    "a[b]c=1 [a]=2 a[=3 a]=4 a[[b]]=5 []=6",
    { "a[b]c": "1", "[a]": "2", "a[": "3", "a]": "4", "a[[b]]": "5", "[]": "6" },
  ],
  ["data[first.name]=x data[it's]=y", { data: { "first.name": "x", "it's": "y" } }],
])("%s becomes objects and lists", (form, expected) => {
  expect(JSON.parse(textOfForm(form))).toEqual(expected);
});

test.each([
  ["a=1 a[b]=2", { a: "1", "a[b]": "2" }],
  ["a[b]=2 a[b]=3 a=1", { a: "1", "a[b]": ["2", "3"] }],
  ["a=1 a[]=2", { a: "1", "a[]": "2" }],
  ["a[]=1 a[b]=2 a[0]=3", { a: { b: "2", 0: "3" }, "a[]": "1" }],
  ["a[b][c]=2 a[b]=1 a[d]=3", { a: { b: "1", d: "3" }, "a[b][c]": "2" }],
])(
  "%s contradicts itself: the shorter name has its place, the longer stands beside it",
  (form, expected) => {
    expect(JSON.parse(textOfForm(form))).toEqual(expected);
  },
);

test("names of every object's properties are names like others", () => {
  const text = textOfForm(
    "__proto__[polluted]=1 constructor[prototype][x]=2 a[__proto__][b]=3 toString=4",
  );
  expect(text).toBe(
    '{"__proto__":{"polluted":"1"},"constructor":{"prototype":{"x":"2"}},"a":{"__proto__":{"b":"3"}},"toString":"4"}',
  );
  expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
});

test("keys keep the order in which they came, numbers too", () => {
  expect(textOfForm("z=1 7=2 a[9]=3 a[8]=4")).toBe('{"z":"1","7":"2","a":{"9":"3","8":"4"}}');
});

describe("depth", () => {
  test("is that of the JSON: what is deeper than it may be is none", () => {
    expect(textOf([["a[b]", "1"]], 2)).toBe('{"a":{"b":"1"}}');
    const tooDeep = "The form is nested deeper than 2 levels.";
    expect(textOf([["a[b][c]", "1"]], 2)).toBe(tooDeep);
    const twice: Pair[] = [
      ["a[b]", "1"],
      ["a[b]", "2"],
    ];
    expect([textOf(twice, 2), textOf(twice, 3)]).toEqual([tooDeep, '{"a":{"b":["1","2"]}}']);
    expect(textOf([[`a${"[b]".repeat(100_000)}`, "1"]], 64)).toMatch(/deeper than 64/);
  });
});

type Value = string | readonly Value[] | { readonly [key: string]: Value };

/** The naive way back: each value under the name that leads to it, lists by number. */
function pairsOf(value: Value, name: string): Pair[] {
  if (typeof value === "string") return [[name, value]];
  return Object.entries(value).flatMap(([key, inner]) => pairsOf(inner, `${name}[${key}]`));
}

// A key that is a number could make a list of an object.
const key = fc.string({ minLength: 1 }).filter((text) => !/[[\]]|^\d+$/.test(text));
const { value: anyValue } = fc.letrec<{ value: Value; list: Value; object: Value }>((tie) => ({
  value: fc.oneof({ depthSize: "small" }, fc.string(), tie("list"), tie("object")),
  list: fc.array(tie("value"), { minLength: 1, maxLength: 4 }),
  object: fc.dictionary(key, tie("value"), { minKeys: 1, maxKeys: 4 }),
}));

test("nested objects and lists, written as fields in any order, are read again", () => {
  const form = fc.dictionary(key, anyValue, { maxKeys: 4 });
  const shuffled = form.chain((object) => {
    const pairs = Object.entries(object).flatMap(([name, value]) => pairsOf(value, name));
    const order = fc.shuffledSubarray(pairs, { minLength: pairs.length });
    return order.map((fields) => ({ object, fields }));
  });
  fc.assert(
    fc.property(shuffled, ({ object, fields }) => {
      const expected = JSON.parse(JSON.stringify(object)) as unknown;
      expect(JSON.parse(textOf(fields))).toEqual(expected);
    }),
    { numRuns: 500 },
  );
});

test("no field is lost, whatever the names are, and their order changes lists only", () => {
  const step = fc.constantFrom("", "0", "1", "a", "b", "__proto__");
  const name = fc
    .tuple(fc.constantFrom("a", "b", "a]", "__proto__"), fc.array(step, { maxLength: 3 }))
    .map(([root, steps]) => root + steps.map((text) => `[${text}]`).join(""));
  const pairs = fc
    .array(name, { maxLength: 8 })
    .map((names) => names.map((text, at): Pair => [text, `v${at}`]));
  const leaves = (value: unknown): string[] =>
    typeof value === "object" && value !== null
      ? Object.values(value).flatMap(leaves)
      : [String(value)];
  const unordered = (value: unknown): string => {
    if (Array.isArray(value)) return `[${leaves(value).toSorted().join()}]`;
    if (typeof value !== "object" || value === null) return String(value);
    const members = Object.entries(value).map(([at, inner]) => `${at}:${unordered(inner)}`);
    return `{${members.toSorted().join()}}`;
  };
  fc.assert(
    fc.property(pairs, (fields) => {
      const body = JSON.parse(textOf(fields)) as unknown;
      expect(leaves(body).toSorted()).toEqual(fields.map(([, value]) => value).toSorted());
      const reversed = JSON.parse(textOf(fields.toReversed())) as unknown;
      expect(unordered(reversed)).toBe(unordered(body));
    }),
    { numRuns: 1000 },
  );
});
