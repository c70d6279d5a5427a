/**
 * Threads: how one of our programs is started beside this one, and how errors go from one to the other. Knows nothing of what
 * they do.
 */
import { Worker, type WorkerOptions } from "node:worker_threads";
import { StoreError, type StoreFault } from "./store/store.ts";

// In development sources are run as they are. Node 20 asks no loader for what a thread begins with, so there it begins
// with one line of JavaScript that fetches the loader.
const isSource = import.meta.url.endsWith(".ts");

/** `program` is the URL of a source, such as `new URL("./thread.ts", import.meta.url)`, compiled where we are. */
export function startThread(program: URL, options: Omit<WorkerOptions, "eval">): Worker {
  if (!isSource) return new Worker(new URL(program.href.replace(/\.ts$/, ".js")), options);
  // Found from here, as the line stands in no file and would look where the process was started.
  const loader = import.meta.resolve("tsx/esm/api");
  const beginning = `import("${loader}").then(({ register }) => { register(); return import("${program.href}"); });`;
  return new Worker(beginning, { ...options, eval: true });
}

/** An error as it can be told to another thread; there it is no longer what it was. */
export interface ToldError {
  readonly message: string;
  readonly stack: string | undefined;
  /** Set for a StoreError. */
  readonly fault: StoreFault | undefined;
  /** What the error was caused by, in words, where it says. */
  readonly cause: string | undefined;
}

export function toldOf(error: unknown): ToldError {
  const { message, stack, cause } = error as Error;
  return {
    message,
    stack,
    fault: error instanceof StoreError ? error.fault : undefined,
    cause: cause instanceof Error ? String(cause) : undefined,
  };
}

export function errorOf({ message, fault, stack, cause }: ToldError): Error {
  const options = cause === undefined ? {} : { cause };
  const error =
    fault === undefined ? new Error(message, options) : new StoreError(fault, message, options);
  // Where it happened, for the log.
  if (stack !== undefined) error.stack = stack;
  return error;
}
