/** A server in a process of its own: started, asked what it has used, and stopped as an operator would. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { pathToFileURL } from "node:url";
import { profileFlags, programAt, ROOT } from "../runner/program.ts";
import type { Usage } from "./usage-reporter.ts";

export interface ServerProcess {
  /** Such as `http://127.0.0.1:40123`. */
  readonly url: string;
  /** What it has used since its start. */
  usage(): Promise<Usage>;
  stop(): Promise<void>;
}

/** `path` is the program's from the root; it must print that it listens on a URL. */
export async function startServerProcess(
  path: string,
  args: readonly string[],
  profileFolder: string | undefined,
): Promise<ServerProcess> {
  const program = programAt(path);
  const reporter = pathToFileURL(programAt("benchmarks/http-ingest/usage-reporter").file).href;
  const flags = [...profileFlags(profileFolder), ...program.flags, "--import", reporter];
  const child = spawn(process.execPath, [...flags, program.file, ...args], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "inherit", "ipc"],
    env: { ...process.env, SELFSAME_LOG_LEVEL: "warn" },
  });
  const kill = () => child.kill();
  process.once("exit", kill);
  return {
    url: await urlOf(child),
    async usage() {
      child.send("usage");
      const [usage] = await once(child, "message");
      return usage as Usage;
    },
    async stop() {
      const exited = once(child, "exit");
      child.kill("SIGTERM");
      const [code] = await exited;
      process.off("exit", kill);
      if (code !== 0) throw new Error(`${path} ended with ${code}`);
    },
  };
}

async function urlOf(child: ChildProcess): Promise<string> {
  for await (const line of createInterface(child.stdout as Readable)) {
    const url = /listens on (http:\S+)$/.exec(line)?.[1];
    if (url !== undefined) return url;
  }
  throw new Error("a server ended before it listened");
}
