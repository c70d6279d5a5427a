/** A settler: who settles batches of deliveries and commits them, here or in a thread of its own. */
import type { EventId } from "../identity/types.ts";
import type { EventReceipt, TakenIn } from "../receipt.ts";
import type { Tally } from "../store/store.ts";

/** What is true once a batch was committed. */
export interface Settled {
  /** By delivery, then by event. */
  readonly receipts: readonly (readonly EventReceipt[])[];
  /** Events that repeat the id of one that is kept, with another text. */
  readonly differing: readonly { readonly source: string; readonly id: EventId }[];
}

/** `Parcel` is a delivery as this settler wants it, which is nobody else's business. */
export interface Settler<Parcel = unknown> {
  /** How many batches may be handed over at once; they are committed in that order. */
  readonly batchesAtOnceMax: number;
  /** To be called when the delivery comes in: what waits for its batch is the parcel alone. */
  pack(taken: TakenIn): Parcel;
  /** Settles the batch and commits it with the counts. Rejects with a StoreError, or where there is a fault of ours. */
  settle(batch: readonly Parcel[], tallies: readonly Tally[]): Promise<Settled>;
  /** To be called when everything handed over is settled. */
  close(): Promise<void>;
}
