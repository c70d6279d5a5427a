/** The thread that settles: over a connection of its own to the database it commits one batch after the other, as they come. */
import { parentPort, workerData } from "node:worker_threads";
import xxhash from "xxhash-wasm";
import { compileRules } from "../config/rules-config.ts";
import { writtenRules } from "../config/rules-text.ts";
import { createIdScheme } from "../identity/ids.ts";
import { Rulebook } from "../rulebook.ts";
import { SqliteStore } from "../store/sqlite/sqlite-store.ts";
import { toldOf } from "../threads.ts";
import { Turns } from "../turns.ts";
import { InlineSettler } from "./inline-settler.ts";
import { batchOf, settledText, type Handed, type SettlingThreadData, type Told } from "./wire.ts";

const data = workerData as SettlingThreadData;
const port = parentPort!;

interface Opened {
  readonly store: SqliteStore;
  readonly settler: InlineSettler;
}

let opening: Promise<Opened> = open();
// It is tried again with the first batch.
opening.catch(() => {});

async function open(): Promise<Opened> {
  const hasher = await xxhash();
  const store = new SqliteStore(data.file, {
    mustExist: true,
    asItIs: true,
    bytesMax: data.bytesMax,
  });
  const ids = createIdScheme((text, seed) => hasher.h64(text, seed), store.seeds);
  const turns = new Turns();
  const rulebook = new Rulebook({ store, turns, compiled: compiledRules(), clock: Date.now });
  return { store, settler: new InlineSettler({ store, ids, rulebook, turns }) };
}

function compiledRules() {
  const { identity, limits } = writtenRules(data.rulesText);
  const compiled = compileRules(identity, limits);
  if ("faults" in compiled) throw new Error(`the rules in force are none: ${data.rulesText}`);
  return compiled;
}

/** What failed when the thread began may have passed by now. */
async function opened(): Promise<Opened> {
  const tried = opening;
  try {
    return await tried;
  } catch {
    if (opening === tried) {
      opening = open();
      opening.catch(() => {});
    }
    return opening;
  }
}

async function settle(text: string): Promise<string> {
  const { settler } = await opened();
  const { batch, tallies } = batchOf(text);
  return settledText(await settler.settle(batch, tallies));
}

port.on("message", (handed: Handed) => {
  if (handed === "end") {
    opening
      .then(({ store }) => store.close())
      // A store that was never opened has nothing to close.
      .catch(() => {})
      .finally(() => port.close());
    return;
  }
  const { number } = handed;
  settle(handed.text).then(
    (settled) => port.postMessage({ number, settled } satisfies Told),
    (error: unknown) => port.postMessage({ number, error: toldOf(error) } satisfies Told),
  );
});
