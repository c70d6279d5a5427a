/**
 * Tidying: after an erasure the store removes what deleted rows have left in its file. It takes a turn, so that nobody
 * waits in the store for it; where readers of former pages are in the way it is tried again, and at the end once more.
 */
import type { Milliseconds } from "./identity/types.ts";
import { StoreError, type Store } from "./store/store.ts";
import type { Turns } from "./turns.ts";

export interface TidyingOptions {
  readonly store: Store;
  readonly turns: Turns;
  readonly clock: () => Milliseconds;
}

type Storage = "clean" | "pending";

/** An answer waits no longer for it. */
const WAIT_MILLISECONDS = 10_000;
const RETRY_MILLISECONDS_MIN = 1000;
const RETRY_MILLISECONDS_MAX = 60_000;
/** About a quarter of an hour; then the next erasure, the end or the next start tries again. */
const RETRIES_MAX = 20;

export class Tidying {
  readonly #options: TidyingOptions;
  /** One that has not begun: all that is erased before it begins is tidied by it. */
  #queued: Promise<Storage> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #retries = 0;
  #isClosed = false;

  constructor(options: TidyingOptions) {
    this.#options = options;
  }

  /** Whether anything that was erased may still stand in the file, after an attempt of a few seconds. */
  async attempt(): Promise<Storage> {
    let timer: NodeJS.Timeout | undefined;
    const tooLong = new Promise<Storage>((resolve) => {
      timer = setTimeout(() => resolve("pending"), WAIT_MILLISECONDS);
    });
    try {
      return await Promise.race([this.#tidy(), tooLong]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Goes on where an earlier process ended too soon. Rejects with a StoreError. */
  async resume(): Promise<void> {
    if (await this.#options.store.isUntidy()) this.#tryLater();
  }

  /** Tries once more where it has to. Nothing may be erased after this. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#tidy();
  }

  async now(): Promise<Storage> {
    return (await this.#options.store.isUntidy()) ? "pending" : "clean";
  }

  #tidy(): Promise<Storage> {
    const { store, turns, clock } = this.#options;
    this.#queued ??= turns
      .take(async () => {
        this.#queued = undefined;
        return store.tidy(clock());
      })
      .catch((error: unknown): Storage => {
        if (error instanceof StoreError) return "pending";
        throw error;
      })
      .then((storage) => {
        if (storage === "clean") this.#retries = 0;
        else this.#tryLater();
        return storage;
      });
    return this.#queued;
  }

  #tryLater(): void {
    if (this.#isClosed || this.#retries === RETRIES_MAX) return;
    clearTimeout(this.#timer);
    const wait = Math.min(RETRY_MILLISECONDS_MIN * 2 ** this.#retries++, RETRY_MILLISECONDS_MAX);
    this.#timer = setTimeout(() => void this.#tidy(), wait);
    // It keeps no process alive that has nothing else to do.
    this.#timer.unref();
  }
}
