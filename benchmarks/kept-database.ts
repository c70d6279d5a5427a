/**
 * Databases that the trials of one run start from. One is made by the first trial that asks for it, beside the compiled
 * copy of the project, with which it is removed when the run ends; each trial gets a copy of its own, made outside of its
 * clock. A tiny one is made anew each time, so that the tests leave nothing behind.
 */
import { constants, copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Trial } from "./benchmark.ts";
import { DATABASE } from "./in-process.ts";

const KEPT = fileURLToPath(new URL("results/kept", import.meta.url));

/**
 * Puts the database called `name` into `folder`. `make` makes it where there is none of this size and seed yet, closed and
 * without a log beside it.
 */
export async function copyKept(
  folder: string,
  name: string,
  { size, seed }: Pick<Trial, "size" | "seed">,
  make: (folder: string) => Promise<void>,
): Promise<void> {
  if (size === "tiny") return make(folder);
  const kept = join(KEPT, `${name}-${size}-${seed}`);
  if (!existsSync(kept)) {
    const unfinished = `${kept}.unfinished`;
    rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(unfinished, { recursive: true });
    await make(unfinished);
    renameSync(unfinished, kept);
  }
  copyFileSync(join(kept, DATABASE), join(folder, DATABASE), constants.COPYFILE_FICLONE);
}
