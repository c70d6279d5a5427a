/** Medians and spreads of a few numbers: with so few, anything finer would pretend. */

export interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export function summarise(values: readonly number[]): Summary {
  if (values.length === 0) throw new RangeError("nothing has no median");
  const sorted = values.toSorted((left, right) => left - right);
  const middle = sorted.length >> 1;
  const median =
    sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  return { median, min: sorted[0]!, max: sorted.at(-1)! };
}

/** Of what was measured in the same round, round by round. */
export function ratios(values: readonly number[], references: readonly number[]): number[] {
  return values.map((value, round) => value / references[round]!);
}

/** The value that a share of all values is at or below: 0.99 gives the 99th percentile. */
export function percentile(values: Float64Array, share: number): number {
  if (values.length === 0) throw new RangeError("nothing has no percentile");
  const sorted = values.toSorted();
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;
}
