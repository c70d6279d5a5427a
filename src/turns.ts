/**
 * Turns: who changes the store takes one, from the first look to the commit, and one at a time; that is what a store
 * asks of its caller. Other processes take no turns with us, so what was looked at may be past when it is committed;
 * then the whole turn is tried again.
 */
import { StoreError } from "./store/store.ts";

// Each stale attempt means that another process got in between; more in a row than this is a store that is not ours.
const STALE_ATTEMPTS_MAX = 20;

export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs `attempt` when all before have ended, and again for as long as it says `stale`. Rejects with its error. */
  take<Result>(attempt: () => Promise<Result | "stale">): Promise<Result> {
    const turn = this.#last.then(() => untilCurrent(attempt));
    this.#last = turn.catch(() => {});
    return turn;
  }

  /** Resolves when all turns that were taken have ended. */
  async end(): Promise<void> {
    await this.#last;
  }
}

async function untilCurrent<Result>(attempt: () => Promise<Result | "stale">): Promise<Result> {
  for (let tries = 0; tries < STALE_ATTEMPTS_MAX; tries++) {
    const result = await attempt();
    if (result !== "stale") return result;
  }
  throw new StoreError("busy", "other processes keep changing the database");
}
