import fc from "fast-check";
import { expect, test } from "vitest";
import { displayWidth, tableText, visible, type Column } from "../../../src/cli/check/table.ts";

const COLUMNS: readonly Column[] = [
  { title: "name", overflow: "wrap", widthMin: 6 },
  { title: "value", overflow: "cut", widthMin: 6, widthMax: 12 },
  { title: "meaning", overflow: "wrap", widthMin: 10 },
];

test("columns line up by what is seen, not by how many characters it is", () => {
  const rows = [
    ["ann", "日本", "a"],
    ["zoe\u0308", "b", "👩 c"],
  ];
  expect(tableText(COLUMNS, rows, 80)).toBe(
    ["name  value  meaning", "ann   日本   a", "zoe\u0308   b      👩 c"].join("\n"),
  );
});

test("where space is short, values are cut first, and then lines go on below", () => {
  const rows = [["alpha", "a very long value", "it is not used, since it is none"]];
  expect(tableText(COLUMNS, rows, 47)).toBe(
    ["name   value   meaning", "alpha  a ver…  it is not used, since it is none"].join("\n"),
  );
  expect(tableText(COLUMNS, rows, 36)).toBe(
    [
      "name   value   meaning",
      "alpha  a ver…  it is not used, since",
      "               it is none",
    ].join("\n"),
  );
  expect(tableText(COLUMNS, [["averylongname", "b", ""]], 10)).toBe(
    ["name    value  meaning", "averyl  b", "ongnam", "e"].join("\n"),
  );
});

test("nothing moves the cursor, hides or turns the direction of writing", () => {
  const odd = "\u001b[2J\r\n\u007f\u009b\u200b\u202e\u2028\ud800\u{e0041}";
  expect(visible(odd)).toBe(
    String.raw`\u001b[2J\u000d\u000a\u007f\u009b\u200b\u202e\u2028\ud800\u{e0041}`,
  );
  expect(tableText(COLUMNS, [[odd, "", ""]], 200).split("\n").length).toBe(2);
});

test("no line is wider than the terminal, no word is lost, and each row starts a line of its own", () => {
  const cell = fc.oneof(
    fc.string({ unit: "binary", maxLength: 40 }),
    fc.string({ unit: fc.constantFrom("a", " ", "日", "é", "\u001b", "👩"), maxLength: 60 }),
  );
  let narrow = 0;
  fc.assert(
    fc.property(
      fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 5 }),
      fc.integer({ min: 30, max: 120 }),
      (rows, width) => {
        const text = tableText(COLUMNS, rows, width);
        for (const line of text.split("\n")) {
          expect(displayWidth(line)).toBeLessThanOrEqual(width);
          expect(line).toBe(line.trimEnd());
        }
        const lines = text.split("\n").length;
        expect(lines).toBeGreaterThanOrEqual(rows.length + 1);
        if (lines > rows.length + 1) narrow++;
        const letters = (of: string) => Array.from(of.replaceAll(/\s/gu, "")).toSorted().join("");
        // Only the middle column is cut.
        const wrapped = rows.map(([name, , meaning]) => [name, "", meaning]);
        expect(letters(tableText(COLUMNS, wrapped, width))).toBe(
          letters(`namevaluemeaning${wrapped.flat().map(visible).join("")}`),
        );
      },
    ),
  );
  expect(narrow).toBeGreaterThan(5);
});
