/**
 * The program as users run it: a process of its own. Nothing here knows what the service does; it starts the command
 * line, waits for what it prints, sends signals, and leaves no process behind when the test is over.
 */
import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The built program; the build is made before the tests run. */
const PROGRAM = [process.execPath, "dist/src/cli/main.js"] as const;

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Finished extends Exit {
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** What the program reads from its standard input, to its end; nothing by default. */
  readonly input?: string;
  /** Leaves the standard input open after `input`, for `write`. */
  readonly moreInput?: boolean;
  /** What a shell does to itself before it becomes the program, such as `ulimit -f 2048`. */
  readonly shellBefore?: string;
}

/** A command that is under way. It is killed when the running test is over. */
export class CommandProcess {
  readonly exited: Promise<Exit>;
  readonly #child: ChildProcessWithoutNullStreams;
  #stdout = "";
  #stderr = "";

  constructor(commandArguments: readonly string[], options: RunOptions = {}) {
    const line = [...PROGRAM, ...commandArguments];
    const [program, ...rest] =
      options.shellBefore === undefined
        ? line
        : // The shell gives way to the program, so that a signal to this process reaches it.
          ["/bin/sh", "-c", `${options.shellBefore}; exec "$@"`, "sh", ...line];
    const child = spawn(program!, rest, {
      cwd: root,
      env: { ...process.env, ...options.environment },
    });
    this.#child = child;
    child.stdout.setEncoding("utf8").on("data", (text: string) => (this.#stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (this.#stderr += text));
    // A program that ends before it has read everything closes the pipe; its exit code tells the story.
    child.stdin.on("error", () => {}).write(options.input ?? "");
    if (options.moreInput !== true) child.stdin.end();
    // `close` comes after the output has been read in full.
    this.exited = once(child, "close").then(([code, signal]) => ({ code, signal }));
    onTestFinished(async () => {
      this.kill("SIGKILL");
      await this.exited;
    });
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** What it has printed so far. */
  get stdout(): string {
    return this.#stdout;
  }

  /** What it has logged so far. */
  get stderr(): string {
    return this.#stderr;
  }

  write(input: string): void {
    this.#child.stdin.write(input);
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Resolves with the match as soon as standard output has one; rejects where the program ends without. */
  printed(pattern: RegExp): Promise<RegExpExecArray> {
    return this.#shown(pattern, "stdout");
  }

  /** The same for what it logs. */
  logged(pattern: RegExp): Promise<RegExpExecArray> {
    return this.#shown(pattern, "stderr");
  }

  #shown(pattern: RegExp, stream: "stdout" | "stderr"): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const match = pattern.exec(this[stream]);
        if (match !== null) resolve(match);
      };
      this.#child[stream].on("data", look);
      look();
      this.exited.then(
        ({ code, signal }) => reject(new Error(`ended with ${code ?? signal}:\n${this.stderr}`)),
        reject,
      );
    });
  }
}

/** Runs a command to its end. */
export async function runCommand(
  commandArguments: readonly string[],
  options: RunOptions = {},
): Promise<Finished> {
  const running = new CommandProcess(commandArguments, options);
  const exit = await running.exited;
  return { ...exit, stdout: running.stdout, stderr: running.stderr };
}

/** Writes a configuration into the folder of a test, and returns the file. */
export function writeConfig(folder: string, yaml: string): string {
  const file = join(folder, "selfsame.yaml");
  writeFileSync(file, yaml);
  return file;
}

export interface ServiceFiles {
  readonly config: string;
  readonly database: string;
}

/** The configuration of a test, and a database that is not there yet, in a folder of the test's own. */
export function serviceFiles(folder: string, yaml: string): ServiceFiles {
  return { config: writeConfig(folder, yaml), database: join(folder, "selfsame.db") };
}

export type ServiceProcess = CommandProcess & {
  /** Such as `http://127.0.0.1:40123`. */
  readonly url: string;
};

/** Starts `serve` on any free port and resolves when it accepts requests; rejects where it ends instead. */
export async function startService(
  { config, database }: ServiceFiles,
  options: RunOptions = {},
): Promise<ServiceProcess> {
  const running = new CommandProcess(
    ["serve", "--config", config, "--database", database, "--port", "0"],
    options,
  );
  const [, url] = await running.printed(/^Selfsame listens on (\S+)\n/m);
  return Object.assign(running, { url: url! });
}
