/**
 * Group commit: what arrives while a commit is under way waits for the next one and shares it, so that many
 * deliveries cost one write to disk. Nothing waits for company: an idle committer starts with the first item, after
 * the event loop has handed over what arrived at the same moment.
 *
 *     submit -> [ pending ] -> batches, in order -> work -> every submitter gets its own result
 *
 * One batch is worked on at a time. Where the work can be given more than it is at, and half as much waits as it is at, the
 * next batch is handed over already, so that whoever works elsewhere need not wait for us in between.
 *
 * A heavy item has a batch to itself, and batches of light ones take turns with the heavy ones: however many heavy items
 * wait, a light one waits for one of them at most, and the heavy ones are not kept waiting by ever more light ones.
 *
 * A batch whose work fails is tried again item by item, so that one item's fault stays its own; `failsAll` names the
 * errors that are nobody's fault in particular, for which that would be in vain.
 */
export interface GroupCommitOptions<Item> {
  /** How much one batch holds at most, in the unit of `weigh`; an item that is heavier goes alone. */
  readonly batchWeightMax: number;
  /** How many batches are handed over at once at most; the work keeps their order. Default: 1. */
  readonly batchesAtOnceMax?: number;
  /** An item that weighs as much is heavy, and has a batch to itself. Default: none is heavy. */
  readonly heavyWeight?: number;
  readonly weigh: (item: Item) => number;
  readonly failsAll: (error: unknown) => boolean;
}

interface Pending<Item, Result> {
  /** None for one who only wants to know that a batch can be committed. */
  readonly item: { readonly value: Item } | undefined;
  readonly weight: number;
  readonly succeed: (result: Result | undefined) => void;
  readonly fail: (error: unknown) => void;
}

/**
 * How much has to wait, of what is worked on, for the next batch to be handed over before the last is done. With less
 * there are more commits than need be; with as much as is worked on, whoever writes was idle for a quarter of the time.
 */
const NEXT_BATCH_SHARE = 0.5;

type Kind = "light" | "heavy";

function otherThan(kind: Kind): Kind {
  return kind === "light" ? "heavy" : "light";
}

/** What waits, in order of arrival. */
class Queue<Item, Result> {
  #entries: Pending<Item, Result>[] = [];

  get length(): number {
    return this.#entries.length;
  }

  push(entry: Pending<Item, Result>): void {
    this.#entries.push(entry);
  }

  /** The first, and as many more as weigh no more than that with it. */
  take(weightMax: number): Pending<Item, Result>[] {
    let weight = 0;
    const end = this.#entries.findIndex((entry, place) => {
      weight += entry.weight;
      return place > 0 && weight > weightMax;
    });
    return this.#entries.splice(0, end < 0 ? this.#entries.length : end);
  }
}

export class GroupCommit<Item, Result> {
  readonly #work: (items: readonly Item[]) => Promise<readonly Result[]>;
  readonly #options: GroupCommitOptions<Item>;
  readonly #pending: Readonly<Record<Kind, Queue<Item, Result>>> = {
    light: new Queue(),
    heavy: new Queue(),
  };
  #next: Kind = "light";
  #pendingWeight = 0;
  #taken = 0;
  #takenWeight = 0;
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
    return this.#waiting + this.#taken;
  }

  get #waiting(): number {
    return this.#pending.light.length + this.#pending.heavy.length;
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
    const weight = item === undefined ? 0 : this.#options.weigh(item.value);
    const isHeavy = weight >= (this.#options.heavyWeight ?? Infinity);
    // Who waits for nothing of his own goes with whatever goes next.
    const kind = item === undefined ? this.#upcoming() : isHeavy ? "heavy" : "light";
    return new Promise((succeed, fail) => {
      this.#pending[kind].push({ item, weight, succeed, fail });
      this.#pendingWeight += weight;
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
      this.#beginMore();
    });
  }

  #beginMore(): void {
    while (this.#mayBegin()) this.#begin(this.#take());
  }

  #mayBegin(): boolean {
    if (this.#waiting === 0) return false;
    if (this.#batches === 0) return true;
    const { batchesAtOnceMax = 1 } = this.#options;
    const isMoreWanted =
      this.#batches < batchesAtOnceMax &&
      this.#pendingWeight >= NEXT_BATCH_SHARE * this.#takenWeight;
    // Behind another batch a heavy one would be a second for somebody light to wait for.
    return isMoreWanted && this.#upcoming() === "light";
  }

  #take(): Pending<Item, Result>[] {
    const kind = this.#upcoming();
    this.#next = otherThan(kind);
    return this.#pending[kind].take(kind === "heavy" ? 0 : this.#options.batchWeightMax);
  }

  /** Whose turn it is, where both wait. */
  #upcoming(): Kind {
    return this.#pending[this.#next].length > 0 ? this.#next : otherThan(this.#next);
  }

  #begin(batch: readonly Pending<Item, Result>[]): void {
    const weight = batch.reduce((sum, entry) => sum + entry.weight, 0);
    this.#pendingWeight -= weight;
    this.#takenWeight += weight;
    this.#taken += batch.length;
    this.#batches++;
    this.#settle(batch).then(
      (tell) => this.#finish(batch.length, weight, tell),
      () => {},
    );
  }

  #finish(length: number, weight: number, tell: () => void): void {
    this.#taken -= length;
    this.#takenWeight -= weight;
    this.#batches--;
    // Who works elsewhere goes on while we tell; who works here would keep those who are told waiting.
    if ((this.#options.batchesAtOnceMax ?? 1) > 1) this.#beginMore();
    tell();
    if (this.#waiting > 0) this.#look();
    else if (this.#batches === 0) for (const resolve of this.#idle.splice(0)) resolve();
  }

  /** Never rejects: what it resolves with tells everybody who submitted what happened. */
  async #settle(batch: readonly Pending<Item, Result>[]): Promise<() => void> {
    try {
      const items = batch.flatMap(({ item }) => (item === undefined ? [] : [item.value]));
      const results = (await this.#work(items)).values();
      return () => {
        for (const { item, succeed } of batch)
          succeed(item === undefined ? undefined : results.next().value);
      };
    } catch (error) {
      if (batch.length === 1 || this.#options.failsAll(error))
        return () => {
          for (const { fail } of batch) fail(error);
        };
      for (const single of batch) (await this.#settle([single]))();
      return () => {};
    }
  }
}
