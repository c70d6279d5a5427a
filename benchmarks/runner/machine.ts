/** What a reader must know to judge figures: the machine, its disk, the versions and the commit. */
import { execFileSync } from "node:child_process";
import {
  closeSync,
  fdatasyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from "node:fs";
import { arch, availableParallelism, cpus, loadavg, platform, release, totalmem } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { ROOT } from "./program.ts";
import { summarise } from "./statistics.ts";

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly system: string;
  readonly node: string;
  /** Over one minute, before the first trial: on a machine that is busy already only the ratios mean anything. */
  readonly loadBefore: number;
  /** How long one small write takes to reach the disk; what is durable cannot be faster. */
  readonly durableWriteMs: number;
}

export function describeMachine(scratchFolder: string): Machine {
  return {
    cpu: cpus()[0]?.model ?? "unknown",
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    system: `${platform()} ${release()} ${arch()}`,
    node: process.version,
    loadBefore: loadavg()[0]!,
    durableWriteMs: timeDurableWrites(scratchFolder),
  };
}

const PROBE_WRITES = 50;
const PROBE_BYTES = 4096;

function timeDurableWrites(folder: string): number {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `durable-write-${process.pid}`);
  const descriptor = openSync(file, "w");
  const block = Buffer.alloc(PROBE_BYTES, 1);
  const times: number[] = [];
  try {
    for (let write = 0; write < PROBE_WRITES; write++) {
      const start = performance.now();
      writeSync(descriptor, block);
      fdatasyncSync(descriptor);
      times.push(performance.now() - start);
    }
  } finally {
    closeSync(descriptor);
    rmSync(file);
  }
  return summarise(times).median;
}

export interface Commit {
  readonly hash: string;
  /** Whether the files differ from the commit. */
  readonly dirty: boolean;
}

/** Null outside of a checkout. */
export function describeCommit(): Commit | null {
  try {
    const git = (...args: string[]) =>
      execFileSync("git", args, {
        cwd: ROOT,
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      });
    return {
      hash: git("rev-parse", "HEAD").trim(),
      dirty: git("status", "--porcelain", "--untracked-files=no").trim() !== "",
    };
  } catch {
    return null;
  }
}

/** The versions installed, not the ranges asked for. */
export function packageVersions(names: Iterable<string>): Readonly<Record<string, string>> {
  const versionOf = (name: string) => {
    const manifest = readFileSync(join(ROOT, "node_modules", name, "package.json"), "utf8");
    return (JSON.parse(manifest) as { readonly version: string }).version;
  };
  return Object.fromEntries([...new Set(names)].toSorted().map((name) => [name, versionOf(name)]));
}

/** In one line. */
export function summaryOf(machine: Machine, commit: Commit | null): string {
  const { cpu, cores, system, node, loadBefore, durableWriteMs } = machine;
  return (
    `${cpu}, ${cores} cores, load ${loadBefore.toFixed(2)}; ${system}; node ${node}; ` +
    `a durable write takes ${durableWriteMs.toFixed(2)} ms; ${commitInWords(commit)}`
  );
}

export function commitInWords(commit: Commit | null): string {
  if (commit === null) return "no commit";
  return commit.hash.slice(0, 12) + (commit.dirty ? " with changes" : "");
}
