import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Extraction } from "../../schema/source-config.ts";
import { JsonText } from "../../src/extract/json-text.ts";
import { PathSyntaxError } from "../../src/extract/path.ts";
import { compileReading, type Candidate } from "../../src/extract/reading.ts";

function candidates(
  extraction: Extraction,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Candidate[] {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return [
    ...compileReading(extraction).candidates({
      body: JSON.parse(text) as unknown,
      json: new JsonText(text),
      headers: new Map(Object.entries(headers)),
      query: new URLSearchParams("shop=42"),
    }),
  ];
}

const all = (paths: string[], separator = "/") => ({ all: paths, separator });
const values = (...of: Parameters<typeof candidates>) =>
  candidates(...of).map(({ value }) => value);

describe("a composite", () => {
  test("is its parts with the separator between them", () => {
    expect(values(all(["shop", "id"]), { shop: "a", id: 7 })).toEqual(["a/7"]);
    expect(values(all(["a", "b", "c"], "."), { a: "order", b: "x", c: "paid" })).toEqual([
      "order.x.paid",
    ]);
  });

  test("escapes the separator in all parts but the last", () => {
    expect(values(all(["a", "b"]), { a: "x/y%", b: "z/%" })).toEqual(["x%2Fy%25/z/%"]);
    expect(values(all(["a", "b"], "é"), { a: "é", b: "é" })).toEqual(["%C3%A9éé"]);
  });

  test("says nothing where a part is missing or no text", () => {
    for (const body of [
      {},
      { a: "x" },
      { b: "y" },
      { a: " ", b: "y" },
      { a: {}, b: "y" },
      { a: "x", b: null },
    ])
      expect(values(all(["a", "b"]), body)).toEqual([]);
  });

  test("takes of each part the first text that stands there", () => {
    expect(values(all(["ids[]", "b"]), { ids: [null, {}, "x", "y"], b: "z" })).toEqual(["x/z"]);
  });

  test("I10: keeps the digits of an integer", () => {
    expect(values(all(["a", "b"]), '{"a":9007199254740993,"b":1.0}')).toEqual([
      "9007199254740993/1",
    ]);
  });

  test("is of the request where all its parts are", () => {
    const headers = { "x-id": "h" };
    const fromRequest = (...paths: string[]) =>
      candidates(all(paths), { id: "b" }, headers).map((candidate) => candidate.fromRequest);
    expect(fromRequest("header:X-Id", "query:shop")).toEqual([true]);
    expect(fromRequest("header:X-Id", "id")).toEqual([false]);
    expect(fromRequest("id", "id")).toEqual([false]);
    expect(values(all(["header:X-Id", "query:shop", "id"]), { id: "b" }, headers)).toEqual([
      "h/42/b",
    ]);
  });

  test("is text, and told by all its paths", () => {
    const [candidate] = candidates(all(["a", "b"]), { a: '"', b: 1 });
    expect([candidate!.json(), candidate!.literal(), candidate!.path]).toEqual([
      '"\\"/1"',
      undefined,
      "a and b",
    ]);
    expect(compileReading([all(["a", "b"]), "c"]).description).toBe("a and b, c");
  });

  test("of other parts is another text, whatever the parts and the separator are", () => {
    const separator = fc.constantFrom("/", ".", "%", "2", "F", "é");
    const part = fc.stringMatching(/^[a/.%2F5é]{1,4}$/);
    const parts = fc.tuple(part, part, part);
    fc.assert(
      fc.property(separator, parts, parts, (by, left, right) => {
        const [first, second] = [left, right].map(
          ([a, b, c]) => values(all(["a", "b", "c"], by), { a, b, c })[0],
        );
        expect(first === second).toBe(left.join("\n") === right.join("\n"));
      }),
      { numRuns: 2000 },
    );
  });

  test("stands in a list like any other, and the next is taken where it says nothing", () => {
    const list = [all(["a", "b"]), "c", { value: "d" }];
    expect(values(list, { a: "x", c: "y" })).toEqual(["y", "d"]);
    expect(values(list, { a: "x", b: "z", c: "y" })).toEqual(["x/z", "y", "d"]);
  });

  test("with a path that cannot be parsed is a fault that names it and its place in the list", () => {
    expect(() => compileReading(all(["a", "b["]))).toThrow('"b[" is not a path');
    let caught: unknown;
    try {
      compileReading(["a", all(["a", "header:"])]);
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(PathSyntaxError);
    expect(caught).toMatchObject({ index: 1, message: expect.stringContaining('"header:"') });
  });
});

test("every element of a list is offered, one after the other", () => {
  const tags = { tags: ["a", null, 7] };
  expect(values("tags[]", tags)).toEqual(["a", null, 7]);
  expect(
    candidates("tags[]", '{"tags":[1.0,9007199254740993]}').map(({ literal }) => literal()),
  ).toEqual(["1.0", "9007199254740993"]);
});
