/**
 * Turns: who changes the store takes one, from the first look to the commit, and one at a time; that is what a store
 * asks of its caller. Other processes take no turns with us, so what was looked at may be past when it is committed;
 * then the whole turn is tried again.
 *
 * Those whose changes are put in order elsewhere, one behind the other, share a turn: they join the one of their kind for
 * as long as nobody else waits behind it.
 */
import { StoreError } from "./store/store.ts";

// Each stale attempt means that another process got in between; more in a row than this is a store that is not ours.
const STALE_ATTEMPTS_MAX = 20;

/** A turn of several at once. */
interface SharedTurn {
  readonly begun: Promise<unknown>;
  readonly end: () => void;
  under: number;
}

export class Turns {
  #last: Promise<unknown> = Promise.resolve();
  /** The last turn, where others may still join it. */
  #shared: SharedTurn | undefined;

  /** Runs `attempt` when all before have ended, and again for as long as it says `stale`. Rejects with its error. */
  take<Result>(attempt: () => Promise<Result | "stale">): Promise<Result> {
    const turn = this.#last.then(() => untilCurrent(attempt));
    this.#last = turn.catch(() => {});
    this.#shared = undefined;
    return turn;
  }

  /** Runs `work` in one turn with what else is shared. Rejects with its error. */
  async share<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = (this.#shared ??= this.#openShared());
    turn.under++;
    try {
      await turn.begun;
      return await work();
    } finally {
      turn.under--;
      if (turn.under === 0) {
        if (this.#shared === turn) this.#shared = undefined;
        turn.end();
      }
    }
  }

  #openShared(): SharedTurn {
    const begun = this.#last;
    let end = () => {};
    this.#last = new Promise<void>((resolve) => {
      end = resolve;
    });
    return { begun, end, under: 0 };
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
