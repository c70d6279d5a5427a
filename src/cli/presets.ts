/** `presets`: the senders that are known by name, and what each of them means, to be copied from. */
import { Command } from "commander";
import { presetDescription, presetNames, presetText, unknownPreset } from "../config/presets.ts";
import { CommandError, jsonOption, print } from "./shared.ts";

export function presetsCommand(): Command {
  return new Command("presets")
    .description("list the senders that are known by name, or print what one of them means")
    .argument("[name]", "a preset")
    .addOption(jsonOption())
    .action((name: string | undefined, { json }: { readonly json: boolean }) => {
      if (name === undefined) list(json);
      else show(name, json);
    });
}

function list(json: boolean): void {
  const presets = presetNames().map((name) => ({
    name,
    description: presetDescription(presetText(name)!),
  }));
  const width = Math.max(...presets.map(({ name }) => name.length)) + 2;
  const lines = presets.map(({ name, description }) => `${name.padEnd(width)}${description}`);
  print(json, { presets }, lines.join("\n"));
}

function show(name: string, json: boolean): void {
  const text = presetText(name);
  if (text === undefined) throw new CommandError(2, unknownPreset(name));
  print(json, { name, description: presetDescription(text), yaml: text }, text.trimEnd());
}
