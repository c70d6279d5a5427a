import fc from "fast-check";
import { expect, test } from "vitest";
import { compareStamps, compareTexts } from "../../src/identity/stamp.ts";

test("texts are ordered as databases order their UTF-8", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.stringMatching(/^[a\ufffd\u{1f600}\ue000\ud7ff]{0,4}$/u),
  );
  fc.assert(
    fc.property(text, text, (left, right) => {
      expect(Math.sign(compareTexts(left, right))).toBe(
        Buffer.compare(Buffer.from(left), Buffer.from(right)),
      );
    }),
    { numRuns: 2000 },
  );
});

test("an emoji comes behind U+FFFD, where UTF-16 would put it before", () => {
  expect(["\ufffd", "😀"].toSorted()).toEqual(["😀", "\ufffd"]);
  expect(compareTexts("😀", "\ufffd")).toBeGreaterThan(0);
});

test("time decides first, then source, then key", () => {
  const stamp = (at: number, source: string, key: string) => ({ at, source, key });
  const ordered = [stamp(1, "b", "b"), stamp(2, "a", "b"), stamp(2, "b", "a"), stamp(2, "b", "b")];
  for (const [index, left] of ordered.entries())
    for (const [other, right] of ordered.entries())
      expect(Math.sign(compareStamps(left, right))).toBe(Math.sign(index - other));
});
