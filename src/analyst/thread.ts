/** The thread that answers questions, one at a time, over a store of its own that can only read. It ends when it is ended. */
import { parentPort, workerData } from "node:worker_threads";
import { SqliteStore } from "../store/sqlite/sqlite-store.ts";
import { StoreError, type StoreFault } from "../store/store.ts";
import { answerTo, type AskedQuestion } from "./kinds.ts";

/** What comes back: errors do not go from thread to thread as what they are. */
export type Told =
  | { readonly answer: unknown }
  | {
      readonly message: string;
      readonly stack: string | undefined;
      /** Set for a StoreError. */
      readonly fault: StoreFault | undefined;
    };

const port = parentPort!;
let store: SqliteStore | undefined;

port.on("message", (asked: AskedQuestion) => {
  answer(asked).then(
    (told) => port.postMessage(told),
    (error: unknown) => port.postMessage(failure(error)),
  );
});

async function answer(asked: AskedQuestion): Promise<Told> {
  // With the first question, so that a database that cannot be opened is told like any other failure, and tried again.
  store ??= new SqliteStore(workerData as string, { readonly: true });
  return { answer: await answerTo(store, asked, () => undefined) };
}

function failure(error: unknown): Told {
  const { message, stack } = error as Error;
  return { message, stack, fault: error instanceof StoreError ? error.fault : undefined };
}
