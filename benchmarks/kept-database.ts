/**
 * Databases that the trials of one run start from. One is made by the first trial that asks for it, beside the compiled
 * copy of the project, with which it is removed when the run ends, so that none outlives the version that wrote it. A tiny
 * one is made anew for each trial, so that the tests leave nothing behind.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
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
  copyInPages(join(kept, DATABASE), join(folder, DATABASE));
}

const PAGE_BYTES = 4096;
const PAGES_READ_AT_ONCE = 1024;

/**
 * Copies a file as SQLite would have written it. What is written in large pieces the kernel keeps in large pieces, and
 * whoever then changes pages of it here and there pays for the whole piece each time: a checkpoint took four times as long.
 */
function copyInPages(from: string, to: string): void {
  const [source, target] = [openSync(from, "r"), openSync(to, "w")];
  try {
    const pages = Buffer.allocUnsafe(PAGES_READ_AT_ONCE * PAGE_BYTES);
    for (let place = 0; ;) {
      const read = readSync(source, pages, 0, pages.length, place);
      if (read === 0) break;
      for (let page = 0; page < read; page += PAGE_BYTES)
        writeSync(target, pages, page, Math.min(PAGE_BYTES, read - page), place + page);
      place += read;
    }
    // Otherwise what is measured next would wait for the copy to reach the disk.
    fsyncSync(target);
  } finally {
    closeSync(source);
    closeSync(target);
  }
}
