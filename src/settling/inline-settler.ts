/** Settles batches in this thread, each in a turn of its own. */
import type { TakenIn } from "../receipt.ts";
import { settleBatch, type Settling } from "../settle-batch.ts";
import type { Tally } from "../store/store.ts";
import type { Turns } from "../turns.ts";
import type { Settled, Settler } from "./settler.ts";

export interface InlineSettlerOptions extends Settling {
  readonly turns: Turns;
}

export class InlineSettler implements Settler<TakenIn> {
  readonly batchesAtOnceMax = 1;
  readonly #options: InlineSettlerOptions;

  constructor(options: InlineSettlerOptions) {
    this.#options = options;
  }

  pack(taken: TakenIn): TakenIn {
    return taken;
  }

  settle(batch: readonly TakenIn[], tallies: readonly Tally[]): Promise<Settled> {
    return this.#options.turns.take(async () => {
      const settled = await settleBatch(this.#options, batch);
      if (settled === "stale") return "stale";
      if ((await settled.commit(tallies)) === "stale") return "stale";
      const { receipts, differing } = settled;
      return { receipts, differing: differing.map(({ source, id }) => ({ source, id })) };
    });
  }

  async close(): Promise<void> {}
}
