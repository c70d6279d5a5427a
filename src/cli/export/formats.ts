/** How rows are written: NDJSON, CSV and Parquet, each a batch at a time, so that memory holds one batch. */
import { formatTime } from "../../extract/time.ts";
import { csvLines, type Cell } from "../../http/csv.ts";
import { writeJson } from "../../queries/json.ts";
import type { Snapshot } from "../../store/store.ts";
import { batchesOf } from "./batches.ts";
import type { Output } from "./output.ts";
import { writeParquet } from "./parquet.ts";
import type { Column, Table, Value } from "./tables.ts";

/** Resolves when everything was given to the output; `onRows` is told how many rows were, after each batch. */
type WriteTable = (
  table: Table,
  snapshot: Snapshot,
  output: Pick<Output, "write">,
  onRows: (rows: number) => void,
) => Promise<void>;

/** What goes to the output at once. */
const TEXT_BATCH = { rowsMax: 1000, charactersMax: 2 ** 18 };

const writeNdjson: WriteTable = async (table, snapshot, output, onRows) => {
  const lines = linesOf(table.objects(snapshot));
  for await (const batch of batchesOf(lines, (line) => line.length, TEXT_BATCH)) {
    await output.write(batch.join(""));
    onRows(batch.length);
  }
};

async function* linesOf(objects: AsyncIterable<unknown>): AsyncGenerator<string, void> {
  for await (const object of objects) yield `${writeJson(object)}\n`;
}

const writeCsv: WriteTable = async (table, snapshot, output, onRows) => {
  await output.write(csvLines([table.columns.map(({ name }) => name)]));
  const cellsOf = (row: readonly Value[]) =>
    row.map((value, at) => cell(value, table.columns[at]!));
  for await (const batch of batchesOf(table.rows(snapshot), charactersOf, TEXT_BATCH)) {
    await output.write(csvLines(batch.map(cellsOf)));
    onRows(batch.length);
  }
};

function cell(value: Value, { kind }: Column): Cell {
  return kind === "time" && typeof value === "number" ? formatTime(value) : value;
}

/** Large enough to be compressed and skipped well by readers, small enough for memory. */
const ROW_GROUP = { rowsMax: 8000, charactersMax: 2 ** 21 };

const writeParquetTable: WriteTable = (table, snapshot, output, onRows) =>
  writeParquet(table.columns, batchesOf(table.rows(snapshot), charactersOf, ROW_GROUP), {
    output,
    onRows,
  });

function charactersOf(row: readonly Value[]): number {
  return row.reduce<number>(
    (sum, value) => sum + (typeof value === "string" ? value.length : 8),
    0,
  );
}

export const FORMATS = {
  ndjson: writeNdjson,
  csv: writeCsv,
  parquet: writeParquetTable,
} as const;
export type FormatName = keyof typeof FORMATS;
