import fc from "fast-check";
import { findNodeAtLocation, parseTree } from "jsonc-parser";
import { describe, expect, test } from "vitest";
import { decimalText, elementTexts, isDeeperThan, JsonText } from "../../src/extract/json-text.ts";

describe("texts of values", () => {
  test("I10: keep digits, order and space", () => {
    const text = '{"b": {"n":9007199254740993,  "a":1.50}, "list":[1 , {"x":1e2}]}';
    expect(
      ([["b"], ["b", "n"], ["list", 1], ["none"], []] as const).map((place) =>
        new JsonText(text).at(place),
      ),
    ).toEqual([
      '{"n":9007199254740993,  "a":1.50}',
      "9007199254740993",
      '{"x":1e2}',
      undefined,
      text,
    ]);
  });

  test("of a repeated key the last counts, as for JSON.parse", () => {
    expect(([["a"]] as const).map((place) => new JsonText('{"a":1,"a":2}').at(place))).toEqual([
      "2",
    ]);
  });

  test("the texts of a list's elements parse to its elements", () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.nat({ max: 4 }), (list, spaces) => {
        const texts = elementTexts(JSON.stringify(list, null, spaces));
        expect(texts.map((text) => JSON.parse(text) as unknown)).toEqual(
          JSON.parse(JSON.stringify(list)),
        );
      }),
    );
  });
});

describe("places of values", () => {
  const tricky = fc.oneof(
    fc.string({
      unit: fc.constantFrom('"', "\\", "{", "}", "[", "]", ",", ":", " ", "a", "\n", "é"),
    }),
    fc.string(),
  );
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { depthSize: "medium" },
      tricky,
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.constantFrom(null, true, false),
      fc.array(tie("any"), { maxLength: 4 }),
      fc.dictionary(tricky, tie("any"), { maxKeys: 4 }),
    ),
  })).any;

  /** Every place in a value with what stands there. */
  function* placesIn(
    inner: unknown,
    location: (string | number)[] = [],
  ): Generator<readonly [(string | number)[], unknown]> {
    yield [location, inner];
    if (typeof inner !== "object" || inner === null) return;
    const entries = Array.isArray(inner) ? inner.entries() : Object.entries(inner);
    for (const [key, next] of entries) yield* placesIn(next, [...location, key]);
  }

  test("I10: are those that a parser reads the values from, whatever texts and spaces stand around", () => {
    const space = fc.constantFrom("", " ", "\n\t", "\r\n");
    fc.assert(
      fc.property(value, fc.nat({ max: 3 }), space, (inner, indent, around) => {
        const text = `${around}${JSON.stringify(inner, null, indent)}${around}`;
        const json = new JsonText(text);
        const parsed = JSON.parse(text) as unknown;
        for (const [location, expected] of placesIn(parsed)) {
          const found = json.at(location)!;
          const node = findNodeAtLocation(parseTree(text)!, location)!;
          expect(found).toBe(text.slice(node.offset, node.offset + node.length));
          expect(JSON.parse(found)).toEqual(expected);
          expect(json.at([...location, "no such key"])).toBeUndefined();
        }
      }),
    );
  });

  test("of text that is no JSON are nonsense or an error, and never looked for without end", () => {
    const pieces = fc.constantFrom('"', "\\", "{", "}", "[", "]", ",", ":", " ", "a", "1");
    fc.assert(
      fc.property(fc.string({ unit: pieces, maxLength: 12 }), (text) => {
        for (const location of [[], ["a"], [0], ["a", 0]])
          try {
            expect(new JsonText(text).at(location) ?? "").toBeTypeOf("string");
          } catch (error) {
            expect(String(error)).toMatch(/parses as JSON|SyntaxError/);
          }
      }),
    );
  });

  test("of a key that is written with escapes is the one that is meant", () => {
    const json = new JsonText('{"\\u0061": 1, "b\\"": 2}');
    expect([json.at(["a"]), json.at(['b"']), json.at(["\\u0061"])]).toEqual(["1", "2", undefined]);
  });
});

describe("depth", () => {
  const depthOf = (value: unknown): number =>
    typeof value === "object" && value !== null
      ? 1 + Math.max(0, ...Object.values(value).map(depthOf))
      : 0;

  test("is that of the parsed value, whatever brackets stand in texts", () => {
    fc.assert(
      fc.property(fc.jsonValue({ depthSize: "large" }), fc.nat({ max: 8 }), (value, depthMax) => {
        expect(isDeeperThan(JSON.stringify(value), depthMax)).toBe(depthOf(value) > depthMax);
      }),
    );
    expect(isDeeperThan('{"a":"[[[[\\"[["}', 1)).toBe(false);
  });

  test("is told to the level, whatever is opened beside", () => {
    const level = fc.constantFrom(["[", "]"], ['{"a":', "}"], ['["[{",', "]"]);
    fc.assert(
      fc.property(fc.array(level, { minLength: 1, maxLength: 70 }), (levels) => {
        const opened = levels.map(([open]) => open).join("");
        const text = `${opened}0${levels
          .map(([, close]) => close)
          .toReversed()
          .join("")}`;
        expect(isDeeperThan(text, levels.length)).toBe(false);
        expect(isDeeperThan(text, levels.length - 1)).toBe(true);
      }),
    );
  });

  test("a bomb is found without building it", () => {
    expect(isDeeperThan("[".repeat(1_000_000), 64)).toBe(true);
  });
});

describe("decimal text", () => {
  test.each([
    ["7", "7"],
    ["7.0", "7"],
    ["70e-1", "7"],
    ["-0", "0"],
    ["0.10", "0.1"],
    ["1e3", "1000"],
    ["1.5e1", "15"],
    ["1E-7", "0.0000001"],
    ["9007199254740993", "9007199254740993"],
    ["900719925474099.3e1", "9007199254740993"],
    ["1e21", "1000000000000000000000"],
    ["-12.5", "-12.5"],
    ["1e400", `1${"0".repeat(400)}`],
    ["1e401", undefined],
    ["1e999999999", undefined],
  ])("of %s is %s", (literal, text) => expect(decimalText(literal)).toBe(text));

  test("has the digits of every integer, and the value of every number", () => {
    fc.assert(
      fc.property(fc.bigInt(), (integer) => {
        expect(decimalText(integer.toString())).toBe(integer.toString());
      }),
    );
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        expect(Number(decimalText(JSON.stringify(number)))).toBe(number === 0 ? 0 : number);
      }),
    );
  });
});
