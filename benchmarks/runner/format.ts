/** How numbers are written for people. */

/** Three digits that mean something, and no decimals where there are three before the point. */
export function formatNumber(value: number): string {
  if (Number.isInteger(value) || Math.abs(value) >= 100)
    return Math.round(value).toLocaleString("en");
  return value.toPrecision(3);
}

export function formatRatio(ratio: number): string {
  return `${ratio.toFixed(2)}×`;
}
