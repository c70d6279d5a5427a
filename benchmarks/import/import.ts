/**
 * Lines of a file into a fresh database: the command `import` as it is called by hand, from opening the database to
 * closing it, beside plain inserts of the same lines.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { importCommand } from "../../src/cli/import.ts";
import type { Benchmark, Outcome, Trial } from "../benchmark.ts";
import { withScratch } from "../scratch.ts";
import { Stopwatch, TIME_FIGURES } from "../stopwatch.ts";
import { CONFIGURATION, drawLines, LINES, SOURCE, type Lines } from "./lines.ts";
import { insertRows, readRows } from "./bare-rows.ts";
import { insertLines } from "./raw-insert.ts";

export const importLines: Benchmark = {
  name: "import",
  description: "a file of events, one a line, into a fresh SQLite database, each thousand durable",
  workloads: [
    {
      name: "shop",
      description: "five events a person, who is a visitor first, logs in and is a customer then",
    },
  ],
  contenders: ["selfsame", "bare-rows", "raw-insert"],
  reference: "raw-insert",
  figures: [{ name: "lines/s", better: "higher" }, ...TIME_FIGURES],
  goals: [{ figure: "lines/s", contender: "selfsame", atLeast: 0.6 }],
  packages: [],
  trials: { full: 3, quick: 2, tiny: 1 },
  scale: (_, size) => `${LINES[size].toLocaleString("en")} lines`,
  run: (trial) => withScratch((folder) => run(trial, folder)),
};

async function run({ contender, size, seed }: Trial, folder: string): Promise<Outcome> {
  const count = LINES[size];
  const warmUp = job(folder, "warm-up", drawLines(count / 10, seed + 1));
  await importInto(contender, warmUp);
  const measured = job(folder, "measured", drawLines(count, seed));
  const work =
    contender === "bare-rows"
      ? await bareRowsOf(measured, job(folder, "model", measured.lines))
      : () => importInto(contender, measured);
  const stopwatch = new Stopwatch();
  await stopwatch.runAsync(work);
  const figures = stopwatch.figures();
  return {
    figures: { ...figures, "lines/s": (1000 * count) / figures["time in ms"]! },
    answer: answerOf(contender, measured),
  };
}

interface Job {
  readonly lines: Lines;
  readonly file: string;
  readonly database: string;
  readonly config: string;
}

function job(folder: string, name: string, lines: Lines): Job {
  const path = (extension: string) => join(folder, `${name}.${extension}`);
  const files = { file: path("ndjson"), database: path("db"), config: path("yaml") };
  writeFileSync(files.file, `${lines.lines.join("\n")}\n`);
  writeFileSync(files.config, CONFIGURATION);
  return { ...files, lines };
}

async function importInto(contender: string, { file, database, config }: Job): Promise<void> {
  if (contender === "raw-insert") return insertLines(file, database);
  const options = ["--source", SOURCE, "--config", config, "--database", database, "--json"];
  await importCommand().parseAsync([file, ...options], { from: "user" });
}

/** What Selfsame keeps is found out before the clock starts. */
async function bareRowsOf({ database }: Job, model: Job): Promise<() => Promise<void>> {
  await importInto("selfsame", model);
  const rows = readRows(model.database);
  return () => insertRows(rows, database);
}

/** What is in the database: every event once, and its payload whole. */
function answerOf(contender: string, { database: file, lines }: Job): string {
  const database = new Database(file, { readonly: true });
  try {
    const read = (sql: string) => database.prepare<[], number>(sql).pluck().get();
    if (contender !== "raw-insert") {
      const people = read("SELECT count(DISTINCT profile) FROM identifier_rows");
      if (people !== lines.people)
        throw new Error(`the database holds ${people} people, not ${lines.people}`);
    }
    const events = read("SELECT count(*) FROM events");
    const characters = read("SELECT sum(length(payload)) FROM events");
    return `${events} events, ${characters} characters`;
  } finally {
    database.close();
  }
}
