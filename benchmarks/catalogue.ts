/** All benchmarks by name. Each is loaded when it is asked for, so that a trial's process holds nothing of the others. */
import type { Benchmark } from "./benchmark.ts";

export const CATALOGUE: Readonly<Record<string, () => Promise<Benchmark>>> = {
  "union-find": async () => (await import("./union-find/union-find.ts")).unionFind,
  resolve: async () => (await import("./resolve/resolve.ts")).resolve,
  extract: async () => (await import("./extract/extract.ts")).extract,
  "http-ingest": async () => (await import("./http-ingest/http-ingest.ts")).httpIngest,
  acknowledge: async () => (await import("./acknowledge/acknowledge.ts")).acknowledge,
  "slow-senders": async () => (await import("./slow-senders/slow-senders.ts")).slowSenders,
  import: async () => (await import("./import/import.ts")).importLines,
  mailbox: async () => (await import("./mailbox/mailbox.ts")).mailbox,
  contested: async () => (await import("./contested/contested.ts")).contested,
  rebuild: async () => (await import("./rebuild/rebuild.ts")).rebuild,
  questions: async () => (await import("./questions/questions.ts")).questions,
  reads: async () => (await import("./reads/reads.ts")).reads,
};
