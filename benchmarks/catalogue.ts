/** All benchmarks by name. Each is loaded when it is asked for, so that a trial's process holds nothing of the others. */
import type { Benchmark } from "./benchmark.ts";

export const CATALOGUE: Readonly<Record<string, () => Promise<Benchmark>>> = {
  "union-find": async () => (await import("./union-find/union-find.ts")).unionFind,
  resolve: async () => (await import("./resolve/resolve.ts")).resolve,
  batches: async () => (await import("./batches/batches.ts")).batches,
  extract: async () => (await import("./extract/extract.ts")).extract,
  "http-ingest": async () => (await import("./http-ingest/http-ingest.ts")).httpIngest,
  acknowledge: async () => (await import("./acknowledge/acknowledge.ts")).acknowledge,
  "merge-latency": async () => (await import("./merge-latency/merge-latency.ts")).mergeLatency,
  "merge-history": async () => (await import("./merge-history/merge-history.ts")).mergeHistory,
  "hot-profile": async () => (await import("./hot-profile/hot-profile.ts")).hotProfile,
  "slow-senders": async () => (await import("./slow-senders/slow-senders.ts")).slowSenders,
  import: async () => (await import("./import/import.ts")).importLines,
  mailbox: async () => (await import("./mailbox/mailbox.ts")).mailbox,
  contested: async () => (await import("./contested/contested.ts")).contested,
  rebuild: async () => (await import("./rebuild/rebuild.ts")).rebuild,
  questions: async () => (await import("./questions/questions.ts")).questions,
  "http-reads": async () => (await import("./http-reads/http-reads.ts")).httpReads,
  "event-cost": async () => (await import("./event-cost/event-cost.ts")).eventCost,
  start: async () => (await import("./start/start.ts")).start,
  reads: async () => (await import("./reads/reads.ts")).reads,
};
