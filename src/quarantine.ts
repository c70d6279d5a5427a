/**
 * Quarantine: deliveries that could not be mapped, told, tried again by the present configuration, and discarded. Nothing
 * of them is verified again: they were when they came.
 */
import { addressBatch } from "./addressing.ts";
import type { Settings } from "./config/config.ts";
import type { Fingerprint } from "./extract/extract.ts";
import { NO_CHANGES } from "./identity/change-set.ts";
import { Leavings } from "./leavings.ts";
import type { Remark } from "./messages.ts";
import type { EventReceipt } from "./receipt.ts";
import { settleBatch, type Settling } from "./settle-batch.ts";
import type {
  DeliveriesPage,
  DeliveriesRequest,
  DeliveryRecord,
  KeptDelivery,
  KeptRecord,
} from "./store/deliveries.ts";
import { takeAgain } from "./take-again.ts";
import { Tallies } from "./tallies.ts";
import type { Turns } from "./turns.ts";

export interface QuarantineOptions extends Settling {
  readonly settings: Pick<Settings, "sources">;
  readonly turns: Turns;
  readonly fingerprint: Fingerprint;
  readonly onRemark: (remark: Remark) => void;
}

/** What became of the quarantined events of one delivery. */
export type QuarantineOutcome =
  | {
      readonly kind: "done";
      readonly delivery: string;
      readonly events: readonly EventReceipt[];
    }
  | {
      readonly kind: "rejected";
      readonly delivery: string;
      readonly code: "unknown-delivery" | "unconfigured-source";
      readonly detail: string;
    };

export class Quarantine {
  readonly #options: QuarantineOptions;

  constructor(options: QuarantineOptions) {
    this.#options = options;
  }

  /** The last received first; of what ended otherwise than listed here only counts are left. Rejects with a StoreError. */
  list(request: DeliveriesRequest): Promise<DeliveriesPage> {
    return this.#options.store.deliveries(request);
  }

  /** The delivery as it came, while anything of it lies in quarantine. Rejects with a StoreError. */
  async find(
    id: string,
  ): Promise<{ readonly kept: KeptDelivery; readonly record: DeliveryRecord } | Rejected> {
    const { store } = this.#options;
    const kept = await store.keptDelivery(id);
    const record = await store.delivery(id);
    if (kept !== undefined && record !== undefined) return { kept: kept.delivery, record };
    return record === undefined ? unknown(id) : settledAlready(record);
  }

  /**
   * Takes the deliveries again, in this order and in one commit; where `dryRun` is true it only tells what would become of
   * them. One of a disabled source may be taken: what it sends now is turned away, not what it sent before. Rejects with
   * a StoreError.
   */
  replay(ids: readonly string[], dryRun = false): Promise<readonly QuarantineOutcome[]> {
    const { store, turns, settings, fingerprint, onRemark } = this.#options;
    const asked = [...new Set(ids)];
    return turns.take(async () => {
      const outcomes = new Map<string, QuarantineOutcome>();
      const batch = [];
      for (const id of asked) {
        const record = await store.keptDelivery(id);
        const source = record && settings.sources.get(record.delivery.source);
        if (record === undefined) outcomes.set(id, unknown(id));
        else if (source === undefined) outcomes.set(id, unconfigured(record));
        else batch.push(takeAgain(record, source, fingerprint));
      }
      if (batch.length === 0) return [...outcomes.values()];
      const settled = await settleBatch(this.#options, batch);
      if (settled === "stale") return "stale";
      if (!dryRun && (await settled.commit([])) === "stale") return "stale";
      for (const event of dryRun ? [] : settled.differing)
        onRemark({ kind: "differing", source: event.source, event: event.id });
      for (const [index, { delivery }] of batch.entries()) {
        const events = settled.receipts[index]!;
        outcomes.set(delivery.id, { kind: "done", delivery: delivery.id, events });
      }
      return asked.map((id) => outcomes.get(id)!);
    });
  }

  /** Lets what lies in quarantine of the delivery go for good. Rejects with a StoreError. */
  discard(id: string): Promise<QuarantineOutcome> {
    const { store, ids, turns } = this.#options;
    return turns.take(async () => {
      const record = await store.keptDelivery(id);
      if (record === undefined) return unknown(id);
      const { events } = record;
      const { basis, kept, neighbourhood } = await addressBatch(store, ids, [], events);
      const known = neighbourhood.events;
      if (events.some((event) => known.get(event.id)?.quarantinedIn !== id)) return "stale";
      const tallies = new Tallies();
      const leavings = new Leavings(kept);
      const released = events.map((event) => event.id);
      const outcomes = events.map(() => "dropped" as const);
      leavings.add({ id, recounted: events.length, outcomes, released });
      const left = leavings.finish(tallies);
      const commit = { changes: NO_CHANGES, kept: [], quarantined: [], ...left };
      const outcome = await store.commit({ ...commit, tallies: tallies.list() }, basis);
      if (outcome === "stale") return "stale";
      const receipts = released.map(
        (event) => ({ event, outcome: "dropped", reason: DISCARDED }) as const,
      );
      return { kind: "done", delivery: id, events: receipts };
    });
  }
}

const DISCARDED = "it was discarded";

type Rejected = Extract<QuarantineOutcome, { kind: "rejected" }>;

function unknown(delivery: string): Rejected {
  const detail = `Nothing of a delivery ${JSON.stringify(delivery)} lies in quarantine; GET /v1/deliveries?outcome=quarantined lists what does.`;
  return { kind: "rejected", delivery, code: "unknown-delivery", detail };
}

function settledAlready({ id: delivery, outcome }: DeliveryRecord): Rejected {
  const where =
    outcome === "anonymous"
      ? "as nobody's; once their path is right, have them sent or imported again"
      : "and journeys tell them";
  const detail = `Nothing of the delivery ${JSON.stringify(delivery)} lies in quarantine: its events are stored, ${where}.`;
  return { kind: "rejected", delivery, code: "unknown-delivery", detail };
}

function unconfigured({ delivery: { id, source } }: KeptRecord): Rejected {
  const detail = `No source is called ${JSON.stringify(source)} any more; configure it, disabled if you like, to replay the delivery, or discard it.`;
  return { kind: "rejected", delivery: id, code: "unconfigured-source", detail };
}
