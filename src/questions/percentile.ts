/** Percentiles by nearest rank: always a number that is among those given. */

/** Of numbers in ascending order; null of none. */
export function percentile(ascending: ArrayLike<number>, percent: number): number | null {
  const rank = Math.ceil((percent / 100) * ascending.length);
  return ascending[Math.max(rank, 1) - 1] ?? null;
}
