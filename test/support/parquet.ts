/** Reads Parquet by another implementation than the one that writes it: Apache Arrow's, in Rust. */
import { readFileSync } from "node:fs";
import { tableFromIPC } from "apache-arrow";
import { readParquet } from "parquet-wasm";

export interface ParquetFile {
  /** The type of each column, by name. */
  readonly types: Readonly<Record<string, string>>;
  /** Times as milliseconds since 1970 and counts as bigints, as Arrow gives them. */
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

export function readParquetFile(file: string): ParquetFile {
  const table = tableFromIPC(readParquet(readFileSync(file)).intoIPCStream());
  const { fields } = table.schema;
  return {
    types: Object.fromEntries(fields.map(({ name, type }) => [name, String(type)])),
    rows: table.toArray().map((row: { toJSON(): Record<string, unknown> }) => row.toJSON()),
  };
}
