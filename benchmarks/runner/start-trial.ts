/** Runs a trial in a process of its own, so that no contender inherits another's compiled code or garbage. */
import { fork, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import type { Outcome } from "../benchmark.ts";
import { plantedEnvironment } from "../plant.ts";
import type { TrialRunner } from "./measure.ts";
import { profileFlags } from "./program.ts";
import type { Assignment, Report } from "./trial-process.ts";

// The longest trial of a full run builds a history of a million events first, which takes minutes on a busy machine.
const TRIAL_MILLISECONDS_MAX = 1_200_000;

/** Contenders that are made slower than they are. */
export interface Plant {
  readonly share: number;
  readonly isPlanted: (benchmark: string, contender: string) => boolean;
}

/** Rejects where the trial fails or does not end. `build` is the folder of the compiled project. */
export function trialStarter(build: string, plant?: Plant): TrialRunner {
  const program = join(build, "benchmarks", "runner", "trial-process.js");
  return ({ name }, trial) => {
    const share = plant?.isPlanted(name, trial.contender) === true ? plant.share : 0;
    const child = fork(program, {
      execArgv: ["--expose-gc", ...profileFlags(trial.profileFolder)],
      // What a contender prints is none of the table's business; what it complains of is.
      stdio: ["ignore", "ignore", "inherit", "ipc"],
      // Told even where there is none: what lies about in somebody's shell must not slow down a real trial.
      env: { ...process.env, ...plantedEnvironment(share) },
    });
    const assignment: Assignment = { benchmark: name, trial };
    child.send(assignment);
    return outcomeOf(child);
  };
}

function outcomeOf(child: ChildProcess): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill();
      reject(new Error(`a trial did not end within ${TRIAL_MILLISECONDS_MAX / 1000} seconds`));
    }, TRIAL_MILLISECONDS_MAX);
    let report: Report | undefined;
    child.once("message", (message) => {
      report = message as Report;
    });
    child.once("error", reject);
    // Only when the process is gone may the next one start.
    child.once("exit", (code, signal) => {
      clearTimeout(timer);
      if (report === undefined)
        reject(new Error(`a trial ended without a word (${signal ?? code})`));
      else if ("failure" in report) reject(new Error(`a trial failed: ${report.failure}`));
      else resolve(report.outcome);
    });
  });
}
