/** CSV: what another reader gets back, and what a spreadsheet would run. */
import { parse } from "csv-parse/sync";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { csvLines } from "../../src/http/csv.ts";

const FORMULAS = [
  "=1+1",
  "+1",
  "-5",
  "@SUM(1)",
  "\t=1",
  "\r=1",
  "\ttext",
  "\rtext",
  "\ntext",
  " =1+1",
  "\u00A0=1+1",
  '"=1+1',
  "'=1+1",
  "' \"-1",
  "＝1+1",
  "＋1",
  "－1",
  "＠SUM(1)",
];

test.each(FORMULAS)("%j is no formula any more", (text) => {
  const [[cell]] = parse(csvLines([[text]]), { record_delimiter: "\r\n" }) as [[string]];
  expect(cell).toBe(`'${text}`);
});

test.each(["", "text", "a=1", "ann@example.com", "1-2", "'tis", '{"a":"=1"}', "email:+1@x.org"])(
  "%j stays as it is",
  (text) => {
    expect(parse(csvLines([[text, "end"]]))).toEqual([[text, "end"]]);
  },
);

test("a number is no formula, and nothing is an empty cell", () => {
  expect(csvLines([[-5, 0, 2 ** 40, null, "x"]])).toBe("-5,0,1099511627776,,x\r\n");
});

test("RFC 4180: lines end in CRLF, and cells with commas, quotes and line ends are quoted", () => {
  expect(csvLines([["a,b", 'c"d', "e\nf", "g"], ["h"]])).toBe('"a,b","c""d","e\nf",g\r\nh\r\n');
});

test("every text comes back, without the one apostrophe where it would have been a formula", () => {
  const piece = fc.constantFrom(
    "=",
    "+",
    "-",
    "@",
    "'",
    '"',
    " ",
    "\t",
    "\r",
    "\n",
    ",",
    "a",
    "日",
  );
  const text = fc.array(piece).map((pieces) => pieces.join(""));
  fc.assert(
    fc.property(fc.array(fc.array(text, { minLength: 2, maxLength: 2 })), (rows) => {
      const back = parse(csvLines(rows), { record_delimiter: "\r\n" });
      const isFormula = (cell: string) => /^[\s'"]*[=+\-@]|^['"]*[\t\r\n]/.test(cell);
      expect(back.flat().filter((cell) => /^[=+\-@\t\r\n]/.test(cell))).toEqual([]);
      expect(
        back.map((row) => row.map((cell) => (isFormula(cell) ? cell.slice(1) : cell))),
      ).toEqual(rows);
    }),
  );
});
