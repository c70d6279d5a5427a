/**
 * The process of one trial: it is told what to run, runs it, hands the outcome back and ends. Speaks over the channel
 * of its parent, so that what a contender prints cannot be mistaken for an outcome.
 */
import { once } from "node:events";
import type { Outcome, Trial } from "../benchmark.ts";
import { CATALOGUE } from "../catalogue.ts";

export interface Assignment {
  readonly benchmark: string;
  readonly trial: Trial;
}

export type Report = { readonly outcome: Outcome } | { readonly failure: string };

async function report({ benchmark, trial }: Assignment): Promise<Report> {
  try {
    const { run } = await CATALOGUE[benchmark]!();
    return { outcome: await run(trial) };
  } catch (error) {
    return { failure: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

// A runner that is gone waits for no outcome. Exiting by ourselves lets a trial end what it has started.
for (const end of ["disconnect", "SIGTERM"]) process.once(end, () => process.exit());
const [assignment] = await once(process, "message");
process.send!(await report(assignment as Assignment), () => process.disconnect());
