import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { TextNumbers } from "../../src/identity/text-numbers.ts";

/** Of few letters, so that texts come again and differ little; and of any units, surrogates without a partner too. */
const texts = fc.array(
  fc.oneof(
    fc.string({ unit: fc.constantFrom("a", "b", "é", "\0", "😀"), maxLength: 4 }),
    fc.string({ unit: "binary" }),
  ),
  { maxLength: 400 },
);

describe("numbers for texts", () => {
  test("are those of a map that numbers as it meets, whatever the room and the seed", () => {
    fc.assert(
      fc.property(texts, fc.nat(100), fc.integer(), (sequence, capacity, seed) => {
        const numbers = new TextNumbers(capacity, seed);
        const model = new Map<string, number>();
        for (const text of sequence) {
          const expected = model.get(text) ?? model.size;
          model.set(text, expected);
          expect(numbers.numberOf(text)).toBe(expected);
          expect(numbers.size).toBe(model.size);
        }
        for (const [text, number] of model) expect(numbers.textOf(number)).toBe(text);
      }),
    );
  });

  test("stay what they are while the table grows", () => {
    const numbers = new TextNumbers();
    const named = Array.from({ length: 5000 }, (_, index) => `email:person.${index}@example.com`);
    for (const [index, text] of named.entries()) expect(numbers.numberOf(text)).toBe(index);
    for (const [index, text] of named.entries()) expect(numbers.numberOf(text)).toBe(index);
  });

  test("differ for texts of the same hash", () => {
    const numbers = new TextNumbers();
    // Found by search, without a seed: after two letters the state differs in its lower half alone, and the third evens it out.
    const [left, right] = ['"!a', "x@\u65e6"];
    expect([left, right, left].map((text) => numbers.numberOf(text))).toStrictEqual([0, 1, 0]);
  });

  test("there is no text without a number", () => {
    const numbers = new TextNumbers();
    numbers.numberOf("a");
    expect(() => numbers.textOf(1)).toThrow(RangeError);
    expect(() => numbers.textOf(-1)).toThrow(RangeError);
  });
});
