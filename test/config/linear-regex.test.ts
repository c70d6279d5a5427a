import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compileLinearRegex } from "../../src/config/linear-regex.ts";

function matches(source: string, value: string): boolean {
  const compiled = compileLinearRegex(source);
  if ("fault" in compiled) throw new Error(compiled.fault);
  return compiled.regex.matches(value);
}

function faultOf(source: string): string {
  const compiled = compileLinearRegex(source);
  return "fault" in compiled ? compiled.fault : "none";
}

test("finds what a regular expression of JavaScript finds", () => {
  const atom = fc.constantFrom("a", "b", ".", "[ab]", "[^a]", "\\d", "(a|b)", "(?:ab)", "@", "1");
  const count = fc.constantFrom("", "", "?", "*", "+", "{2}", "{1,2}", "{2,}");
  const piece = fc.tuple(atom, count).map((pieces) => pieces.join(""));
  const source = fc
    .tuple(
      fc.constantFrom("", "^"),
      fc.array(piece, { minLength: 1, maxLength: 5 }),
      fc.constantFrom("", "$"),
    )
    .map(([start, pieces, end]) => start + pieces.join("") + end);
  fc.assert(
    fc.property(source, fc.stringMatching(/^[ab@1😀]{0,10}$/u), (written, value) => {
      expect(matches(written, value)).toBe(new RegExp(written, "u").test(value));
    }),
    { numRuns: 5000 },
  );
});

describe("linear time", () => {
  // An engine that backtracks needs longer than anybody lives for each of these, so no clock is needed.
  test.each(["(a+)+$", "^(a|a)*$", "(.*a){20}$", "(a*)*c"])("%s", (source) =>
    expect(matches(source, `${"a".repeat(50_000)}b`)).toBe(false),
  );

  test("also where the engine has more states to remember than it may", () => {
    const value = Array.from({ length: 20_000 }, (_, index) => (index ** 3 % 7 < 3 ? "a" : "b"));
    expect(matches("(a|b)*a(a|b){100}c", value.join(""))).toBe(false);
    expect(matches("(a|b)*a(a|b){100}c", `${value.join("")}a${"b".repeat(100)}c`)).toBe(true);
  });
});

describe("what cannot be compiled is told with its fix", () => {
  test.each([
    ["(", "not a regular expression of RE2's syntax: missing closing )"],
    ["[a", "missing closing ]"],
    ["a{2,1}", "invalid repeat count"],
    ["a++", "invalid nested repetition operator"],
    ["(?=a)", "look-around is not supported"],
    ["(?!a)", "look-around is not supported"],
    ["(?<=a)b", "look-around is not supported"],
    ["(?<!a)b", "look-around is not supported"],
    ["(a)\\1", "back-references are not supported"],
    ["(?<name>a)\\k<name>", "back-references are not supported"],
  ])("%s", (source, message) => expect(faultOf(source)).toContain(message));

  test("advice is given for what is a fault only", () => {
    expect(faultOf("(a)|\\x31")).toBe("none");
    expect(faultOf("[(?=]a")).toBe("none");
  });
});

describe("a costly expression is refused", () => {
  test.each([
    "((a{100}){100}){100}",
    "(x{1000}){1000}",
    "(x{31}){32}",
    "a{1000}",
    `(?:${"a".repeat(240)}){1000}`,
    `(?:${"(a|b)?".repeat(39)}){1000}`,
    "(|a){1000}",
    "(a{10}\\Q\\E{10})(?i){10}",
    "a{99999999999999999999}",
  ])("%s", (source) => expect(faultOf(source)).toMatch(/lower the counts|invalid repeat count/));

  test("by its length before anything looks at it", () => {
    expect(faultOf("(".repeat(257))).toContain(
      "may have 256 characters; this one has 257, so write it as several",
    );
    expect(faultOf("a".repeat(256))).toBe("none");
  });

  test.each([
    "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
    "^(?:[0-9]{1,3}\\.){3}[0-9]{1,3}$",
    "^\\pL{2,64}\\+[^@]{1,200}@",
    "(?i)^(test|demo|qa)[-+_.]?[0-9]*@",
  ])("%s is not", (source) => expect(faultOf(source)).toBe("none"));
});

test("no text at all does anything but compile or give a fault", () => {
  const symbols = "( ) [ ] [^ {2} {3,} {,4} {0} * + ? | ^ $ . , } (?i) (?: (?P<n> a-z - [:alpha:]";
  const escapes = "\\ \\Q \\E \\p{L} \\pL \\d \\b \\8 \\x{10FFFF} \\x{110000}";
  const letters = "a é 😀 \uD800";
  const word = fc.constantFrom("\n", ...`${symbols} ${escapes} ${letters}`.split(" "));
  const source = fc.oneof(
    fc.array(word, { maxLength: 20 }).map((words) => words.join("")),
    fc.string({ unit: "binary", maxLength: 20 }),
  );
  fc.assert(
    fc.property(source, fc.string({ maxLength: 10 }), (written, value) => {
      const compiled = compileLinearRegex(written);
      if ("regex" in compiled) compiled.regex.matches(value);
    }),
    { numRuns: 5000 },
  );
});
