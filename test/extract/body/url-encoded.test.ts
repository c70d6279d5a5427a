import fc from "fast-check";
import { expect, test } from "vitest";
import { readUrlEncoded } from "../../../src/extract/body/url-encoded.ts";

/** The fields as pairs; for a form that cannot be read, why. */
function pairsOf(text: string): [string, unknown][] | string {
  const read = readUrlEncoded(text, 1000);
  return "fault" in read
    ? read.fault.detail
    : read.value.map(({ name, value }): [string, unknown] => [name, value]);
}

test.each([
  [
    "a=1&b=two+words",
    [
      ["a", "1"],
      ["b", "two words"],
    ],
  ],
  [
    "a&b=&=c&&",
    [
      ["a", ""],
      ["b", ""],
      ["", "c"],
    ],
  ],
  ["a=b=c", [["a", "b=c"]]],
  ["a%5Bb%5D=%2B%26%3d", [["a[b]", "+&="]]],
  [
    "n=Zo%C3%AB&m=Zoë",
    [
      ["n", "Zoë"],
      ["m", "Zoë"],
    ],
  ],
  ["n=Zoë%", [["n", "Zoë%"]]],
  [
    "p=100%&q=%zz&r=%4&s=%%41",
    [
      ["p", "100%"],
      ["q", "%zz"],
      ["r", "%4"],
      ["s", "%A"],
    ],
  ],
  ["m=%EF%BB%BFx", [["m", "\ufeffx"]]],
])("%s is read", (text, pairs) => expect(pairsOf(text)).toEqual(pairs));

test.each(["n=Zo%EB", "%ff=1", "n=%C3", "n=%ED%A0%80"])(
  "two people do not meet in %s: bytes that are not UTF-8 are a fault",
  (text) => expect(pairsOf(text)).toBe("The body is not valid UTF-8."),
);

test("a form is read as the platform reads it, unless that puts a sign for what it cannot read", () => {
  // Without letters beyond ASCII as they are: beside a broken escape Node misreads them.
  const piece = fc.oneof(
    fc.constantFrom("a", "b", "=", "&", "+", "%", "%5B", "%5d", "%C3%A9", "%e9", "%EF%BB%BF"),
    fc.string({ unit: "binary" }).map(encodeURIComponent),
  );
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const text = pieces.join("");
      const pairs = [...new URLSearchParams(text)];
      const isLossy = pairs.flat().some((part) => part.includes("\ufffd"));
      if (isLossy && !/\ufffd|%EF%BF%BD/i.test(text))
        expect(pairsOf(text)).toBe("The body is not valid UTF-8.");
      else if (!isLossy) expect(pairsOf(text)).toEqual(pairs);
    }),
    { numRuns: 1000 },
  );
});
