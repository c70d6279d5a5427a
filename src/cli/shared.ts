/** What several commands share: options, output, logs. Results go to standard output, everything else to error. */
import { existsSync } from "node:fs";
import { InvalidArgumentError, Option } from "commander";
import { pino, type Logger } from "pino";
import { configSchema, databaseSchema } from "../../schema/config.ts";
import { loadConfig, type Settings } from "../config/config.ts";
import { SqliteStore } from "../store/sqlite/sqlite-store.ts";

/** A failure that is told in one line: 1 where the work failed, 2 where the call was wrong. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly exitCode: 1 | 2;

  constructor(exitCode: 1 | 2, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}

const CONFIG_DEFAULT = "selfsame.yaml";

export const configOption = () =>
  new Option("--config <file>", "the configuration").default(CONFIG_DEFAULT);
export const databaseOption = () =>
  new Option("--database <file>", "the SQLite file; overrides the configuration's").argParser(
    (text) => {
      const parsed = databaseSchema.safeParse(text);
      if (parsed.success) return parsed.data;
      throw new InvalidArgumentError(`${parsed.error.issues[0]!.message}.`);
    },
  );
export const jsonOption = () => new Option("--json", "machine-readable output").default(false);

export interface ConfigChoice {
  readonly config: string;
  readonly database?: string;
}

/** The settings of the chosen configuration and database. Throws a ConfigError. */
export function settingsOf(choice: ConfigChoice): Settings {
  const settings = loadConfig(choice.config, process.env);
  return choice.database === undefined ? settings : { ...settings, database: choice.database };
}

/** The database alone, for commands that need no sources: then there may be no configuration at all. */
export function databaseOf(choice: ConfigChoice): string {
  if (choice.database !== undefined) return choice.database;
  return existsSync(choice.config) || choice.config !== CONFIG_DEFAULT
    ? settingsOf(choice).database
    : configSchema.parse({}).database;
}

/** A database that another command has made; looking for nobody must not make an empty one. Throws a CommandError. */
export function openExisting(
  file: string,
  options:
    | { readonly readonly: true }
    | { readonly asItIs: true }
    | { readonly mustExist: true; readonly bytesMax?: number | undefined },
): SqliteStore {
  if (!existsSync(file))
    throw new CommandError(
      1,
      `there is no database at ${file}; name another with --database, or serve or import first`,
    );
  return new SqliteStore(file, options);
}

/** Why a file that was named cannot be read, as the wrong usage it is. */
export function unreadable(file: string, error: unknown): CommandError {
  const { code } = error as NodeJS.ErrnoException;
  return new CommandError(
    2,
    code === "ENOENT" ? `there is no file ${file}` : `${file} cannot be read (${code})`,
  );
}

/** Writes a result: JSON for machines, the text for people. */
export function print(json: boolean, value: unknown, text: string): void {
  process.stdout.write(json ? `${JSON.stringify(value)}\n` : `${text}\n`);
}

const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"];

/** Lines of JSON on standard error. Throws a CommandError where the environment asks for a level that there is not. */
export function createLogger(): Logger {
  const level = process.env["SELFSAME_LOG_LEVEL"] ?? "info";
  if (!LOG_LEVELS.includes(level))
    throw new CommandError(2, `SELFSAME_LOG_LEVEL is ${level}; it may be ${LOG_LEVELS.join(", ")}`);
  return pino({ level }, pino.destination(2));
}
