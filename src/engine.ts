/**
 * The engine: the way of a delivery in one screen.
 *
 *     delivery -> admit -> take in -> [ group: address -> load -> resolve (load more) -> commit ] -> receipt
 *
 * Admitting asks who posts, and answers handshakes; taking in reads the body by the source's configuration; resolving is
 * the pure core, which asks for whole components where a rule touches them; the commit is one transaction for everything
 * that arrived together. The receipt is made after the commit: what it acknowledges is on disk (I2).
 * Every delivery ends in exactly one way, with a reason, and is counted (I7).
 */
import { Admissions, type Admission } from "./admission.ts";
import type { Settings } from "./config/config.ts";
import type { RequestParts } from "./extract/body.ts";
import type { Fingerprint } from "./extract/extract.ts";
import { GroupCommit } from "./group-commit.ts";
import type { Milliseconds } from "./identity/types.ts";
import { takeInByTurns, type Delivery, type Intent } from "./intake.ts";
import type {
  IncomingDelivery,
  Question,
  Receipt,
  Rejection,
  RejectionCode,
  Remark,
} from "./messages.ts";
import {
  isSettledWhole,
  settleInParts,
  takenIn,
  type EventReceipt,
  type TakenIn,
} from "./receipt.ts";
import type { Rulebook } from "./rulebook.ts";
import type { Settler } from "./settling/settler.ts";
import { adviceOn, rejectionOf } from "./store-faults.ts";
import { StoreError, type Store, type Tally } from "./store/store.ts";
import { Tallies } from "./tallies.ts";
import { UnderWay, type Held } from "./under-way.ts";

export interface EngineOptions {
  readonly settings: Pick<Settings, "sources" | "doors" | "publicUrl" | "limits">;
  readonly store: Store;
  readonly rulebook: Rulebook;
  readonly settler: Settler;
  readonly fingerprint: Fingerprint;
  readonly clock: () => Milliseconds;
  readonly newDeliveryId: (receivedAt: Milliseconds) => string;
  /** Told what the store failed with; the sender is asked to come again. */
  readonly onStoreError: (error: StoreError) => void;
  /** Told what an operator should know and a sender is not told, or does not read. */
  readonly onRemark: (remark: Remark) => void;
  /** How many events share one commit at most. Larger holds the thread longer, smaller writes to disk more often. */
  readonly batchEventsMax?: number;
}

/** A delivery that waits for its commit, as the settler wants it. */
interface Waiting {
  readonly parcel: unknown;
  readonly events: number;
  /** Of its body. */
  readonly bytes: number;
}

/** A delivery weighs as many events as this goes into its body: a batch is held in memory several times over. */
const EVENT_BYTES = 8192;

const BATCH_EVENTS_MAX = 1000;
/**
 * A delivery that holds more than this share of a batch is settled in parts of as much, and goes on only when others had
 * their turn: while a thousand events are committed at once everybody waits, and while fifty are nobody notices.
 */
const PART_SHARE = 0.05;
const NO_BODY = new Uint8Array();

/** How far a delivery has come that is settled in parts. */
interface Stored {
  parts: number;
}

export class Engine {
  readonly #options: EngineOptions;
  readonly #commits: GroupCommit<Waiting, readonly EventReceipt[]>;
  readonly #admissions: Admissions;
  readonly #partEventsMax: number;
  readonly #underWay = new UnderWay();
  #lastCommitFailed = false;
  /** Rejections and handshakes that no commit has carried to the store yet. */
  readonly #counts = new Tallies();

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#admissions = new Admissions({
      doors: options.settings.doors,
      clock: options.clock,
      onUnverified: (source, reason) => options.onRemark({ kind: "unverified", source, reason }),
    });
    const { batchEventsMax = BATCH_EVENTS_MAX } = options;
    this.#partEventsMax = Math.max(1, Math.floor(PART_SHARE * batchEventsMax));
    this.#commits = new GroupCommit((batch) => this.#commitBatch(batch), {
      batchWeightMax: batchEventsMax,
      heavyWeight: Math.max(2, this.#partEventsMax),
      batchesAtOnceMax: options.settler.batchesAtOnceMax,
      weigh: ({ events, bytes }) => Math.max(1, events, Math.ceil(bytes / EVENT_BYTES)),
      failsAll: (error) => error instanceof StoreError,
    });
  }

  /** Takes a delivery through to the disk, or says why not. Rejects only on a bug. */
  async receive(incoming: IncomingDelivery): Promise<Receipt> {
    const { settings, clock, newDeliveryId } = this.#options;
    const closed = this.refuseClosed(incoming.source);
    if (closed !== undefined) return closed;
    const source = settings.sources.get(incoming.source)!;
    if (incoming.body.byteLength > source.bodyBytesMax)
      return this.reject(
        source.name,
        "body-too-large",
        `The body is larger than ${source.bodyBytesMax} bytes.`,
      );
    const admission = this.#admit(incoming);
    if (admission.kind === "greeting") {
      this.#counts.add({ source: source.name, outcome: "handshake", deliveries: 1, events: 0 });
      return admission;
    }
    if (admission.kind === "refused")
      return this.reject(
        source.name,
        admission.code,
        admission.detail,
        admission.retryAfterSeconds,
      );
    const receivedAt = incoming.receivedAt ?? clock();
    // Written out: of every delivery there is, a spread costs more than its id.
    return this.#store({
      id: newDeliveryId(receivedAt),
      source,
      receivedAt,
      urlEventType: incoming.urlEventType,
      contentType: incoming.contentType,
      headers: incoming.headers,
      query: incoming.query,
      body: incoming.body,
      pathToken: incoming.pathToken,
      isFromFile: incoming.isFromFile,
      keepUnparseable: admission.isVerified,
      credentials: settings.doors.get(source.name)!.credentials,
    });
  }

  /** Turns away what is for no source, or for one that is disabled; undefined where the source takes deliveries. */
  refuseClosed(name: string): Rejection | undefined {
    const source = this.#options.settings.sources.get(name);
    if (source === undefined) {
      const detail = `No source is called ${JSON.stringify(name)}.`;
      return this.reject(undefined, "unknown-source", detail);
    }
    return source.enabled
      ? undefined
      : this.reject(name, "disabled-source", "The source is disabled.");
  }

  #admit(incoming: IncomingDelivery): Admission {
    const { isVerified = false, isFromFile = false } = incoming;
    if (isVerified || isFromFile) return { kind: "admitted", isVerified };
    return this.#admissions.admit(incoming.source, this.#signed(incoming, "POST"));
  }

  #signed(request: Omit<Question, "method"> & Partial<RequestParts>, method: string) {
    const { publicUrl } = this.#options.settings;
    return {
      method,
      url: publicUrl === undefined ? undefined : publicUrl + (request.target ?? ""),
      contentType: request.contentType,
      headers: request.headers,
      query: request.query,
      pathToken: request.pathToken,
      body: request.body ?? NO_BODY,
    };
  }

  /** The methods besides POST by which senders of the source ask something; none where it is disabled or unknown. */
  methods(source: string): readonly string[] {
    const isOpen = this.#options.settings.sources.get(source)?.enabled === true;
    return isOpen ? this.#admissions.methods(source) : [];
  }

  /** What a question by one of these methods is answered. It is no delivery, and is not counted. */
  greet(question: Question): Receipt {
    const admission = this.#admissions.greet(
      question.source,
      this.#signed(question, question.method),
    );
    return admission.kind === "greeting" ? admission : { ...admission, kind: "rejected" };
  }

  /**
   * Takes a delivery that may come in to the disk. Where it is settled whole neither this nor what follows waits itself: of ten
   * thousand deliveries that wait, whatever a function had in hand would be carried along until they are committed.
   */
  #store(delivery: Delivery): Promise<Receipt> {
    const source = delivery.source.name;
    const { pendingDeliveriesMax } = this.#options.settings.limits;
    // Before it is read, which would be work for nothing, and after it, when a compressed one has its true size.
    if (
      this.#underWay.deliveries >= pendingDeliveriesMax ||
      this.#isTooMuch(delivery.body.byteLength)
    )
      return Promise.resolve(this.#refuseOverload(source));
    const held = this.#underWay.enter(delivery.body.byteLength);
    return this.#leave(held, source, this.#readAndCommit(delivery, held));
  }

  // Async, so that what it throws is what its promise rejects with.
  async #readAndCommit(delivery: Delivery, held: Held): Promise<Receipt> {
    const source = delivery.source.name;
    const intake = takeInByTurns(delivery, this.#options.fingerprint);
    if ("fault" in intake) return this.reject(source, intake.fault.code, intake.fault.detail);
    const { bytes } = intake;
    this.#underWay.hold(held, 0);
    if (this.#isTooMuch(bytes)) return this.#refuseOverload(source);
    this.#underWay.hold(held, bytes);
    return "intents" in intake
      ? this.#commit(delivery, intake.intents, bytes)
      : intake.readIntents().then((intents) => this.#commit(delivery, intents, bytes));
  }

  #commit(delivery: Delivery, intents: readonly Intent[], bytes: number): Promise<Receipt> {
    const taken = takenIn(delivery, intents);
    const stored: Stored = { parts: 0 };
    const events = isSettledWhole(taken, this.#partEventsMax)
      ? this.#submit(taken, bytes)
      : this.#submitParts(taken, bytes, stored);
    return this.#receiptOf(delivery.id, delivery.source.name, events, stored);
  }

  #submitParts(taken: TakenIn, bytes: number, stored: Stored): Promise<readonly EventReceipt[]> {
    return settleInParts(taken, this.#partEventsMax, async (part) => {
      const receipts = await this.#submit(
        part,
        (bytes * part.intents.length) / taken.intents.length,
      );
      stored.parts++;
      return receipts;
    });
  }

  #receiptOf(
    delivery: string,
    source: string,
    events: Promise<readonly EventReceipt[]>,
    stored: Stored,
  ): Promise<Receipt> {
    return events.then(
      (receipts) => ({ kind: "received", delivery, events: receipts }),
      (error: unknown) => {
        if (!(error instanceof StoreError)) throw error;
        this.#options.onStoreError(error);
        return this.reject(
          source,
          rejectionOf(error),
          `Not stored${stored.parts > 0 ? " completely" : ""}: ${adviceOn(error)}`,
        );
      },
    );
  }

  /** Whatever becomes of the delivery, nothing of it is held any more. */
  #leave(held: Held, source: string, receipt: Promise<Receipt>): Promise<Receipt> {
    return receipt
      .catch((error: unknown) => {
        this.reject(source, "internal", "");
        throw error;
      })
      .finally(() => this.#underWay.leave(held));
  }

  #refuseOverload(source: string): Rejection {
    return this.reject(source, "overloaded", "Too many deliveries are waiting; try again soon.");
  }

  #submit(taken: TakenIn, bytes: number): Promise<readonly EventReceipt[]> {
    return this.#commits.submit({
      parcel: this.#options.settler.pack(taken),
      events: taken.intents.length,
      bytes,
    });
  }

  #isTooMuch(bytes: number): boolean {
    return this.#underWay.isFullFor(bytes, this.#options.settings.limits.pendingBytesMax);
  }

  /** Counts a delivery as turned away. An unknown source has no name here, or anybody could fill the counts. */
  reject(
    source: string | undefined,
    code: RejectionCode,
    detail: string,
    retryAfterSeconds?: number,
  ): Rejection {
    this.#counts.add({ source: source ?? "", outcome: "rejected", deliveries: 1, events: 0 });
    return { kind: "rejected", code, detail, retryAfterSeconds };
  }

  /** Counts that are not in the store yet. */
  pendingTallies(): readonly Tally[] {
    return this.#counts.list();
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
    try {
      // Between two parts of a delivery nothing of it waits for a commit.
      await this.#underWay.end();
      await this.#commits.drain();
      if (this.#counts.list().length > 0) await this.#commits.submitNothing();
    } finally {
      await this.#options.settler.close();
    }
  }

  async #commitBatch(batch: readonly Waiting[]): Promise<readonly (readonly EventReceipt[])[]> {
    const rejections = this.#counts.drain();
    try {
      const { receipts, differing } = await this.#options.settler.settle(
        batch.map(({ parcel }) => parcel),
        rejections,
      );
      this.#lastCommitFailed = false;
      for (const { source, id } of differing)
        this.#options.onRemark({ kind: "differing", source, event: id });
      return receipts;
    } catch (error) {
      this.#lastCommitFailed = true;
      this.#counts.restore(rejections);
      throw error;
    }
  }
}
