/** `replay`: takes what lies in quarantine through the pipeline again, by the configuration as it is now. */
import { SingleBar } from "cli-progress";
import { Command, InvalidArgumentError } from "commander";
import type { Settings } from "../config/config.ts";
import { parseTime } from "../extract/time.ts";
import type { Milliseconds } from "../identity/types.ts";
import type { Quarantine, QuarantineOutcome } from "../quarantine.ts";
import type { Service } from "../service.ts";
import type { KeptRequest, KeptSummary } from "../store/deliveries.ts";
import { StoreError, type Store } from "../store/store.ts";
import { openServiceOrExplain } from "./rebuild-report.ts";
import {
  CommandError,
  configOption,
  databaseOption,
  jsonOption,
  openExisting,
  print,
  settingsOf,
  type ConfigChoice,
} from "./shared.ts";

interface ReplayChoice extends ConfigChoice {
  readonly source?: string;
  readonly from?: Milliseconds;
  readonly to?: Milliseconds;
  readonly dryRun: boolean;
  readonly json: boolean;
}

/** How much is taken in one commit: enough to share its cost, and little enough for others to have their turn. */
const DELIVERIES_AT_ONCE = 200;
const EVENTS_AT_ONCE = 1000;
const REASONS_TOLD_MAX = 10;
/** Further reasons are counted together. */
const REASONS_MAX = 1000;
const FURTHER_REASONS = "other reasons";

export function replayCommand(): Command {
  return new Command("replay")
    .description(
      "take quarantined deliveries again by the present configuration, oldest first; safe to run again, also beside a service",
    )
    .option("--source <name>", "only those of this source")
    .option("--from <time>", "only those received at this time or after", timeArgument)
    .option("--to <time>", "only those received before this time", timeArgument)
    .option("--dry-run", "only tell what would become of them; stores nothing", false)
    .addOption(configOption())
    .addOption(databaseOption())
    .addOption(jsonOption())
    .action(replay);
}

function timeArgument(text: string): Milliseconds {
  const time = parseTime(text);
  if (time === undefined)
    throw new InvalidArgumentError("a time is written like 2026-01-31 or 2026-01-31T12:00:00Z.");
  return time;
}

async function replay(choice: ReplayChoice): Promise<void> {
  const settings = settingsOf(choice);
  const { source } = choice;
  if (source !== undefined && !settings.sources.has(source))
    throw new CommandError(
      2,
      `no source is called ${source}; configured are ${[...settings.sources.keys()].join(", ") || "none"}`,
    );
  const bytesMax = settings.limits.databaseBytesMax;
  const store = openExisting(settings.database, { mustExist: true, bytesMax });
  const service = await openServiceOrExplain({ settings, store, onStoreError: () => {} });
  const report = new ReplayReport(choice.dryRun);
  const stop = await replayAll(service, store, choice, settings, report).catch((error: unknown) => {
    if (error instanceof StoreError) return error;
    throw error;
  });
  // What stopped the replay may also keep the service from closing well, and is what has to be told.
  await service.close().catch((error: unknown) => {
    if (stop === undefined) throw error;
  });
  print(choice.json, report.view(), report.text());
  if (stop !== undefined)
    throw new CommandError(
      1,
      `stopped: ${stop.message}; run the replay again, nothing is taken twice`,
    );
  if (report.unconfigured.size > 0)
    throw new CommandError(
      1,
      `deliveries of ${[...report.unconfigured].join(", ")} were left as they are: no source is called so any more`,
    );
}

async function replayAll(
  { quarantine }: Service,
  store: Store,
  { source, from, to, dryRun }: ReplayChoice,
  settings: Settings,
  report: ReplayReport,
): Promise<void> {
  const request = { source, from, to };
  const { count, last } = await survey(store, request);
  const bar = startBar(count);
  try {
    for await (const page of pagesOf(store, request, last)) {
      for (const batch of batchesOf(page, settings.limits.pendingBytesMax)) {
        for await (const { deliveries, outcomes } of replayPatiently(quarantine, batch, dryRun)) {
          report.add(deliveries, outcomes);
          bar?.increment(deliveries.length);
        }
      }
    }
  } finally {
    bar?.stop();
  }
}

/** How many there are now, and the last of them: what is quarantined meanwhile is for another time. */
async function survey(store: Store, request: Omit<KeptRequest, "limit">) {
  let count = 0;
  let last: string | undefined;
  for await (const page of pagesOf(store, request, undefined)) {
    count += page.length;
    last = page.at(-1)!.id;
  }
  return { count, last };
}

async function* pagesOf(
  store: Store,
  request: Omit<KeptRequest, "limit">,
  last: string | undefined,
): AsyncGenerator<readonly KeptSummary[], void> {
  let after: string | undefined;
  for (;;) {
    const found = await store.keptDeliveries({ ...request, after, limit: DELIVERIES_AT_ONCE });
    const page = found.filter(({ id }) => last === undefined || id <= last);
    if (page.length === 0) return;
    yield page;
    after = page.at(-1)!.id;
  }
}

/** Never more at once than may wait in a service, unless one delivery alone is more. */
function* batchesOf(
  page: readonly KeptSummary[],
  bytesMax: number,
): Generator<readonly KeptSummary[], void> {
  let batch: KeptSummary[] = [];
  let events = 0;
  let bytes = 0;
  for (const delivery of page) {
    events += delivery.eventCount;
    bytes += delivery.bytes;
    if (batch.length > 0 && (events > EVENTS_AT_ONCE || bytes > bytesMax)) {
      yield batch;
      batch = [];
      events = delivery.eventCount;
      bytes = delivery.bytes;
    }
    batch.push(delivery);
  }
  if (batch.length > 0) yield batch;
}

interface Replayed {
  readonly deliveries: readonly KeptSummary[];
  readonly outcomes: readonly QuarantineOutcome[];
}

/** Beside a busy service somebody else always commits while a large batch is looked at; a smaller one is sooner done. */
export async function* replayPatiently(
  quarantine: Pick<Quarantine, "replay">,
  batch: readonly KeptSummary[],
  dryRun: boolean,
): AsyncGenerator<Replayed, void> {
  const ids = batch.map(({ id }) => id);
  const outcomes = await quarantine.replay(ids, dryRun).catch((error: unknown) => {
    const isBusy = error instanceof StoreError && error.fault === "busy";
    if (!isBusy || batch.length === 1) throw error;
    return undefined;
  });
  if (outcomes !== undefined) {
    yield { deliveries: batch, outcomes };
    return;
  }
  const half = Math.ceil(batch.length / 2);
  yield* replayPatiently(quarantine, batch.slice(0, half), dryRun);
  yield* replayPatiently(quarantine, batch.slice(half), dryRun);
}

function startBar(deliveries: number): SingleBar | undefined {
  if (!process.stderr.isTTY) return undefined;
  const bar = new SingleBar({
    format: "{bar} {value} of {total} deliveries | {eta_formatted} left",
    stream: process.stderr,
  });
  bar.start(deliveries, 0);
  return bar;
}

class ReplayReport {
  readonly unconfigured = new Set<string>();
  readonly #dryRun: boolean;
  #deliveries = 0;
  readonly #outcomes = new Map<string, number>();
  /** Why events stay in quarantine, and how many for each reason. */
  readonly #reasons = new Map<string, number>();

  constructor(dryRun: boolean) {
    this.#dryRun = dryRun;
  }

  add(batch: readonly KeptSummary[], outcomes: readonly QuarantineOutcome[]): void {
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome.kind === "done") {
        this.#deliveries++;
        for (const event of outcome.events) {
          increment(this.#outcomes, event.outcome);
          if (event.outcome === "quarantined") this.#addReason(event.reason ?? "");
        }
      } else if (outcome.code === "unconfigured-source")
        this.unconfigured.add(batch[index]!.source);
      // Anything else is no longer there: somebody else has replayed or discarded it.
    }
  }

  #addReason(reason: string): void {
    const isCounted = this.#reasons.has(reason) || this.#reasons.size < REASONS_MAX;
    increment(this.#reasons, isCounted ? reason : FURTHER_REASONS);
  }

  view() {
    const reasons = [...this.#reasons]
      .toSorted(([, left], [, right]) => right - left)
      .slice(0, REASONS_TOLD_MAX)
      .map(([reason, events]) => ({ reason, events }));
    return {
      dryRun: this.#dryRun,
      deliveries: this.#deliveries,
      events: Object.fromEntries(this.#outcomes),
      reasons,
    };
  }

  text(): string {
    const { deliveries, events, reasons } = this.view();
    const rows = Object.entries({ deliveries, ...events }).map(
      ([name, count]) => `${name.padEnd(12)}${count}`,
    );
    const why = reasons.map(({ reason, events: count }) => `  ${count} × ${reason}`);
    return [
      ...(this.#dryRun ? ["nothing was stored; this would become of them:"] : []),
      ...rows,
      ...(why.length === 0 ? [] : ["still quarantined:", ...why]),
    ].join("\n");
  }
}

function increment(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
