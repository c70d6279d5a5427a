/** The thread that reads: it answers one question after the other, as they come, over a store of its own that can only read. */
import { parentPort, workerData } from "node:worker_threads";
import xxhash from "xxhash-wasm";
import { createIdScheme } from "../identity/ids.ts";
import { People, type PeopleOptions } from "../queries/people.ts";
import { createReferences } from "../queries/references.ts";
import { SqliteStore } from "../store/sqlite/sqlite-store.ts";
import { toldOf, type ToldError } from "../threads.ts";
import { answerText } from "./answer-text.ts";
import type { Asked } from "./reader.ts";

/** What a thread is started with. */
export interface ReadingThreadData {
  readonly file: string;
  readonly limits: PeopleOptions["limits"] & { readonly identifierBytesMax: number };
}

export interface Handed {
  readonly number: number;
  readonly asked: Asked;
}

export type Told = { readonly number: number } & (
  | { readonly answer: string | undefined }
  | { readonly error: ToldError }
);

const { file, limits } = workerData as ReadingThreadData;
const port = parentPort!;
const hashing = xxhash();
let people: People | undefined;

async function read(asked: Asked): Promise<string | undefined> {
  const hasher = await hashing;
  // With the first question, so that a database that cannot be opened is told like any other failure, and tried again.
  people ??= openPeople((text, seed) => hasher.h64(text, seed));
  return answerText(people, asked);
}

function openPeople(hash: Parameters<typeof createIdScheme>[0]): People {
  const store = new SqliteStore(file, { readonly: true });
  const references = createReferences(store, createIdScheme(hash, store.seeds), limits);
  return new People({ store, references, limits });
}

port.on("message", ({ number, asked }: Handed) => {
  read(asked).then(
    (answer) => port.postMessage({ number, answer } satisfies Told),
    (error: unknown) => port.postMessage({ number, error: toldOf(error) } satisfies Told),
  );
});
