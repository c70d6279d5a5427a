/**
 * CSV (RFC 4180): lines that end in CRLF, quoted where they must be. A text that a spreadsheet would take for a formula
 * is neutralised, because anybody may post one and somebody else opens the file.
 */
import { stringify } from "csv-stringify/sync";

/** Null becomes an empty cell. */
export type Cell = string | number | null;

/**
 * What spreadsheets run: a text that begins with one of these, in their wide forms too, behind blanks or quotes as well,
 * which some programs take off before they look. The list is OWASP's for CSV injection.
 */
const FORMULA = /^[\s'"]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]|^['"]*[\t\r\n]/;

/**
 * Behind an apostrophe, which spreadsheets show as text. Taking one apostrophe off each text that matches gives back what
 * stood there.
 */
function neutralised(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}

/** One line a row. Numbers stay numbers, also negative ones. */
export function csvLines(rows: readonly (readonly Cell[])[]): string {
  // csv-stringify can neutralise too, but looks at the very first character alone.
  return stringify([...rows], {
    record_delimiter: "\r\n",
    // Otherwise it would leave a bare CR or LF in a cell that is not quoted.
    quote_record_delimiter: true,
    cast: { string: neutralised },
  });
}
