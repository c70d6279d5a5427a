/**
 * Where an export goes: standard output, or a file that bears its name only when it is whole. What fails is told in one
 * line; a reader who has seen enough is no failure.
 */
import { randomUUID } from "node:crypto";
import { open, realpath, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { CommandError } from "../shared.ts";

export interface Output {
  /** Resolves when the chunk was taken. Throws a CommandError, or ReaderGone. */
  write(chunk: string | Uint8Array): Promise<void>;
  /** Everything is written. */
  finish(): Promise<void>;
  /** Not everything could be written: leaves nothing behind that looks as if. */
  abandon(): Promise<void>;
}

/** Whoever read from us has closed the pipe, as `head` does. */
export class ReaderGone extends Error {
  override readonly name = "ReaderGone";
}

export function standardOutput(): Output {
  const { stdout } = process;
  // What fails is told to the callback of each write; unheard, it would end the process as well.
  stdout.on("error", () => {});
  return {
    write: (chunk) =>
      new Promise((resolve, reject) => {
        stdout.write(chunk, (error) => {
          if (error === null || error === undefined) resolve();
          else reject(faultOf("standard output", error));
        });
      }),
    async finish() {},
    async abandon() {},
  };
}

/** Replaces a file only when the new one is whole; a device or a pipe is written to as it is. */
export async function fileOutput(file: string): Promise<Output> {
  try {
    const target = await realpath(file).catch(() => file);
    const standing = await stat(target).catch(() => undefined);
    if (standing?.isDirectory() === true)
      throw new CommandError(2, `${file} is a folder; name a file in it`);
    return standing === undefined || standing.isFile()
      ? await replacing(file, target, standing?.mode)
      : await writingInto(file, target, "w");
  } catch (error) {
    throw error instanceof CommandError ? error : unwritable(file, error);
  }
}

/** `mode` is that of the file which is replaced; it says who may read the new one, also while it is written. */
async function replacing(file: string, target: string, mode: number | undefined): Promise<Output> {
  // In the same folder, so that it can take the name in one step.
  const partial = join(dirname(target), `.${basename(target)}.${randomUUID()}.partial`);
  const output = await writingInto(file, partial, "wx", mode);
  return {
    write: (chunk) => output.write(chunk),
    async finish() {
      await output.finish();
      await rename(partial, target).catch((error: unknown) => {
        throw faultOf(file, error);
      });
    },
    async abandon() {
      await output.abandon();
      await rm(partial, { force: true });
    },
  };
}

async function writingInto(
  file: string,
  target: string,
  flag: "w" | "wx",
  mode?: number,
): Promise<Output> {
  const handle = await open(target, flag, mode);
  const told = (error: unknown) => {
    throw faultOf(file, error);
  };
  return {
    write: (chunk) => handle.appendFile(chunk).catch(told),
    async finish() {
      // A device cannot be synchronised, and need not be.
      await handle.datasync().catch((error: NodeJS.ErrnoException) => {
        if (error.code !== "EINVAL") told(error);
      });
      await handle.close().catch(told);
    },
    // It may be closed already.
    abandon: () => handle.close().catch(() => {}),
  };
}

function unwritable(file: string, error: unknown): CommandError {
  const { code } = error as NodeJS.ErrnoException;
  return new CommandError(
    2,
    code === "ENOENT"
      ? `there is no folder ${dirname(file)} for ${file}`
      : `${file} cannot be written (${code})`,
  );
}

function faultOf(name: string, error: unknown): CommandError | ReaderGone {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "EPIPE") return new ReaderGone();
  const because = code === "ENOSPC" ? "there is no room left on its disk" : `it failed (${code})`;
  return new CommandError(1, `${name} could not be written to the end: ${because}`);
}
