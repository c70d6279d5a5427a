/**
 * Has threads read, so that neither those who post nor those who ask something else wait while a page is put together. One
 * thread at first; another one where all that there are have enough to do, as long as there are cores.
 *
 * What is committed while somebody reads can be copied into the file when nobody reads an earlier moment any more. A page is read
 * in a millisecond, so that comes soon: with four threads that never rested on two cores the log grew to 92 MB, and began anew.
 */
import { availableParallelism } from "node:os";
import type { Worker } from "node:worker_threads";
import { StoreError } from "../store/store.ts";
import { errorOf, startThread } from "../threads.ts";
import type { Asked, Reader } from "./reader.ts";
import type { Handed, ReadingThreadData, Told } from "./thread.ts";

const THREAD = new URL("./thread.ts", import.meta.url);

/** Each holds as much of the database in memory as the writer does, and once started it stays; few machines read more than four can. */
const THREADS_MAX = 4;
/** What waits at one thread before another is started: less than a person notices. */
const WAITING_PER_THREAD = 8;
/** What may wait at each: some seconds of its work, after which whoever asked has given up. */
const WAITING_PER_THREAD_MAX = 1000;

interface Waiting {
  readonly resolve: (answer: string | undefined) => void;
  readonly reject: (error: Error) => void;
}

export interface ThreadReaderOptions extends ReadingThreadData {
  /** Default: as many as there are cores besides the one that receives, but no more than four. */
  readonly threadsMax?: number;
}

export class ThreadReader implements Reader {
  readonly #data: ReadingThreadData;
  readonly #threadsMax: number;
  readonly #threads = new Set<ReadingThread>();
  #isClosed = false;

  constructor({ file, limits, threadsMax }: ThreadReaderOptions) {
    this.#data = { file, limits };
    const cores = availableParallelism();
    this.#threadsMax = threadsMax ?? Math.max(1, Math.min(THREADS_MAX, cores - 1));
  }

  /** How many threads there are now. */
  get threads(): number {
    return this.#threads.size;
  }

  async read(asked: Asked): Promise<string | undefined> {
    if (this.#isClosed) throw new StoreError("unavailable", "the service is closed");
    return this.#leastBusy().read(asked);
  }

  #leastBusy(): ReadingThread {
    let least: ReadingThread | undefined;
    for (const thread of this.#threads)
      if (least === undefined || thread.waiting < least.waiting) least = thread;
    const isMoreWanted = least === undefined || least.waiting >= WAITING_PER_THREAD;
    if (isMoreWanted && this.#threads.size < this.#threadsMax) return this.#start();
    if (least!.waiting >= WAITING_PER_THREAD_MAX)
      throw new StoreError("busy", "too many are waiting to read");
    return least!;
  }

  #start(): ReadingThread {
    // One that has ended is replaced when somebody asks again.
    const thread = new ReadingThread(this.#data, () => this.#threads.delete(thread));
    this.#threads.add(thread);
    return thread;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(Array.from(this.#threads, (thread) => thread.end()));
  }
}

class ReadingThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #handed = 0;

  constructor(data: ReadingThreadData, onEnd: () => void) {
    this.#worker = startThread(THREAD, { workerData: data });
    // A thread that waits for a question is no reason to go on; somebody who waits for an answer is.
    this.#worker.unref();
    this.#worker.on("message", (told: Told) => this.#hear(told));
    let why = "";
    this.#worker.on("error", (error) => {
      why = `: ${error.message}`;
    });
    // What it told before it ended is heard before this.
    this.#worker.on("exit", () => {
      onEnd();
      const error = new StoreError("unavailable", `the thread that reads has ended${why}`);
      for (const { reject } of this.#waiting.values()) reject(error);
      this.#waiting.clear();
    });
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  read(asked: Asked): Promise<string | undefined> {
    return new Promise((resolve, reject) => {
      const number = this.#handed++;
      if (this.#waiting.size === 0) this.#worker.ref();
      this.#waiting.set(number, { resolve, reject });
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is for windows.
      this.#worker.postMessage({ number, asked } satisfies Handed);
    });
  }

  #hear(told: Told): void {
    const waiting = this.#waiting.get(told.number);
    if (waiting === undefined) return;
    this.#waiting.delete(told.number);
    if (this.#waiting.size === 0) this.#worker.unref();
    if ("error" in told) waiting.reject(errorOf(told.error));
    else waiting.resolve(told.answer);
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}
