/**
 * Group commit: what arrives while a commit is under way waits for the next one and shares it, so that many
 * deliveries cost one write to disk. Nothing waits for company: an idle committer starts with the first item, after
 * the event loop has handed over what arrived at the same moment.
 *
 *     submit -> [ pending ] -> one batch at a time -> work -> every submitter gets its own result
 *
 * A batch whose work fails is tried again item by item, so that one item's fault stays its own; `failsAll` names the
 * errors that are nobody's fault in particular, for which that would be in vain.
 */
export interface GroupCommitOptions<Item> {
  /** How much one batch holds at most, in the unit of `weigh`; an item that is heavier goes alone. */
  readonly batchWeightMax: number;
  readonly weigh: (item: Item) => number;
  readonly failsAll: (error: unknown) => boolean;
}

interface Pending<Item, Result> {
  /** None for one who only wants to know that a batch can be committed. */
  readonly item: { readonly value: Item } | undefined;
  readonly succeed: (result: Result | undefined) => void;
  readonly fail: (error: unknown) => void;
}

export class GroupCommit<Item, Result> {
  readonly #work: (items: readonly Item[]) => Promise<readonly Result[]>;
  readonly #options: GroupCommitOptions<Item>;
  #pending: Pending<Item, Result>[] = [];
  #taken = 0;
  #running: Promise<void> | undefined;

  /** `work` returns one result for each item, in their order. */
  constructor(
    work: (items: readonly Item[]) => Promise<readonly Result[]>,
    options: GroupCommitOptions<Item>,
  ) {
    this.#work = work;
    this.#options = options;
  }

  /** How many items wait or are being worked on. */
  get size(): number {
    return this.#pending.length + this.#taken;
  }

  /** Resolves with the item's result after the commit that holds it; rejects with what stopped it. */
  submit(item: Item): Promise<Result> {
    // What has an item has a result.
    return this.#enqueue({ value: item }) as Promise<Result>;
  }

  /** Resolves after a commit that may hold nothing at all; rejects with what stopped it. */
  async submitNothing(): Promise<void> {
    await this.#enqueue(undefined);
  }

  #enqueue(item: Pending<Item, Result>["item"]): Promise<Result | undefined> {
    return new Promise((succeed, fail) => {
      this.#pending.push({ item, succeed, fail });
      this.#running ??= this.#run();
    });
  }

  /** Resolves when nothing is pending any more. */
  async drain(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  async #run(): Promise<void> {
    await new Promise(setImmediate);
    while (this.#pending.length > 0) {
      const batch = this.#take();
      this.#taken = batch.length;
      await this.#settle(batch);
      this.#taken = 0;
      // Lets answers go out and new arrivals come in before the next commit holds the thread.
      await new Promise(setImmediate);
    }
    this.#running = undefined;
  }

  #take(): Pending<Item, Result>[] {
    let weight = 0;
    let length = 0;
    while (length < this.#pending.length) {
      const { item } = this.#pending[length]!;
      weight += item === undefined ? 0 : this.#options.weigh(item.value);
      if (length > 0 && weight > this.#options.batchWeightMax) break;
      length++;
    }
    return this.#pending.splice(0, length);
  }

  async #settle(batch: readonly Pending<Item, Result>[]): Promise<void> {
    try {
      const items = batch.flatMap(({ item }) => (item === undefined ? [] : [item.value]));
      const results = (await this.#work(items)).values();
      for (const { item, succeed } of batch)
        succeed(item === undefined ? undefined : results.next().value);
    } catch (error) {
      if (batch.length > 1 && !this.#options.failsAll(error))
        for (const single of batch) await this.#settle([single]);
      else for (const { fail } of batch) fail(error);
    }
  }
}
