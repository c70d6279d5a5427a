/** A token bucket: so many per second on average, and so many at once. Knows no clock; the time is an argument. */
import type { Milliseconds } from "./identity/types.ts";

export interface Rate {
  readonly perSecond: number;
  /** How many at once, after a pause. */
  readonly burst: number;
}

export class TokenBucket {
  readonly #rate: Rate;
  #tokens: number;
  #countedAt: Milliseconds | undefined;

  constructor(rate: Rate) {
    this.#rate = rate;
    this.#tokens = rate.burst;
  }

  /** Takes a token, or says in how many whole seconds, one at least, there will be one. */
  take(now: Milliseconds): "taken" | { readonly retryAfterSeconds: number } {
    this.#fill(now);
    if (this.#tokens >= 1) {
      this.#tokens--;
      return "taken";
    }
    return {
      retryAfterSeconds: Math.max(1, Math.ceil((1 - this.#tokens) / this.#rate.perSecond)),
    };
  }

  /** A clock that was set back fills nothing, and takes nothing away. */
  #fill(now: Milliseconds): void {
    const elapsed = Math.max(0, now - (this.#countedAt ?? now));
    this.#countedAt = now;
    const { perSecond, burst } = this.#rate;
    this.#tokens = Math.min(burst, this.#tokens + (elapsed / 1000) * perSecond);
  }
}
