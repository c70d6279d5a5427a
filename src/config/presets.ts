/**
 * Presets: known senders, each a YAML file of the shape of a source. A source that names one is merged with it before
 * anything is validated, so that a preset can say nothing that a configuration could not. Knows the files and how two
 * sources become one; knows nothing of what their keys mean beyond that.
 */
import { readdirSync, readFileSync } from "node:fs";
import { parse } from "yaml";
import { nearestName } from "./suggestion.ts";

// Beside the sources as well as in the package, where the build copies it.
const FOLDER = new URL("../extract/presets/", import.meta.url);
const SUFFIX = ".yaml";

/** By name. */
export function presetNames(): string[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith(SUFFIX))
    .map((file) => file.slice(0, -SUFFIX.length))
    .toSorted();
}

/** The file of a preset, comments included; undefined where there is no such preset. */
export function presetText(name: string): string | undefined {
  // Only what the folder lists is read: the name may be anything, `../../secrets` too.
  if (!presetNames().includes(name)) return undefined;
  return readFileSync(new URL(`${encodeURIComponent(name)}${SUFFIX}`, FOLDER), "utf8");
}

/** What a preset is for, in a line: the first of its file, which is a comment. */
export function presetDescription(text: string): string {
  return /^# (.*)$/m.exec(text)?.[1] ?? "";
}

/** That there is no such preset, which was probably meant, and which there are. */
export function unknownPreset(name: string): string {
  const known = presetNames();
  const nearest = nearestName(name, known);
  const meant = nearest === undefined ? "" : `; did you mean ${nearest}?`;
  return `there is no preset "${name}"${meant}; known are ${known.join(", ")}`;
}

type Raw = Readonly<Record<string, unknown>>;

/**
 * A source as it is written, merged with the preset it names: every key of the source replaces the preset's, `identifiers`
 * and `traits` entry by entry, a `verify` without `scheme` key by key; null takes away what the preset says, but not its
 * verification, of which nobody is rid by accident. A source that names none is as it was, and so is one that is no source
 * at all.
 */
export function expandPreset(
  source: unknown,
): { readonly source: unknown } | { readonly fault: string } {
  if (!isRaw(source) || typeof source["preset"] !== "string") return { source };
  const text = presetText(source["preset"]);
  if (text === undefined) return { fault: unknownPreset(source["preset"]) };
  const preset = parse(text) as Raw;
  const merged = { ...preset, ...source };
  for (const key of ["identifiers", "traits"])
    if (isRaw(source[key])) merged[key] = mergedEntries(preset[key], source[key]);
  if (isRaw(source["verify"]) && !("scheme" in source["verify"]))
    merged["verify"] = mergedEntries(preset["verify"], source["verify"]);
  // Left blank by mistake, `verify:` must not open the source to everybody; who wants that writes none.
  const blank = source["verify"] === null ? { verify: null } : {};
  return { source: { ...withoutNulls(merged), ...blank } };
}

/** One scheme can be changed key by key; of a list of them it could not be told which is meant. */
function mergedEntries(preset: unknown, source: Raw): Raw {
  return withoutNulls(isRaw(preset) ? { ...preset, ...source } : source);
}

function withoutNulls(raw: Raw): Raw {
  return Object.fromEntries(Object.entries(raw).filter(([, value]) => value !== null));
}

function isRaw(value: unknown): value is Raw {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A preset that is not there, and the source that names it. */
export interface PresetFault {
  readonly source: string;
  readonly message: string;
}

/** A configuration as it is written, with every source's preset merged into it. */
export function expandPresets(config: unknown): {
  readonly config: unknown;
  readonly faults: readonly PresetFault[];
} {
  if (!isRaw(config) || !isRaw(config["sources"])) return { config, faults: [] };
  const faults: PresetFault[] = [];
  const sources = Object.entries(config["sources"]).map(([name, written]) => {
    const expanded = expandPreset(written);
    if ("source" in expanded) return [name, expanded.source] as const;
    faults.push({ source: name, message: expanded.fault });
    return [name, written] as const;
  });
  return { config: { ...config, sources: Object.fromEntries(sources) }, faults };
}
