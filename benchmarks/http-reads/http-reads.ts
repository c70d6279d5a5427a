/**
 * Profiles and pages of journeys over HTTP: the real service on a SQLite file, beside a route of the same server that has
 * the same bytes lying ready. The trial's own process asks; the server is another. Whatever either answers is compared
 * with what the service had answered before, byte for byte.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseConfig } from "../../src/config/config.ts";
import { createApp } from "../../src/http/app.ts";
import type { Benchmark, Outcome, Size, Trial } from "../benchmark.ts";
import { startServerProcess, type ServerProcess } from "../http-ingest/server-process.ts";
import { DATABASE, receiveAll, withService } from "../in-process.ts";
import { copyKept } from "../kept-database.ts";
import { Random } from "../random.ts";
import { CONFIGURATION, drawCrowd, userOf } from "../reads/crowd.ts";
import { withScratch } from "../scratch.ts";
import { answersTo, askAll, CONNECTIONS, type Answers } from "./asking.ts";

const PROFILE = "profile";
const JOURNEY = "journey-page";
const SELFSAME = "selfsame";
const BARE = "bare-route";

interface Scale {
  readonly people: number;
  readonly events: number;
  readonly requests: number;
  readonly warmUp: number;
}

const SCALES: Readonly<Record<Size, Scale>> = {
  full: { people: 2000, events: 200_000, requests: 20_000, warmUp: 6000 },
  quick: { people: 500, events: 50_000, requests: 5000, warmUp: 3000 },
  tiny: { people: 5, events: 350, requests: 10, warmUp: 5 },
};
const PAGE_EVENTS = 50;
/** How many deliveries are under way at once while the database is filled. */
const TOGETHER = 5000;

export const httpReads: Benchmark = {
  name: "http-reads",
  description: `reads over HTTP on ${CONNECTIONS} connections, of one person after the other`,
  workloads: [
    { name: PROFILE, description: "profiles of people with up to four identifiers" },
    { name: JOURNEY, description: `the first ${PAGE_EVENTS} events of their journeys` },
  ],
  contenders: [SELFSAME, BARE],
  reference: BARE,
  figures: [
    { name: "requests/s", better: "higher" },
    { name: "server's CPU time per request in µs", better: "lower" },
    { name: "asker busy in %", better: "neither" },
  ],
  goals: [{ figure: "requests/s", contender: SELFSAME, atLeast: 0.4 }],
  packages: ["autocannon"],
  trials: { full: 5, quick: 3, tiny: 1 },
  scale: (_, size) => {
    const { people, events, requests } = SCALES[size];
    const [of, among, asked] = [people, events, requests].map((count) =>
      count.toLocaleString("en"),
    );
    return `${asked} requests for ${of} people among ${among} events`;
  },
  run: (trial) => withScratch((folder) => run(trial, folder)),
};

async function run(trial: Trial, folder: string): Promise<Outcome> {
  const { contender, workload, size, seed, profileFolder } = trial;
  const { people, events, warmUp, requests } = SCALES[size];
  await copyKept(folder, size, {
    name: `http-reads-${events}-${seed}`,
    make: (into) =>
      withService(into, CONFIGURATION, { batchEventsMax: TOGETHER }, (service) =>
        receiveAll(service, drawCrowd(events, seed, people), TOGETHER),
      ),
  });
  const paths = Array.from({ length: people }, (_, person) => pathOf(workload, person));
  const random = new Random(seed);
  const drawn = Array.from({ length: warmUp + requests }, () => paths[random.below(people)]!);
  const expected = await answersOfService(folder, paths);
  const start =
    contender === BARE
      ? startBare(folder, expected, profileFolder)
      : startSelfsame(folder, profileFolder);
  return withServer(start, async (server) => {
    await expectSame(server, expected);
    await askAll(server.url, drawn.slice(0, warmUp));
    const before = await server.usage();
    const report = await askAll(server.url, drawn.slice(warmUp));
    const cpu = (await server.usage()).cpuMicroseconds - before.cpuMicroseconds;
    await expectSame(server, expected);
    const bytes = expected.reduce((sum, [, body]) => sum + Buffer.byteLength(body), 0);
    return {
      figures: {
        "requests/s": report.requestsPerSecond,
        "server's CPU time per request in µs": cpu / requests,
        "asker busy in %": 100 * report.askerBusy,
      },
      answer: `${people} answers of ${Math.round(bytes / people)} bytes on average`,
    };
  });
}

function pathOf(workload: string, person: number): string {
  const profile = `/v1/profiles/shop:${userOf(person)}`;
  return workload === PROFILE ? profile : `${profile}/journey?limit=${PAGE_EVENTS}`;
}

/** What the service answers without a network between. */
function answersOfService(folder: string, paths: readonly string[]): Promise<Answers> {
  const settings = parseConfig(CONFIGURATION, "benchmark.yaml", {});
  const onError = (error: unknown) => {
    throw error;
  };
  return withService(folder, CONFIGURATION, {}, (service) => {
    const app = createApp({ service, settings, onError });
    return answersTo((path) => app.request(`http://127.0.0.1${path}`), paths);
  });
}

async function expectSame({ url }: ServerProcess, expected: Answers): Promise<void> {
  const answers = await answersTo(
    (path) => fetch(url + path),
    expected.map(([path]) => path),
  );
  for (const [index, [path, body]] of answers.entries())
    if (body !== expected[index]![1]) throw new Error(`${path} was answered with other bytes`);
}

function startSelfsame(folder: string, profileFolder: string | undefined) {
  const config = join(folder, "selfsame.yaml");
  writeFileSync(config, CONFIGURATION);
  const args = ["serve", "--config", config, "--database", join(folder, DATABASE), "--port", "0"];
  return startServerProcess("src/cli/main", args, profileFolder);
}

function startBare(folder: string, answers: Answers, profileFolder: string | undefined) {
  const file = join(folder, "answers.json");
  writeFileSync(file, JSON.stringify(answers));
  return startServerProcess("benchmarks/http-reads/answering-server", [file], profileFolder);
}

/** Stops the server afterwards, whatever happened. */
async function withServer<Result>(
  starting: Promise<ServerProcess>,
  work: (server: ServerProcess) => Promise<Result>,
): Promise<Result> {
  const server = await starting;
  try {
    return await work(server);
  } finally {
    await server.stop();
  }
}
