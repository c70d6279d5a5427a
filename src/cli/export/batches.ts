/** Rows in batches that are bounded by how many they are and how large. */

interface BatchLimits {
  readonly rowsMax: number;
  /** A batch ends with the row that reaches this, so that one large row is still a batch. */
  readonly charactersMax: number;
}

export async function* batchesOf<Row>(
  rows: AsyncIterable<Row>,
  charactersOf: (row: Row) => number,
  { rowsMax, charactersMax }: BatchLimits,
): AsyncGenerator<readonly Row[], void> {
  let batch: Row[] = [];
  let characters = 0;
  for await (const row of rows) {
    batch.push(row);
    characters += charactersOf(row);
    if (batch.length < rowsMax && characters < charactersMax) continue;
    yield batch;
    batch = [];
    characters = 0;
  }
  if (batch.length > 0) yield batch;
}
