#!/usr/bin/env node
/** The command line: one file per command; here only what they share, the exit codes and the version. */
import { Command, CommanderError } from "commander";
import { ConfigError } from "../config/config-text.ts";
import { StoreError } from "../store/store.ts";
import { VERSION } from "../version.ts";
import { checkCommand } from "./check.ts";
import { demoCommand } from "./demo/demo.ts";
import { digestCommand } from "./digest.ts";
import { explainCommand } from "./explain.ts";
import { exportCommand } from "./export.ts";
import { importCommand } from "./import.ts";
import { keysCommand } from "./keys.ts";
import { presetsCommand } from "./presets.ts";
import { rebuildCommand } from "./rebuild.ts";
import { replayCommand } from "./replay.ts";
import { serveCommand } from "./serve.ts";
import { CommandError } from "./shared.ts";

const program = new Command("selfsame")
  .description("Turns webhooks into people: one person, one profile, one journey.")
  .version(VERSION)
  .showHelpAfterError("(--help tells what there is)")
  .exitOverride();
const commands = [
  serveCommand,
  demoCommand,
  checkCommand,
  presetsCommand,
  importCommand,
  replayCommand,
  explainCommand,
  rebuildCommand,
  digestCommand,
  keysCommand,
  exportCommand,
];
for (const command of commands) {
  // A command that was made apart inherits nothing by itself.
  const made = command().copyInheritedSettings(program);
  for (const part of made.commands) part.copyInheritedSettings(made);
  program.addCommand(made);
}

/** 0 done, 1 failed, 2 wrong usage, which includes a configuration that cannot be used. */
async function run(): Promise<number> {
  try {
    await program.parseAsync();
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (
      error instanceof ConfigError ||
      error instanceof CommandError ||
      error instanceof StoreError
    )
      process.stderr.write(`selfsame: ${error.message}\n`);
    else throw error;
    if (error instanceof ConfigError) return 2;
    return error instanceof CommandError ? error.exitCode : 1;
  }
}

process.exitCode = await run();
