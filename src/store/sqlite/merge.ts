/** Merges sequences that are in order into one that is: a heap of what each has next, so that one row of each is held. */

interface Head<Item> {
  item: Item;
  readonly rest: Iterator<Item>;
}

/** Every sequence that was begun is ended, also where the merged one is left early. */
export function* mergeSorted<Item>(
  sequences: readonly Iterable<Item>[],
  compare: (left: Item, right: Item) => number,
): Generator<Item, void> {
  const heads: Head<Item>[] = [];
  try {
    for (const sequence of sequences) {
      const rest = sequence[Symbol.iterator]();
      const first = rest.next();
      if (first.done !== true) heads.push({ item: first.value, rest });
    }
    const isBefore = (left: Head<Item>, right: Head<Item>) => compare(left.item, right.item) < 0;
    for (let index = (heads.length >> 1) - 1; index >= 0; index--) sink(heads, index, isBefore);
    while (heads.length > 0) {
      const least = heads[0]!;
      yield least.item;
      const next = least.rest.next();
      if (next.done !== true) least.item = next.value;
      else {
        const last = heads.pop()!;
        if (heads.length > 0) heads[0] = last;
      }
      sink(heads, 0, isBefore);
    }
  } finally {
    for (const { rest } of heads) rest.return?.();
  }
}

/** Lets the one at `start` change places with the lesser one below it until it is in order. */
function sink<Entry>(
  heap: Entry[],
  start: number,
  isBefore: (left: Entry, right: Entry) => boolean,
): void {
  for (let index = start; ;) {
    const [left, right] = [2 * index + 1, 2 * index + 2];
    let least = index;
    if (left < heap.length && isBefore(heap[left]!, heap[least]!)) least = left;
    if (right < heap.length && isBefore(heap[right]!, heap[least]!)) least = right;
    if (least === index) return;
    [heap[index], heap[least]] = [heap[least]!, heap[index]!];
    index = least;
  }
}
