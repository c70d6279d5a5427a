/** The thread that answers questions, one at a time, over a store of its own that can only read. It ends when it is ended. */
import { parentPort, workerData } from "node:worker_threads";
import { getHeapStatistics } from "node:v8";
import { SqliteStore } from "../store/sqlite/sqlite-store.ts";
import { toldOf, type ToldError } from "../threads.ts";
import { QuestionTooLarge } from "./desk.ts";
import { answerTo, type AskedQuestion } from "./kinds.ts";

/** What comes back. */
export type Told = { readonly answer: unknown } | (ToldError & { readonly isTooLarge: boolean });

/** What a thread is started with. */
export interface ThreadData {
  readonly file: string;
  /** The question is given up where all that its answer is counted from takes more memory than this. */
  readonly memoryMebibytes: number;
}

/** Looking takes as long as a few people do. */
const PAUSES_BETWEEN_LOOKS = 250;

const { file, memoryMebibytes } = workerData as ThreadData;
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
  store ??= new SqliteStore(file, { readonly: true });
  return { answer: await answerTo(store, asked, memoryWatch()) };
}

/** Node ends the whole process where a thread has no memory left, so it never comes to that. */
function memoryWatch() {
  let pauses = 0;
  return () => {
    pauses++;
    if (pauses % PAUSES_BETWEEN_LOOKS > 0) return undefined;
    if (getHeapStatistics().used_heap_size <= memoryMebibytes * 2 ** 20) return undefined;
    throw new QuestionTooLarge(`it needs more than ${memoryMebibytes} MiB of memory`);
  };
}

function failure(error: unknown): Told {
  return { ...toldOf(error), isTooLarge: error instanceof QuestionTooLarge };
}
