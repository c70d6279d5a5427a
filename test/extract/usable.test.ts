import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { usableId } from "../../src/extract/usable.ts";

const textOf = (value: unknown) => {
  const usable = usableId(value, () => undefined);
  return "text" in usable ? usable.text : undefined;
};

describe("I8: no junk person", () => {
  test.each(["U7", "nullable", "no-one", "guest-7", "0a", "a-0", "idea", "[object]", "id7"])(
    "%s is an id",
    (text) => expect(textOf(text)).toBe(text),
  );

  test.each([
    "null",
    "NULL",
    ' "null" ',
    "''",
    "`none`",
    "\"'undefined'\"",
    "000",
    "-",
    "0-0",
    "-1",
  ])("%s is none", (text) => expect(textOf(text)).toBeUndefined());

  test("an id is trimmed of everything that cannot be seen", () => {
    expect(textOf("\u200b \ufeff U7 \u200d\u2060 ")).toBe("U7");
    expect(textOf("\u200b \u200b")).toBeUndefined();
  });

  test("a usable id is usable again, and the same", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: "binary" }), fc.double(), fc.integer()),
        (value) => {
          const once = textOf(value);
          fc.pre(once !== undefined);
          expect(textOf(once)).toBe(once);
        },
      ),
    );
  });
});

test("a megabyte of anything is answered at once, not in quadratic time", () => {
  const size = 1_000_000;
  for (const piece of [" ", "\u200b", "\u200b ", '"', "'", "0", "-", "{{", "%a", "a "]) {
    const text = piece.repeat(size / piece.length);
    textOf(text);
    textOf(`a${text}a`);
  }
  const zeros = "0".repeat(size);
  usableId(1e300, () => `1.${zeros}1`);
});

/** Signs that mean something here, and letters. */
const character = fc.constantFrom(
  ...Array.from("\"'`0-1(){}$<>%[] nNaAutLl/\t\u200b\u007f\ufffdé"),
);
const idLike = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.string({ unit: character, maxLength: 8 }),
  fc.constantFrom(
    "null",
    "N/A",
    "-1",
    "guest",
    "Undefined",
    "not set",
    "id",
    "0-0",
    "{{a}}",
    "%a%",
  ),
);

test("a plain text is judged as the same with signs around it that nobody sees", () => {
  fc.assert(
    fc.property(idLike, (text) => {
      expect(usableId(`\u200b${text}`, () => undefined)).toEqual(usableId(text, () => undefined));
    }),
    { numRuns: 2000 },
  );
});

test("a text stands for nobody where it does so in quotes", () => {
  fc.assert(
    fc.property(idLike, (text) => {
      const bare = text.trim();
      fc.pre(/^[!-~][ -~]*$/.test(bare));
      expect(textOf(bare) === undefined).toBe(textOf(`"${bare}"`) === undefined);
    }),
    { numRuns: 2000 },
  );
});
