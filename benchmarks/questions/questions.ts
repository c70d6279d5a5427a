/**
 * Questions over everybody, asked of a running service, beside an evaluation in memory over what the simulator knows. The
 * answers have to be the same; the evaluation has everything in memory already, merged by the truth, and is a floor.
 */
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { simulate } from "../../test/support/simulator/simulate.ts";
import { openServiceFor, play } from "../../test/support/simulator/play.ts";
import { SqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import type { Benchmark, Outcome, Size, Trial } from "../benchmark.ts";
import { startServerProcess } from "../http-ingest/server-process.ts";
import { withScratch } from "../scratch.ts";
import { askingAt } from "./asking.ts";
import { QUESTIONS, type Known } from "./questions-asked.ts";
import { readTruth } from "./truth.ts";

const PEOPLE: Readonly<Record<Size, number>> = { full: 100_000, quick: 5_000, tiny: 40 };
/** Redeliveries and events that name nobody among them. */
const DELIVERIES_PER_PERSON = 11.5;
const EVENTS_PER_COMMIT = 2000;

const figureOf = (name: string) => `${name} in ms`;

export const questions: Benchmark = {
  name: "questions",
  description: "questions over everybody, each asked over HTTP of a SQLite file with all events",
  workloads: [
    { name: "five-systems", description: "people who chat, fill in forms, pay, order and push" },
  ],
  contenders: ["selfsame", "in-memory"],
  reference: "in-memory",
  figures: QUESTIONS.map(({ name }) => ({ name: figureOf(name), better: "lower" as const })),
  packages: [],
  trials: { full: 1, quick: 1, tiny: 1 },
  scale: (_, size) =>
    `${PEOPLE[size].toLocaleString("en")} people, ${(PEOPLE[size] * DELIVERIES_PER_PERSON).toLocaleString("en")} deliveries`,
  run: (trial) => withScratch((folder) => run(trial, folder)),
};

async function run(
  { contender, size, seed, profileFolder }: Trial,
  folder: string,
): Promise<Outcome> {
  const people = PEOPLE[size];
  const deliveries = people * DELIVERIES_PER_PERSON;
  const cast = simulate({ seed, people, deliveries, sharedMailbox: false });
  const known = { cast, truth: readTruth(cast) };
  return contender === "selfsame"
    ? askService(known, folder, profileFolder)
    : timeEach(async (question) => question.evaluate(known.truth));
}

async function askService(
  known: Known,
  folder: string,
  profileFolder: string | undefined,
): Promise<Outcome> {
  const { cast } = known;
  const database = join(folder, "selfsame.db");
  const config = join(folder, "selfsame.yaml");
  writeFileSync(config, `${cast.config}limits: { questionSecondsMax: 300 }\n`);
  const service = await openServiceFor(cast, new SqliteStore(database), EVENTS_PER_COMMIT);
  await play(service, cast.deliveries);
  await service.close();
  const server = await startServerProcess(
    "src/cli/main",
    ["serve", "--config", config, "--database", database, "--port", "0"],
    profileFolder,
  );
  try {
    const asking = askingAt(server.url);
    // So that the first question does not pay for the thread it is answered in.
    await asking.get("/v1/timeline?limit=1");
    return await timeEach((question) => question.ask(asking, known));
  } finally {
    await server.stop();
  }
}

async function timeEach(
  answerTo: (question: (typeof QUESTIONS)[number]) => Promise<unknown>,
): Promise<Outcome> {
  const figures: Record<string, number> = {};
  const answers: string[] = [];
  for (const question of QUESTIONS) {
    const start = performance.now();
    const answer = await answerTo(question);
    figures[figureOf(question.name)] = performance.now() - start;
    if (Array.isArray(answer) && answer.length === 0) throw new Error(`${question.name}: nobody`);
    const text = JSON.stringify(answer);
    const hash = createHash("sha256").update(text).digest("hex").slice(0, 8);
    answers.push(`${question.name} ${hash} (${text.length} characters)`);
  }
  return { figures, answer: answers.join(", ") };
}
