/** How numbers are written for people, and how they stand below each other. */
import type { Summary } from "./statistics.ts";

/** Three digits that mean something, and no decimals where there are three before the point. */
export function formatNumber(value: number): string {
  if (Number.isInteger(value) || Math.abs(value) >= 100)
    return Math.round(value).toLocaleString("en");
  return value.toPrecision(3);
}

export function formatRatio(ratio: number): string {
  return `${ratio.toFixed(2)}×`;
}

/** Of ratios, unless another way to write them is given. */
export function formatSpread(
  { min, max }: Summary,
  format: (value: number) => string = (ratio) => ratio.toFixed(2),
): string {
  return `${format(min)} – ${format(max)}`;
}

/** One line for each row. Cells stand at the left of the columns that are named, at the right of the others. */
export function aligned(
  rows: readonly (readonly string[])[],
  leftColumns: readonly number[],
): string[] {
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) =>
        leftColumns.includes(column)
          ? cell.padEnd(widths[column]!)
          : cell.padStart(widths[column]!),
      )
      .join("  ")
      .trimEnd(),
  );
}
