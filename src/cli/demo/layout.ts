/** Plain text for a terminal of 100 columns: headings, columns, trees. Knows nothing of what they tell. */

const COLUMNS = 100;

/** Makes a heading stand out; changes nothing where the output is no terminal. */
export type Emphasis = (text: string) => string;

/** A heading, a note beside it, and indented lines below. */
export function section(title: string, note: string, lines: readonly string[]): string {
  const indented = lines.map((line) => fit(line === "" ? "" : `  ${line}`));
  return [`${title}  ${note}`, "", ...indented, ""].join("\n");
}

/** Rows with their cells below each other. A cell that holds a number stands to the right. */
export function table(rows: readonly (readonly (string | number)[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => String(row[column]).length)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column]!;
        return typeof cell === "number" ? String(cell).padStart(width) : cell.padEnd(width);
      })
      .join("  ")
      .trimEnd(),
  );
}

function fit(line: string): string {
  return line.length <= COLUMNS ? line : `${line.slice(0, COLUMNS - 1)}…`;
}

/** A node of a tree, and the text beside it. */
export interface Twig {
  readonly text: string;
  readonly note: string;
  readonly twigs: readonly Twig[];
}

/** The tree as rows of two cells: the branch and its note. */
export function treeRows({ text, note, twigs }: Twig): [string, string][] {
  const rows: [string, string][] = [[text, note]];
  for (const [index, twig] of twigs.entries()) {
    const isLast = index === twigs.length - 1;
    for (const [row, [branch, branchNote]] of treeRows(twig).entries()) {
      const first = isLast ? "└─ " : "├─ ";
      const further = isLast ? "   " : "│  ";
      rows.push([(row === 0 ? first : further) + branch, branchNote]);
    }
  }
  return rows;
}
