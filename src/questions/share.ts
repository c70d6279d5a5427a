/**
 * Shares of a whole, such as a third, in fixed point: they are added exactly, so that a sum depends neither on the order of
 * its parts nor on how many there are.
 */

/** 2^64 parts: a million million shares are off by less than a millionth. */
const FRACTION_BITS = 64n;
const WHOLE = 1n << FRACTION_BITS;

const DECIMALS = 1_000_000;

/** One of so many equal parts, rounded to nearest. */
export function shareOf(parts: number): bigint {
  const count = BigInt(parts);
  return (WHOLE + count / 2n) / count;
}

/** To six decimal places. */
export function decimalOf(share: bigint): number {
  const rounded = (share * BigInt(DECIMALS) + WHOLE / 2n) >> FRACTION_BITS;
  return Number(rounded) / DECIMALS;
}
