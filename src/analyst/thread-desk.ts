/**
 * Answers questions in a thread of its own, which opens the database for itself and for reading only. A long question holds
 * neither the event loop nor the writer; to give it up the thread is ended, whatever it is doing.
 */
import type { Worker } from "node:worker_threads";
import { errorOf, startThread } from "../threads.ts";
import { QuestionTooLarge, type Desk } from "./desk.ts";
import type { AskedQuestion } from "./kinds.ts";
import type { ThreadData, Told } from "./thread.ts";

const THREAD = new URL("./thread.ts", import.meta.url);

/** Enough for the counts and times of some million people, and with all that may be asked at once less than a machine has. */
const MEMORY_MEBIBYTES = 512;
/** How much more a thread may take until the next look at it: one payload and all that is read of it is far less. */
const SLACK_MEBIBYTES = 1536;

interface ThreadOptions {
  readonly memoryMebibytes?: number;
}

export class ThreadDesk implements Desk {
  readonly #worker: Worker;
  #settle: { readonly resolve: (answer: unknown) => void; readonly reject: (error: Error) => void };

  constructor(file: string, { memoryMebibytes = MEMORY_MEBIBYTES }: ThreadOptions = {}) {
    this.#settle = { resolve: () => {}, reject: () => {} };
    this.#worker = startThread(THREAD, {
      workerData: { file, memoryMebibytes } satisfies ThreadData,
      resourceLimits: { maxOldGenerationSizeMb: memoryMebibytes + SLACK_MEBIBYTES },
    });
    // A thread that waits for a question is no reason to go on; somebody who waits for an answer is.
    this.#worker.unref();
    this.#worker.on("message", (told: Told) => {
      this.#worker.unref();
      if ("answer" in told) this.#settle.resolve(told.answer);
      else
        this.#settle.reject(told.isTooLarge ? new QuestionTooLarge(told.message) : errorOf(told));
    });
    this.#worker.on("error", (error) => this.#settle.reject(error));
    this.#worker.on("exit", (code) =>
      this.#settle.reject(new Error(`the thread that answers questions ended with ${code}`)),
    );
  }

  answer(asked: AskedQuestion): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#worker.ref();
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is for windows.
      this.#worker.postMessage(asked);
    });
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}
