import fc from "fast-check";
import { expect, test } from "vitest";
import { compilePattern } from "../../src/identity/pattern.ts";

test("matches what the same pattern matches as a regular expression", () => {
  const text = fc.stringMatching(/^[ab.@]{0,10}$/);
  const pattern = fc.stringMatching(/^[ab.@*]{0,8}$/);
  fc.assert(
    fc.property(pattern, text, (written, value) => {
      const pieces = written.split("*").map((piece) => piece.replaceAll(".", "\\."));
      const model = new RegExp(`^${pieces.join(".*")}$`, "s");
      expect(compilePattern(written).matches(value)).toBe(model.test(value));
    }),
    { numRuns: 5000 },
  );
});

test("the tail is not found within what an inner piece took", () => {
  expect(compilePattern("a*ab*b").matches("aab")).toBe(false);
  expect(compilePattern("a*ab*b").matches("aabb")).toBe(true);
});

test("a pattern of many stars is answered at once", () => {
  const pattern = compilePattern(`${"*a".repeat(200)}b`);
  expect(pattern.matches("a".repeat(512))).toBe(false);
});
