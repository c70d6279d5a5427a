import fc from "fast-check";
import { expect, test } from "vitest";
import { fingerprint, isAnyOf } from "../../src/verify/constant-time.ts";

test("texts of any length have fingerprints of one length, so that none of them shows", () => {
  for (const text of ["", "a", "a".repeat(10_000)]) expect(fingerprint(text)).toHaveLength(32);
});

test("a text and its bytes are the same", () => {
  expect(fingerprint("schlüssel")).toEqual(fingerprint(Buffer.from("schlüssel")));
});

test("any of the given may be any of the expected", () => {
  const texts = fc.array(fc.string({ maxLength: 2, unit: fc.constantFrom("a", "b") }), {
    maxLength: 4,
  });
  fc.assert(
    fc.property(texts, texts, (given, expected) => {
      const found = isAnyOf(
        given.map((text) => fingerprint(text)),
        expected.map((text) => fingerprint(text)),
      );
      expect(found).toBe(given.some((text) => expected.includes(text)));
    }),
  );
});
