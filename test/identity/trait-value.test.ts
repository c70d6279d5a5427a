import fc from "fast-check";
import { expect, test } from "vitest";
import { comparableValue, isPlainInteger } from "../../src/identity/trait-value.ts";

test.each([
  ["7", "7.0", "70e-1", "0.7e1", "7E0", "7000e-3"],
  ["0", "-0", "0.00", "0e9"],
  ["-1.5", "-15e-1", "-1.50"],
  ["9007199254740993", "9007199254740993.0", "9007199254740.993e3"],
  ["1e400", "10e399"],
])("one number, however it is written: %s", (...texts) => {
  expect(new Set(texts.map(comparableValue)).size).toBe(1);
  expect(comparableValue(texts[0])).toBeDefined();
});

test("I10: numbers that a double takes for one are two, and a text is no number", () => {
  const texts = ["9007199254740993", "9007199254740992", "0.1", "0.1000000000000000055", "1", "-1"];
  expect(new Set([...texts, '"1"', '"true"', "true", "false"].map(comparableValue)).size).toBe(10);
});

test.each(["null", "[1]", '{"a":1}', "", "1e99999999999999999999", "nought"])(
  "%s equals nothing",
  (text) => expect(comparableValue(text)).toBeUndefined(),
);

test("numbers compare as their values do, as long as doubles tell them apart", () => {
  const numbers = fc.double({ noNaN: true, noDefaultInfinity: true });
  const ways = [String, (number: number) => number.toExponential(20)] as const;
  fc.assert(
    fc.property(numbers, numbers, (one, other) => {
      const [plain, exponential] = ways.map((way) => comparableValue(way(one)));
      expect(comparableValue(String(other)) === plain).toBe(one === other);
      if (Number.isInteger(one) && Math.abs(one) < 1e15) expect(exponential).toBe(plain);
    }),
  );
});

test("a run of zeros costs no more than it is long", () => {
  const zeros = "0".repeat(100_000);
  expect(comparableValue(`1${zeros}1.${zeros}`)).toBe(`1.1${zeros}1e100002`);
});

test.each([
  ["7", true],
  ["-7", true],
  ["9007199254740991", true],
  ["9007199254740992", false],
  ["7.0", false],
  ["07", false],
  ["7.5", false],
  ["-0", false],
  ['"7"', false],
  ["true", false],
])("%s is a whole number written in the one way: %s", (text, expected) => {
  expect(isPlainInteger(text)).toBe(expected);
});
