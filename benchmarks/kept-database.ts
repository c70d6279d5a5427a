/**
 * Databases that the trials of one run start from. One is made by the first trial that asks for it, beside the compiled
 * copy of the project, with which it is removed when the run ends, so that none outlives the version that wrote it. A tiny
 * one is made anew for each trial, so that the tests leave nothing behind.
 */
import {
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Size } from "./benchmark.ts";
import { DATABASE } from "./in-process.ts";

const KEPT = fileURLToPath(new URL("results/kept", import.meta.url));

export interface KeptDatabase {
  /** What tells it from all others of a run, its scale and seed among that. */
  readonly name: string;
  /** Puts it into a folder, closed and without a log beside it. */
  readonly make: (folder: string) => Promise<void>;
}

/** The folder it lies in, to be read alone. `folder` is the trial's own. */
export async function keptFolder(
  folder: string,
  size: Size,
  { name, make }: KeptDatabase,
): Promise<string> {
  if (size === "tiny") {
    await make(folder);
    return folder;
  }
  const kept = join(KEPT, name);
  if (existsSync(kept)) return kept;
  const unfinished = `${kept}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  await make(unfinished);
  renameSync(unfinished, kept);
  return kept;
}

/** Puts a copy into `folder`, to be written to. */
export async function copyKept(folder: string, size: Size, database: KeptDatabase): Promise<void> {
  const kept = await keptFolder(folder, size, database);
  if (kept === folder) return;
  const copy = join(folder, DATABASE);
  copyFileSync(join(kept, DATABASE), copy, constants.COPYFILE_FICLONE);
  // Otherwise what is measured next would wait for the copy to reach the disk.
  const handle = openSync(copy, "r+");
  fsyncSync(handle);
  closeSync(handle);
}
