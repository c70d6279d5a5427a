import fc from "fast-check";
import { expect, test } from "vitest";
import { parseHeaderValue } from "../../../src/extract/body/header-value.ts";

function read(text: string, backslash?: "quotes" | "is-itself") {
  const { main, parameters } = parseHeaderValue(text, backslash);
  return [main, Object.fromEntries(parameters)];
}

test.each([
  ["Text/Plain", ["text/plain", {}]],
  ["a/b; Charset=UTF-8 ;boundary=X", ["a/b", { charset: "UTF-8", boundary: "X" }]],
  ['a/b;n="x;y=\\"z\\\\"; m=1', ["a/b", { n: 'x;y="z\\', m: "1" }]],
  ["a/b; n=1; n=2", ["a/b", { n: "1" }]],
  ["a/b; n; =1; ; m=", ["a/b", { "": "1", m: "" }]],
  ['a/b; n="open; m=1', ["a/b", { n: "open; m=1" }]],
  ['a/b; n="', ["a/b", { n: "" }]],
  ["", ["", {}]],
])("%s", (text, expected) => expect(read(text)).toEqual(expected));

test("in a form's part a backslash is one", () => {
  expect(read('form-data; name="a\\"; filename="c:\\d"', "is-itself")).toEqual([
    "form-data",
    { name: "a\\", filename: "c:\\d" },
  ]);
});

test("whatever a parameter's value is, quoted it is read again", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (first, second) => {
      const quote = (text: string) => `"${text.replaceAll(/["\\]/g, "\\$&")}"`;
      expect(read(`a/b; x=${quote(first)}; y=${quote(second)}`)).toEqual([
        "a/b",
        { x: first, y: second },
      ]);
    }),
  );
});
