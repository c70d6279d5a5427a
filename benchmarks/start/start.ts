/**
 * How long the service takes from being called to being ready, and how much memory it holds then, on a database with
 * millions of identifiers and on an empty one: neither may depend on what there is.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import type { Benchmark, Outcome, Size, Trial } from "../benchmark.ts";
import { keptHistory } from "../history/kept-history.ts";
import { CONFIGURATION, IDENTIFIERS_EACH, userOf } from "../history/people.ts";
import { startServerProcess } from "../http-ingest/server-process.ts";
import { DATABASE, withService } from "../in-process.ts";
import { keptFolder } from "../kept-database.ts";
import { withScratch } from "../scratch.ts";

const LARGE = "ten-million";
const EMPTY = "empty";
const READY_MS = "time until ready in ms";
const RESIDENT_MB = "resident memory in MB";

const IDENTIFIERS: Readonly<Record<Size, number>> = {
  full: 10_000_000,
  quick: 1_000_000,
  tiny: 200,
};

export const start: Benchmark = {
  name: "start",
  description: "from the command to a service that says it is ready",
  workloads: [{ name: "serve", description: "the first answer of /readyz" }],
  contenders: [LARGE, EMPTY],
  reference: EMPTY,
  figures: [
    { name: READY_MS, better: "lower" },
    { name: RESIDENT_MB, better: "lower" },
  ],
  goals: [
    { figure: READY_MS, contender: LARGE, of: "difference", atMost: 2000 },
    { figure: RESIDENT_MB, contender: LARGE, of: "value", atMost: 400 },
  ],
  packages: [],
  trials: { full: 7, quick: 5, tiny: 1 },
  scale: (_, size) => `${IDENTIFIERS[size].toLocaleString("en")} identifiers and none`,
  run: (trial) => withScratch((folder) => run(trial, folder)),
};

async function run({ contender, size, profileFolder }: Trial, folder: string): Promise<Outcome> {
  const people = contender === LARGE ? IDENTIFIERS[size] / IDENTIFIERS_EACH : 0;
  const lies = people === 0 ? await makeEmpty(folder) : await makeLarge(folder, size, people);
  const config = join(folder, "selfsame.yaml");
  writeFileSync(config, CONFIGURATION);
  const args = ["serve", "--config", config, "--database", join(lies, DATABASE), "--port", "0"];
  const begin = performance.now();
  const server = await startServerProcess("src/cli/main", args, profileFolder);
  try {
    const ready = await fetch(`${server.url}/readyz`);
    const readyMs = performance.now() - begin;
    const { residentBytes } = await server.usage();
    // That it is this database, the last of its people tells.
    const last = await fetch(`${server.url}/v1/profiles/shop:${userOf(Math.max(people, 1) - 1)}`);
    if (last.status !== (people === 0 ? 404 : 200))
      throw new Error(`the last of ${people} people was answered with ${last.status}`);
    return {
      figures: { [READY_MS]: readyMs, [RESIDENT_MB]: residentBytes / 2 ** 20 },
      answer: `ready with ${ready.status}`,
    };
  } finally {
    await server.stop();
  }
}

/** Made before, as the large one is, so that neither makes tables on the clock. */
async function makeEmpty(folder: string): Promise<string> {
  await withService(folder, CONFIGURATION, {}, async () => {});
  return folder;
}

function makeLarge(folder: string, size: Size, people: number): Promise<string> {
  return keptFolder(folder, size, keptHistory(people));
}
