/**
 * Group commit: what arrives while a commit is under way waits for the next one and shares it, so that many
 * deliveries cost one write to disk. Nothing waits for company: an idle committer starts with the first item, after
 * the event loop has handed over what arrived at the same moment.
 *
 *     submit -> [ pending ] -> batches, in order -> work -> every submitter gets its own result
 *
 * One batch is worked on at a time. Where as much waits as half a batch may hold, and the work can be given more than it
 * is at, the next is handed over already, so that whoever works elsewhere need not wait for us in between.
 *
 * A batch whose work fails is tried again item by item, so that one item's fault stays its own; `failsAll` names the
 * errors that are nobody's fault in particular, for which that would be in vain.
 */
export interface GroupCommitOptions<Item> {
  /** How much one batch holds at most, in the unit of `weigh`; an item that is heavier goes alone. */
  readonly batchWeightMax: number;
  /** How many batches are handed over at once at most; the work keeps their order. Default: 1. */
  readonly batchesAtOnceMax?: number;
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
  #pendingWeight = 0;
  #taken = 0;
  #batches = 0;
  /** Whether the next look at what is pending is under way already. */
  #isLooking = false;
  #idle: (() => void)[] = [];

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
      this.#pendingWeight += this.#weightOf(item);
      if (this.#mayBegin()) this.#look();
    });
  }

  /** Resolves when nothing is pending any more. */
  async drain(): Promise<void> {
    if (this.size > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  /** Looks what is pending when the event loop has let answers go out and new arrivals come in. */
  #look(): void {
    if (this.#isLooking) return;
    this.#isLooking = true;
    setImmediate(() => {
      this.#isLooking = false;
      while (this.#mayBegin()) this.#begin(this.#take());
    });
  }

  #mayBegin(): boolean {
    if (this.#pending.length === 0) return false;
    if (this.#batches === 0) return true;
    const { batchesAtOnceMax = 1, batchWeightMax } = this.#options;
    return this.#batches < batchesAtOnceMax && 2 * this.#pendingWeight >= batchWeightMax;
  }

  #weightOf(item: Pending<Item, Result>["item"]): number {
    return item === undefined ? 0 : this.#options.weigh(item.value);
  }

  #take(): Pending<Item, Result>[] {
    let weight = 0;
    let length = 0;
    while (length < this.#pending.length) {
      const more = this.#weightOf(this.#pending[length]!.item);
      if (length > 0 && weight + more > this.#options.batchWeightMax) break;
      weight += more;
      length++;
    }
    this.#pendingWeight -= weight;
    return this.#pending.splice(0, length);
  }

  #begin(batch: readonly Pending<Item, Result>[]): void {
    this.#batches++;
    this.#taken += batch.length;
    const finish = () => this.#finish(batch);
    this.#settle(batch).then(finish, finish);
  }

  #finish(batch: readonly Pending<Item, Result>[]): void {
    this.#taken -= batch.length;
    this.#batches--;
    if (this.#pending.length > 0) this.#look();
    else if (this.#batches === 0) for (const resolve of this.#idle.splice(0)) resolve();
  }

  /** Never rejects: whoever submitted learns what happened. */
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
