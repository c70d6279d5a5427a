/**
 * Parquet: a row group a batch, handed on as soon as it is encoded. Texts are UTF-8, times TIMESTAMP in milliseconds of
 * UTC, counts INT64.
 */
import {
  ByteWriter,
  ParquetWriter,
  schemaFromColumnData,
  type BasicType,
  type ColumnSource,
  type Writer,
} from "hyparquet-writer";
import { VERSION } from "../../version.ts";
import type { Output } from "./output.ts";
import type { Column, Value } from "./tables.ts";

const TYPES: Readonly<Record<Column["kind"], BasicType>> = {
  text: "STRING",
  time: "TIMESTAMP",
  count: "INT64",
};

interface Target {
  readonly output: Pick<Output, "write">;
  readonly onRows: (rows: number) => void;
}

export async function writeParquet(
  columns: readonly Column[],
  batches: AsyncIterable<readonly (readonly Value[])[]>,
  { output, onRows }: Target,
): Promise<void> {
  const writer = writerTo(output);
  const parquet = new ParquetWriter({
    writer,
    schema: schemaFromColumnData({ columnData: sourcesOf(columns, []) }),
    createdBy: `selfsame version ${VERSION}`,
  });
  let isEmpty = true;
  for await (const rows of batches) {
    isEmpty = false;
    await parquet.write({ columnData: sourcesOf(columns, rows), rowGroupSize: rows.length });
    onRows(rows.length);
  }
  if (isEmpty) writer.finish = async () => output.write(withoutRowGroups(writer.getBytes()));
  await parquet.finish();
}

/** No rows (an I64 of 0), and the list of row groups, empty: fields of Thrift's compact protocol. */
const NO_ROW_GROUPS = Buffer.of(0x16, 0x00, 0x19, 0x00);
const STRUCT = 0x0c;

/**
 * hyparquet-writer gives a list that is empty no element type, for which strict readers refuse the file. In a file without
 * rows that is the list of row groups; its elements would be structs.
 */
function withoutRowGroups(file: Uint8Array): Uint8Array {
  const fixed = Buffer.from(file);
  const start = fixed.lastIndexOf(NO_ROW_GROUPS);
  // A version of the writer that does it right is left alone.
  if (start !== -1) fixed[start + NO_ROW_GROUPS.length - 1] = STRUCT;
  return fixed;
}

/** Rows, turned to columns. */
function sourcesOf(
  columns: readonly Column[],
  rows: readonly (readonly Value[])[],
): ColumnSource[] {
  return columns.map(({ name, kind, nullable = false }, at) => ({
    name,
    type: TYPES[kind],
    nullable,
    data: rows.map((row) => (kind === "count" ? BigInt(row[at]!) : row[at]!)),
  }));
}

/** Keeps what is encoded until the row group is whole, then hands it on and waits until it was taken. */
function writerTo(output: Pick<Output, "write">): Writer {
  const writer = new ByteWriter();
  const handOn = async () => {
    await output.write(writer.getBytes());
    // The offset goes on; places in the file are counted by it.
    writer.index = 0;
  };
  return Object.assign(writer, { flush: handOn, finish: handOn });
}
