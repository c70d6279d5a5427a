import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { placeOf, readBaseline, writeBaseline } from "../../../benchmarks/check/baseline.ts";
import { exampleBaseline } from "../../support/benchmark-results.ts";
import { temporaryFolder } from "../../support/temporary.ts";

function fileWith(content: string): string {
  const file = join(temporaryFolder(), "baseline.json");
  writeFileSync(file, content);
  return file;
}

test("what is written is read again", () => {
  const file = fileWith("");
  const { format, ...baseline } = exampleBaseline();
  writeBaseline(file, baseline);
  expect(readBaseline(file)).toStrictEqual({ format, ...baseline });
  expect(readFileSync(file, "utf8")).toMatch(/\n$/);
});

test.each([
  ["no file", () => join(temporaryFolder(), "baseline.json"), /there is no baseline/],
  ["no JSON", () => fileWith("{"), /is not JSON/],
  ["another format", () => fileWith(`{ "format": 0 }`), /is of format 0, and this check reads 1/],
  ["none", () => fileWith("[]"), /is of format undefined/],
  [
    "a ratio of zero",
    () => {
      const [entry] = exampleBaseline().entries;
      return fileWith(JSON.stringify({ ...exampleBaseline(), entries: [{ ...entry, min: 0 }] }));
    },
    /is no baseline:[^]*entries\[0\]\.min/,
  ],
  [
    "a key that nobody reads",
    () => fileWith(JSON.stringify({ ...exampleBaseline(), tolerance: 2 })),
    /is no baseline:[^]*tolerance/,
  ],
])("%s is told, and what to do", (_, file, message) => {
  expect(() => readBaseline(file())).toThrow(message);
  expect(() => readBaseline(file())).toThrow("npm run bench:check -- --update");
});

test("names that run into each other are different places", () => {
  const place = { benchmark: "a", workload: "b c", contender: "d", figure: "e" };
  expect(placeOf(place)).not.toBe(placeOf({ ...place, workload: "b", contender: "c d" }));
});
