/** `export`: everything there is, a row each, for other tools; as of one moment, while the service runs. */
import type { Stats } from "node:fs";
import { stat } from "node:fs/promises";
import { extname } from "node:path";
import { SingleBar } from "cli-progress";
import { Argument, Command, Option } from "commander";
import type { Snapshot } from "../store/store.ts";
import { FORMATS, type FormatName } from "./export/formats.ts";
import { fileOutput, ReaderGone, standardOutput, type Output } from "./export/output.ts";
import { TABLES, type TableName } from "./export/tables.ts";
import {
  CommandError,
  configOption,
  databaseOf,
  databaseOption,
  openExisting,
  type ConfigChoice,
} from "./shared.ts";

interface ExportChoice extends ConfigChoice {
  readonly format?: FormatName;
  readonly output?: string;
}

const FORMAT_NAMES = Object.keys(FORMATS) as readonly FormatName[];

export function exportCommand(): Command {
  return new Command("export")
    .description(
      "write all profiles, journeys or links, as of one moment, also while the service runs",
    )
    .addArgument(new Argument("<what>", "what to export").choices(Object.keys(TABLES)))
    .addOption(
      new Option(
        "--format <format>",
        "how rows are written (default: by the ending of the output's name, else ndjson)",
      ).choices(FORMAT_NAMES),
    )
    .option(
      "--output <file>",
      "the file, replaced when the export is whole (default: standard output)",
    )
    .addOption(configOption())
    .addOption(databaseOption())
    .action(exportTable);
}

async function exportTable(what: TableName, choice: ExportChoice): Promise<void> {
  const database = databaseOf(choice);
  if (choice.output !== undefined) await refuseDatabase(choice.output, database);
  const format = formatOf(choice);
  if (format === "parquet" && choice.output === undefined && process.stdout.isTTY)
    throw new CommandError(
      2,
      "Parquet is not for a terminal; name a file with --output, or send standard output into one",
    );
  const store = openExisting(database, { readonly: true });
  try {
    const snapshot = await store.snapshot();
    try {
      // None where rows go to the terminal themselves.
      const isBarShown =
        process.stderr.isTTY && (choice.output !== undefined || !process.stdout.isTTY);
      const output = await openOutput(choice.output);
      await writeWhole({ what, format, snapshot, output, isBarShown });
    } finally {
      await snapshot.close();
    }
  } catch (error) {
    if (!(error instanceof ReaderGone)) throw error;
  } finally {
    await store.close();
  }
}

/** A file of the database, by whatever name, would be replaced with what was read from it. */
async function refuseDatabase(output: string, database: string): Promise<void> {
  const [chosen, ...kept] = await Promise.all(
    [output, database, `${database}-wal`, `${database}-shm`].map((file) =>
      stat(file).catch(() => undefined),
    ),
  );
  const isChosen = (file: Stats | undefined) =>
    file !== undefined && file.ino === chosen?.ino && file.dev === chosen.dev;
  if (kept.some(isChosen))
    throw new CommandError(2, `${output} is the database that is exported; name another file`);
}

/** Endings that are a format's own name go without saying. */
const OTHER_ENDINGS: Readonly<Record<string, FormatName>> = { "": "ndjson", jsonl: "ndjson" };

function formatOf({ format, output = "" }: ExportChoice): FormatName {
  if (format !== undefined) return format;
  const ending = extname(output).slice(1).toLowerCase();
  const told = FORMAT_NAMES.find((name) => name === ending) ?? OTHER_ENDINGS[ending];
  if (told !== undefined) return told;
  throw new CommandError(
    2,
    `.${ending} tells no format; say it with --format ${FORMAT_NAMES.join(", ")}`,
  );
}

interface Export {
  readonly what: TableName;
  readonly format: FormatName;
  readonly snapshot: Snapshot;
  readonly output: Output;
  readonly isBarShown: boolean;
}

async function writeWhole({ what, format, snapshot, output, isBarShown }: Export): Promise<void> {
  const table = TABLES[what];
  const bar = isBarShown ? startBar(table.count(snapshot.counts)) : undefined;
  try {
    await FORMATS[format](table, snapshot, output, (rows) => bar?.increment(rows));
    await output.finish();
  } catch (error) {
    await output.abandon();
    throw error;
  } finally {
    bar?.stop();
  }
}

/** Whoever stops the export of a file shall not find half of it; an export to others just ends. */
async function openOutput(file: string | undefined): Promise<Output> {
  if (file === undefined) return standardOutput();
  let stoppedBy: string | undefined;
  for (const name of ["SIGTERM", "SIGINT"] as const) process.once(name, () => (stoppedBy = name));
  const output = await fileOutput(file);
  return {
    ...output,
    async write(chunk) {
      if (stoppedBy !== undefined)
        throw new CommandError(1, `stopped by ${stoppedBy}; ${file} was not written`);
      await output.write(chunk);
    },
  };
}

function startBar(rows: number): SingleBar {
  const bar = new SingleBar({
    format: "{bar} {percentage}% | {value} of {total} | {eta_formatted} left",
    stream: process.stderr,
  });
  bar.start(rows, 0);
  return bar;
}
