/**
 * The configuration file: read, its `${NAME}`s replaced, its presets merged in, validated, compiled. Everything that is
 * wrong is told at once, each fault with its file, line, path and fix, and never with the value of a key.
 */
import { readFileSync } from "node:fs";
import { configSchema, type Config, type Limits } from "../../schema/config.ts";
import { compileAccess, type AccessSettings } from "./access.ts";
import { ConfigError, ConfigText, type ConfigFault, type Environment } from "./config-text.ts";
import { configWarnings } from "./config-warnings.ts";
import { compileDoor, type Door } from "./door.ts";
import { compileSource, type Source, type SourceFault } from "../extract/source.ts";
import type { Rules } from "../identity/rules.ts";
import { expandPresets } from "./presets.ts";
import { compileRules, type RuleRemark } from "./rules-config.ts";
import { readBySchema } from "./schema-faults.ts";

/** A configuration made ready to run by. */
export interface Settings extends AccessSettings {
  readonly database: string;
  readonly sources: ReadonlyMap<string, Source>;
  /** What stands before each source, by the same names. */
  readonly doors: ReadonlyMap<string, Door>;
  /** The service as its senders see it, without a slash at the end. */
  readonly publicUrl: string | undefined;
  readonly rules: Rules;
  /** The rules as a canonical text, by which a store tells whether they have changed. */
  readonly rulesText: string;
  readonly limits: Limits;
  /** What is accepted but deserves a second look. */
  readonly warnings: readonly ConfigFault[];
}

/** Throws a ConfigError that names the faults. */
export function loadConfig(file: string, environment: Environment): Settings {
  let text;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const message =
      code === "ENOENT"
        ? "there is no such file; create it or name another with --config"
        : `the file cannot be read (${code})`;
    throw new ConfigError([{ file, line: undefined, path: "", message }]);
  }
  return parseConfig(text, file, environment);
}

/** The same for a text; `file` stands in the messages. Throws a ConfigError. */
export function parseConfig(text: string, file: string, environment: Environment): Settings {
  const source = new ConfigText(text, file);
  source.replaceVariables(environment);
  const expanded = expandPresets(source.value());
  const presetFaults = expanded.faults.map((fault) =>
    source.fault(["sources", fault.source, "preset"], fault.message),
  );
  const read = readBySchema(configSchema, expanded.config);
  // Without its preset a source would be told faults that it does not have.
  if ("value" in read && presetFaults.length === 0) return compileSettings(read.value, source);
  const schemaFaults = "value" in read ? [] : read.faults;
  throw new ConfigError([
    ...presetFaults,
    ...schemaFaults.map(({ path, message, isUnknownKey }) => {
      const fault = source.fault(path, message);
      if (!isUnknownKey) return fault;
      return { ...fault, line: source.lineOfKey(path.slice(0, -1), path.at(-1) as string) };
    }),
  ]);
}

function compileSettings(config: Config, text: ConfigText): Settings {
  const { sources, doors, faults } = compileSources(config);
  const compiled = compileRules(config.identity, config.limits);
  const told = (remarks: readonly RuleRemark[]) =>
    remarks.map(({ path, message }) => text.fault(path, message));
  if ("faults" in compiled) throw new ConfigError(told([...faults, ...compiled.faults]));
  if (faults.length > 0) throw new ConfigError(told(faults));
  return {
    database: config.database,
    ...compileAccess(config),
    sources,
    doors,
    publicUrl: config.publicUrl?.replace(/\/+$/, ""),
    rules: compiled.rules,
    rulesText: compiled.text,
    limits: config.limits,
    warnings: told([...compiled.warnings, ...configWarnings(config)]),
  };
}

function compileSources(config: Config): {
  readonly sources: ReadonlyMap<string, Source>;
  readonly doors: ReadonlyMap<string, Door>;
  readonly faults: readonly SourceFault[];
} {
  const sources = new Map<string, Source>();
  const doors = new Map<string, Door>();
  const faults: SourceFault[] = [];
  for (const [name, sourceConfig] of Object.entries(config.sources)) {
    const compiled = compileSource(name, sourceConfig, config.limits);
    const door = compileDoor(name, sourceConfig, config.publicUrl !== undefined);
    if ("source" in compiled) sources.set(name, compiled.source);
    if ("door" in door) doors.set(name, door.door);
    for (const part of [compiled, door])
      if ("faults" in part)
        faults.push(
          ...part.faults.map(({ path, message }) => ({
            path: ["sources", name, ...path],
            message,
          })),
        );
  }
  return { sources, doors, faults };
}
