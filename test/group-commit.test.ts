import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { GroupCommit } from "../src/group-commit.ts";

const options = { batchWeightMax: 5, weigh: (item: number) => item, failsAll: () => false };

/** A committer whose batches wait until the test lets them go. */
function gated() {
  const batches: number[][] = [];
  const gates: (() => void)[] = [];
  const group = new GroupCommit<number, string>(async (items) => {
    batches.push([...items]);
    await new Promise<void>((open) => gates.push(open));
    return items.map((item) => `did ${item}`);
  }, options);
  return { group, batches, gates };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(setImmediate);
}

describe("group commit", () => {
  test("what arrives during a commit shares the next one, in order of arrival", async () => {
    const { group, batches, gates } = gated();
    const first = group.submit(1);
    await until(() => gates.length === 1);
    const later = [group.submit(2), group.submit(1), group.submit(1)];
    expect(group.size).toBe(4);
    gates[0]!();
    expect(await first).toBe("did 1");
    await until(() => gates.length === 2);
    gates[1]!();
    expect(await Promise.all(later)).toEqual(["did 2", "did 1", "did 1"]);
    expect(batches).toEqual([[1], [2, 1, 1]]);
    await group.drain();
    expect(group.size).toBe(0);
  });

  test("what arrives at the same moment shares a commit", async () => {
    const { group, batches, gates } = gated();
    const all = [1, 1, 1].map((item) => group.submit(item));
    await until(() => gates.length === 1);
    gates[0]!();
    await Promise.all(all);
    expect(batches).toEqual([[1, 1, 1]]);
  });

  test("a batch is no heavier than allowed, and a heavier item goes alone", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 30 }),
        async (items) => {
          const batches: (readonly number[])[] = [];
          const group = new GroupCommit<number, number>(async (batch) => {
            batches.push(batch);
            return batch;
          }, options);
          expect(await Promise.all(items.map((item) => group.submit(item)))).toEqual(items);
          expect(batches.flat()).toEqual(items);
          for (const batch of batches) {
            const weight = batch.reduce((sum, item) => sum + item, 0);
            expect(weight <= options.batchWeightMax || batch.length === 1).toBe(true);
          }
        },
      ),
    );
  });

  test("a light one waits for one heavy one at most, and heavy ones for one of light ones", async () => {
    const isHeavy = (item: number) => item > 2;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 3, max: 25 })), {
          maxLength: 80,
          size: "max",
        }),
        async (items) => {
          const batches: (readonly number[])[] = [];
          const group = new GroupCommit<number, number>(
            async (batch) => {
              batches.push(batch);
              return batch;
            },
            { ...options, batchWeightMax: 20, heavyWeight: 3 },
          );
          expect(await Promise.all(items.map((item) => group.submit(item)))).toEqual(items);
          for (const kind of [isHeavy, (item: number) => !isHeavy(item)])
            expect(batches.flat().filter(kind)).toEqual(items.filter(kind));
          for (const [place, batch] of batches.entries()) {
            expect(batch.length === 1 || !batch.some(isHeavy)).toBe(true);
            const next = batches[place + 1];
            if (next === undefined || isHeavy(next[0]!) !== isHeavy(batch[0]!)) continue;
            // Two of a kind follow each other only where none of the other kind is left.
            const left = batches.slice(place + 1).flat();
            expect(new Set(left.map(isHeavy)).size).toBe(1);
          }
        },
      ),
    );
  });

  test("what comes while heavy ones wait goes before all but one of them", async () => {
    const batches: number[][] = [];
    const gates: (() => void)[] = [];
    const group = new GroupCommit<number, number>(
      async (items) => {
        batches.push([...items]);
        await new Promise<void>((open) => gates.push(open));
        return items;
      },
      { ...options, batchWeightMax: 20, heavyWeight: 3 },
    );
    const all = [15, 16, 17].map((item) => group.submit(item));
    for (const batch of [0, 1, 2, 3]) {
      await until(() => gates.length === batch + 1);
      if (batch === 0) all.push(group.submit(1), group.submit(2));
      gates[batch]!();
    }
    await Promise.all(all);
    expect(batches).toEqual([[15], [1, 2], [16], [17]]);
  });

  test("work that is done elsewhere has its next batch when half as much waits as it is at, and before the last is told", async () => {
    const batches: number[][] = [];
    const gates: (() => void)[] = [];
    const group = new GroupCommit<number, number>(
      async (items) => {
        batches.push([...items]);
        await new Promise<void>((open) => gates.push(open));
        return items;
      },
      { ...options, batchesAtOnceMax: 2 },
    );
    const first = group.submit(4);
    await until(() => batches.length === 1);
    const second = group.submit(1);
    for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
    expect(batches).toEqual([[4]]);
    const third = group.submit(1);
    await until(() => batches.length === 2);
    const fourth = group.submit(1);
    const handedWhenTold = first.then(() => batches.length);
    expect(batches.length).toBe(2);
    gates[0]!();
    expect(await handedWhenTold).toBe(3);
    gates[1]!();
    expect(await Promise.all([second, third])).toEqual([1, 1]);
    gates[2]!();
    await fourth;
    await group.drain();
    expect(batches).toEqual([[4], [1, 1], [1]]);
  });

  test("one who submits nothing learns whether a batch can be committed", async () => {
    let isBroken = true;
    const batches: (readonly number[])[] = [];
    const group = new GroupCommit<number, number>(
      async (items) => {
        if (isBroken) throw new Error("disk");
        batches.push(items);
        return items.map((item) => item * 10);
      },
      { ...options, failsAll: () => true },
    );
    await expect(group.submitNothing()).rejects.toThrow("disk");
    isBroken = false;
    const [first, nothing, second] = await Promise.all([
      group.submit(1),
      group.submitNothing(),
      group.submit(2),
    ]);
    expect([first, nothing, second]).toEqual([10, undefined, 20]);
    expect(batches).toEqual([[1, 2]]);
  });

  test("the fault of one item is not its neighbours'", async () => {
    const group = new GroupCommit<number, number>(async (items) => {
      if (items.includes(3)) throw new Error("three");
      return items;
    }, options);
    const results = await Promise.allSettled([1, 3, 1].map((item) => group.submit(item)));
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  });

  test("an error that is nobody's fault fails the batch at once, and the next batch has its own chance", async () => {
    let calls = 0;
    const group = new GroupCommit<number, number>(
      async (items) => {
        calls++;
        if (calls === 1) throw new Error("disk");
        return items;
      },
      { ...options, failsAll: () => true },
    );
    const results = await Promise.allSettled([1, 1].map((item) => group.submit(item)));
    expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(calls).toBe(1);
    expect(await group.submit(1)).toBe(1);
  });
});
