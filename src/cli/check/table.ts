/**
 * Tables for a terminal: columns that line up and lines that are no longer than the terminal is wide. What is printed
 * may come from anybody, so nothing in a cell can move the cursor, hide, or turn the direction of writing.
 */

export interface Column {
  readonly title: string;
  /** Where space is short: cut to one line, or go on in the next one below itself. */
  readonly overflow: "cut" | "wrap";
  /** How narrow it may become. */
  readonly widthMin: number;
  /** How wide it may become where there is space; any width by default. */
  readonly widthMax?: number;
}

const GAP = "  ";

/** Rows have one cell for each column. The lines have no space at their ends. */
export function tableText(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
): string {
  const cells = [columns.map(({ title }) => title), ...rows.map((row) => row.map(visible))];
  const widths = columnWidths(columns, cells, width);
  return cells
    .flatMap((row) => {
      const blocks = row.map((cell, index) => fit(cell, widths[index]!, columns[index]!.overflow));
      const height = Math.max(...blocks.map((block) => block.length));
      return Array.from({ length: height }, (_, line) =>
        blocks
          .map((block, index) => padded(block[line] ?? "", widths[index]!))
          .join(GAP)
          .trimEnd(),
      );
    })
    .join("\n");
}

/** As wide as the widest cell; where that is too much, what is cut gives way before what is wrapped. */
function columnWidths(
  columns: readonly Column[],
  cells: readonly (readonly string[])[],
  width: number,
): number[] {
  const widths = columns.map(({ widthMax = Infinity }, index) =>
    Math.min(widthMax, Math.max(...cells.map((row) => displayWidth(row[index]!)))),
  );
  const available = width - GAP.length * (columns.length - 1);
  const sum = () => widths.reduce((total, one) => total + one, 0);
  const spare = (overflow: Column["overflow"]) =>
    columns.map((column, index) =>
      column.overflow === overflow && widths[index]! > column.widthMin ? widths[index]! : 0,
    );
  while (sum() > available) {
    // The end of a value is missed less than a line that stays a line.
    const cut = spare("cut");
    const candidates = cut.some((one) => one > 0) ? cut : spare("wrap");
    const widest = candidates.indexOf(Math.max(...candidates));
    if (candidates[widest] === 0) break;
    widths[widest]!--;
  }
  return widths;
}

function fit(cell: string, width: number, overflow: Column["overflow"]): string[] {
  if (displayWidth(cell) <= width) return [cell];
  return overflow === "cut" ? [`${head(cell, width - 1)}…`] : wrapped(cell, width);
}

/** Breaks at spaces, and within a word only where it alone is too long. */
function wrapped(cell: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of cell.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (displayWidth(longer) <= width) {
      line = longer;
      continue;
    }
    if (line !== "") lines.push(line);
    line = word;
    while (displayWidth(line) > width) {
      const piece = atSeparator(head(line, width));
      lines.push(piece);
      line = line.slice(piece.length);
    }
  }
  return [...lines, line];
}

/** Paths and addresses are easier to read where they break behind a dot or the like. */
function atSeparator(piece: string): string {
  const end = /^.*[./@,:-]/su.exec(piece)?.[0] ?? "";
  return end.length > piece.length / 2 ? end : piece;
}

/** The beginning that is not wider than `width`, and one character at the least, so that every step gets on. */
function head(text: string, width: number): string {
  let taken = "";
  let used = 0;
  for (const character of text) {
    used += displayWidth(character);
    if (used > width && taken !== "") break;
    taken += character;
  }
  return taken;
}

function padded(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - displayWidth(text)));
}

const COMBINING = /\p{M}/u;
const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]/u;

/** How many columns of a terminal a text takes, as near as one gets without its font. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text)
    width += COMBINING.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  return width;
}

/** Control and format characters, separators of lines and halves of characters, each as `\u…`. */
export function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) => {
    const code = character.codePointAt(0)!.toString(16);
    return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, "0")}`;
  });
}
