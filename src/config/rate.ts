/** Rates as they are configured, made whole. */

/** How often something may be done: on average, and at once after a pause. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** Without a number of its own, a burst is what comes in this time. */
const BURST_SECONDS = 10;

export function compileRate(configured: {
  readonly perSecond: number;
  readonly burst?: number | undefined;
}): Rate {
  const { perSecond, burst = Math.max(1, Math.ceil(perSecond * BURST_SECONDS)) } = configured;
  return { perSecond, burst };
}
