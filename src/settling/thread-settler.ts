/**
 * Hands batches to a thread of its own, which settles and commits them, so that receiving and writing have a core each
 * and no sender's request waits for the disk in a thread that could answer others meanwhile.
 *
 * All that is handed over while nobody else waits is one turn of this process's: the thread keeps its order.
 */
import type { Worker } from "node:worker_threads";
import type { TakenIn } from "../receipt.ts";
import { StoreError, type Tally } from "../store/store.ts";
import { errorOf, startThread } from "../threads.ts";
import type { Turns } from "../turns.ts";
import type { Settled, Settler } from "./settler.ts";
import {
  batchText,
  settledOf,
  takenText,
  type Handed,
  type SettlingThreadData,
  type Told,
} from "./wire.ts";

export interface ThreadSettlerOptions extends SettlingThreadData {
  readonly turns: Turns;
}

interface Waiting {
  readonly resolve: (settled: Settled) => void;
  readonly reject: (error: Error) => void;
}

const THREAD = new URL("./thread.ts", import.meta.url);

export class ThreadSettler implements Settler<string> {
  // One that is worked on and one that lies ready.
  readonly batchesAtOnceMax = 2;
  readonly #turns: Turns;
  readonly #data: SettlingThreadData;
  readonly #waiting = new Map<number, Waiting>();
  #handed = 0;
  #isClosed = false;
  #thread: Worker | undefined;

  constructor({ turns, file, bytesMax, rulesText }: ThreadSettlerOptions) {
    this.#turns = turns;
    this.#data = { file, bytesMax, rulesText };
    // At once, so that the first sender need not wait for it.
    this.#thread = this.#start();
  }

  /** One text instead of thirty objects, which the garbage collector would carry along until they are committed. */
  pack(taken: TakenIn): string {
    return takenText(taken);
  }

  settle(batch: readonly string[], tallies: readonly Tally[]): Promise<Settled> {
    const text = batchText(batch, tallies);
    return this.#turns.share(() => this.#hand(text));
  }

  async #hand(text: string): Promise<Settled> {
    if (this.#isClosed) throw new StoreError("unavailable", "the service is closed");
    const thread = (this.#thread ??= this.#start());
    return new Promise((resolve, reject) => {
      const number = this.#handed++;
      this.#waiting.set(number, { resolve, reject });
      thread.ref();
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is for windows.
      thread.postMessage({ number, text } satisfies Handed);
    });
  }

  #start(): Worker {
    const thread = startThread(THREAD, { workerData: this.#data });
    // A thread that waits for work is no reason to go on; somebody who waits for a receipt is.
    thread.unref();
    // Until it runs that is forgotten. Whoever has closed it meanwhile waits for its end.
    thread.once("online", () => {
      if (this.#waiting.size === 0 && !this.#isClosed) thread.unref();
    });
    thread.on("message", (told: Told) => this.#hear(told, thread));
    let why = "";
    thread.on("error", (error) => {
      why = `: ${error.message}`;
    });
    // What it told before it ended is heard before this.
    thread.on("exit", () => this.#lose(thread, why));
    return thread;
  }

  #hear(told: Told, thread: Worker): void {
    const waiting = this.#waiting.get(told.number);
    if (waiting === undefined) return;
    this.#waiting.delete(told.number);
    if (this.#waiting.size === 0) thread.unref();
    if ("settled" in told) waiting.resolve(settledOf(told.settled));
    else waiting.reject(errorOf(told.error));
  }

  /** Whether what it was at is stored nobody knows; senders are asked to come again. The next batch has a new thread. */
  #lose(thread: Worker, why: string): void {
    if (this.#thread !== thread) return;
    this.#thread = undefined;
    const lost = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of lost)
      reject(new StoreError("unavailable", `the thread that writes has ended${why}`));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const thread = this.#thread;
    this.#thread = undefined;
    if (thread === undefined) return;
    thread.ref();
    const gone = new Promise((resolve) => thread.once("exit", resolve));
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is for windows.
    thread.postMessage("end" satisfies Handed);
    await gone;
  }
}
