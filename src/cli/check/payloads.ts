/** The payloads of a trial: a file, or the files of a folder, and the content type that the name of each speaks for. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { CommandError, unreadable } from "../shared.ts";
import type { Payload } from "./trial.ts";

const CONTENT_TYPES: ReadonlyMap<string, string> = new Map([
  [".json", "application/json"],
  [".ndjson", "application/x-ndjson"],
  [".jsonl", "application/x-ndjson"],
  [".txt", "application/x-www-form-urlencoded"],
  [".form", "application/x-www-form-urlencoded"],
]);

/** Of a file or of all files of a folder, by name. Throws a CommandError. */
export function readPayloads(
  place: string,
  contentType: string | undefined,
): { readonly isFolder: boolean; readonly payloads: readonly Payload[] } {
  const isFolder = attempt(place, () => statSync(place).isDirectory());
  const payloads = (isFolder ? filesOf(place) : [place]).map((path) => ({
    file: basename(path),
    contentType:
      contentType ?? CONTENT_TYPES.get(extname(path).toLowerCase()) ?? "application/json",
    body: attempt(path, () => readFileSync(path)),
  }));
  if (payloads.length === 0) throw new CommandError(2, `there is no file in ${place}`);
  return { isFolder, payloads };
}

/** What begins with a dot belongs to editors and systems. */
function filesOf(folder: string): string[] {
  return attempt(folder, () => readdirSync(folder))
    .filter((name) => !name.startsWith("."))
    .toSorted()
    .map((name) => join(folder, name))
    .filter((path) => attempt(path, () => statSync(path).isFile()));
}

function attempt<Result>(path: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    throw unreadable(path, error);
  }
}
