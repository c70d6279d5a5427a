import fc from "fast-check";
import { expect, test } from "vitest";
import { createNewId } from "../src/timed-ids.ts";

// More than are drawn at once, twice.
const COUNT = 1300;

test("are a prefix, the time and 16 random characters, in the order of their times", () => {
  const newId = createNewId();
  const at = fc.integer({ min: 0, max: 2 ** 43 });
  fc.assert(
    fc.property(fc.constantFrom("dl", "dc", "er"), at, at, (prefix, left, right) => {
      const [first, second] = [newId(prefix, left), newId(prefix, right)];
      expect(first).toMatch(new RegExp(`^${prefix}_[0-9a-v]{26}$`));
      expect(Number.parseInt(first.slice(3, 13), 32)).toBe(left);
      if (left !== right) expect(first < second).toBe(left < right);
    }),
  );
});

test("no randomness is used twice, and all of it comes from where it is drawn", () => {
  const drawn: number[] = [];
  let next = 0;
  const newId = createNewId((bytes) => {
    for (let at = 0; at < bytes.length; at++) drawn.push((bytes[at] = next++ * 7));
  });
  const random = Array.from({ length: COUNT }, () => newId("dl", 5).slice(13)).join("");
  const expected = drawn.slice(0, random.length).map((byte) => (byte & 31).toString(32));
  expect(random).toBe(expected.join(""));
});

test("each of the 32 characters is made of as many bytes as any other", () => {
  const newId = createNewId((bytes) => bytes.forEach((_, at) => (bytes[at] = at)));
  const random = Array.from({ length: 256 / 16 }, () => newId("dl", 5).slice(13)).join("");
  const counts = [...new Set(random)].map((character) => random.split(character).length - 1);
  expect(counts).toEqual(Array.from({ length: 32 }, () => 8));
});

test("the system's randomness gives no id twice", () => {
  const newId = createNewId();
  expect(new Set(Array.from({ length: COUNT }, () => newId("dl", 5))).size).toBe(COUNT);
});
