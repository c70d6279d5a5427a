/**
 * The engine: the way of a delivery in one screen.
 *
 *     delivery -> take in -> [ group: address -> load -> resolve (load more) -> commit ] -> receipt
 *
 * Taking in reads the body by the source's configuration; resolving is the pure core, which asks for whole components
 * where a rule touches them; the commit is one transaction for everything that arrived together. The receipt is made
 * after the commit: what it acknowledges is on disk (I2).
 * Every delivery ends in exactly one way, with a reason, and is counted (I7).
 */
import { addressBatch, type AddressedBatch } from "./addressing.ts";
import type { Settings } from "./config/config.ts";
import type { RequestParts } from "./extract/body.ts";
import type { Fingerprint } from "./extract/extract.ts";
import { GroupCommit } from "./group-commit.ts";
import type { IdScheme } from "./identity/ids.ts";
import type { Resolution } from "./identity/change-set.ts";
import { BatchResolution } from "./identity/resolve.ts";
import type { Milliseconds } from "./identity/types.ts";
import { takeIn, type Delivery, type Intake } from "./intake.ts";
import { reportBatch, type EventReceipt, type TakenIn } from "./receipt.ts";
import type { Rulebook } from "./rulebook.ts";
import { adviceOn, rejectionOf, type StoreRejectionCode } from "./store-faults.ts";
import { StoreError, type Store, type Tally } from "./store/store.ts";
import { Tallies } from "./tallies.ts";
import type { Turns } from "./turns.ts";

/** A delivery as it comes from the network or a file. */
export interface IncomingDelivery extends RequestParts {
  readonly source: string;
  readonly urlEventType?: string | undefined;
  /** Default: now. */
  readonly receivedAt?: Milliseconds | undefined;
}

/** Why a delivery was turned away: a closed list, which the edge turns into statuses. */
export type RejectionCode =
  | "unknown-source"
  | "disabled-source"
  | "body-too-large"
  | "unparseable"
  | "unknown-content-type"
  | "overloaded"
  | StoreRejectionCode
  | "internal";

export type Receipt =
  | {
      readonly kind: "received";
      readonly delivery: string;
      readonly events: readonly EventReceipt[];
    }
  | { readonly kind: "rejected"; readonly code: RejectionCode; readonly detail: string };

export interface EngineOptions {
  readonly settings: Pick<Settings, "sources" | "limits">;
  readonly store: Store;
  readonly rulebook: Rulebook;
  readonly turns: Turns;
  readonly ids: IdScheme;
  readonly fingerprint: Fingerprint;
  readonly clock: () => Milliseconds;
  readonly newDeliveryId: (receivedAt: Milliseconds) => string;
  /** Told what the store failed with; the sender is asked to come again. */
  readonly onStoreError: (error: StoreError) => void;
  /** How many events share one commit at most. Larger holds the thread longer, smaller writes to disk more often. */
  readonly batchEventsMax?: number;
}

const BATCH_EVENTS_MAX = 1000;

export class Engine {
  readonly #options: EngineOptions;
  readonly #commits: GroupCommit<TakenIn, readonly EventReceipt[]>;
  #pendingBytes = 0;
  #lastCommitFailed = false;
  /** Rejections that no commit has carried to the store yet. */
  readonly #rejections = new Tallies();

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#commits = new GroupCommit((batch) => this.#commitBatch(batch), {
      batchWeightMax: options.batchEventsMax ?? BATCH_EVENTS_MAX,
      weigh: ({ intents }) => Math.max(1, intents.length),
      failsAll: (error) => error instanceof StoreError,
    });
  }

  /** Takes a delivery through to the disk, or says why not. Rejects only on a bug. */
  async receive(incoming: IncomingDelivery): Promise<Receipt> {
    const { settings, clock, newDeliveryId, onStoreError } = this.#options;
    const source = settings.sources.get(incoming.source);
    if (source === undefined)
      return this.reject(
        undefined,
        "unknown-source",
        `No source is called ${JSON.stringify(incoming.source)}.`,
      );
    if (!source.enabled)
      return this.reject(source.name, "disabled-source", "The source is disabled.");
    if (incoming.body.byteLength > source.bodyBytesMax)
      return this.reject(
        source.name,
        "body-too-large",
        `The body is larger than ${source.bodyBytesMax} bytes.`,
      );
    const receivedAt = incoming.receivedAt ?? clock();
    const delivery: Delivery = {
      ...incoming,
      id: newDeliveryId(receivedAt),
      source,
      receivedAt,
      urlEventType: incoming.urlEventType,
    };
    const intake = this.#takeIn(delivery);
    if ("fault" in intake) return this.reject(source.name, intake.fault.code, intake.fault.detail);
    const { bytes } = intake;
    if (this.#isOverloaded(bytes))
      return this.reject(
        source.name,
        "overloaded",
        "Too many deliveries are waiting; try again soon.",
      );
    this.#pendingBytes += bytes;
    try {
      const events = await this.#commits.submit({ delivery, intents: intake.intents });
      return { kind: "received", delivery: delivery.id, events };
    } catch (error) {
      if (!(error instanceof StoreError)) {
        this.reject(source.name, "internal", "");
        throw error;
      }
      onStoreError(error);
      return this.reject(source.name, rejectionOf(error), `Not stored: ${adviceOn(error)}`);
    } finally {
      this.#pendingBytes -= bytes;
    }
  }

  #takeIn(delivery: Delivery): Intake {
    try {
      return takeIn(delivery, this.#options.fingerprint);
    } catch (error) {
      this.reject(delivery.source.name, "internal", "");
      throw error;
    }
  }

  /** A delivery larger than all that may wait is let in where nothing else waits. */
  #isOverloaded(bytes: number): boolean {
    const { pendingDeliveriesMax, pendingBytesMax } = this.#options.settings.limits;
    const tooMuch = this.#pendingBytes > 0 && this.#pendingBytes + bytes > pendingBytesMax;
    return tooMuch || this.#commits.size >= pendingDeliveriesMax;
  }

  /** Counts a delivery as turned away. An unknown source has no name here, or anybody could fill the counts. */
  reject(source: string | undefined, code: RejectionCode, detail: string): Receipt {
    this.#rejections.add({ source: source ?? "", outcome: "rejected", deliveries: 1, events: 0 });
    return { kind: "rejected", code, detail };
  }

  /** Counts that are not in the store yet. */
  pendingTallies(): readonly Tally[] {
    return this.#rejections.list();
  }

  /**
   * Rejects with a StoreError where a delivery that came now could not be stored. After a failed commit it tries another,
   * which carries the counts of what was turned away meanwhile.
   */
  async ready(): Promise<void> {
    if (this.#lastCommitFailed) await this.#commits.submitNothing();
    await this.#options.store.ping();
    await this.#options.rulebook.requireInForce();
  }

  /** Finishes what was accepted. Nothing may be received after this. Rejects with a StoreError. */
  async close(): Promise<void> {
    await this.#commits.drain();
    if (this.#rejections.list().length > 0) await this.#commits.submitNothing();
  }

  async #commitBatch(batch: readonly TakenIn[]): Promise<readonly (readonly EventReceipt[])[]> {
    const rejections = this.#rejections.drain();
    try {
      const receipts = await this.#resolveAndCommit(batch, rejections);
      this.#lastCommitFailed = false;
      return receipts;
    } catch (error) {
      this.#lastCommitFailed = true;
      this.#rejections.restore(rejections);
      throw error;
    }
  }

  async #resolveAndCommit(
    batch: readonly TakenIn[],
    rejections: readonly Tally[],
  ): Promise<readonly (readonly EventReceipt[])[]> {
    const { store, ids, rulebook, turns } = this.#options;
    const intents = batch.flatMap((taken) => taken.intents);
    const events = intents.flatMap((intent) => (intent.kind === "resolve" ? [intent.event] : []));
    const otherEvents = intents.flatMap((intent) => {
      if (intent.kind === "resolve") return [];
      return [intent.kind === "drop" ? intent : intent.event];
    });
    return turns.take(async () => {
      const addressed = await addressBatch(store, ids, events, otherEvents);
      // What names nobody may be stored by whatever rules.
      if (events.some(({ home }) => home !== null))
        await rulebook.requireVersion(addressed.rulesVersion);
      const resolution = await this.#resolve(addressed);
      if (resolution === "stale") return "stale";
      const report = reportBatch(batch, addressed, resolution, rulebook.rules);
      const commit = { ...report.commit, tallies: [...report.commit.tallies, ...rejections] };
      const outcome = await store.commit(commit, addressed.basis);
      return outcome === "committed" ? report.receipts : "stale";
    });
  }

  async #resolve({ events, neighbourhood, basis }: AddressedBatch): Promise<Resolution | "stale"> {
    const { store, rulebook } = this.#options;
    const batch = new BatchResolution(events, neighbourhood, rulebook.rules);
    for (let missing = batch.missing(); missing !== undefined; missing = batch.missing()) {
      const found = await store.deepen(missing, basis);
      if (found === "stale") return "stale";
      batch.supply(found);
    }
    return batch.finish();
  }
}
