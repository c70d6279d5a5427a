/** Sequences in order become one in order, a row of each at a time. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { mergeSorted } from "../../../src/store/sqlite/merge.ts";

const byNumber = (left: number, right: number) => left - right;

test("the merged sequence is the sorted whole", () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.nat({ max: 50 }))), (lists) => {
      const sorted = lists.map((list) => list.toSorted(byNumber));
      expect([...mergeSorted(sorted, byNumber)]).toEqual(lists.flat().toSorted(byNumber));
    }),
  );
});

test("no more is read than one of each sequence beyond what was taken", () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.nat({ max: 50 }), { minLength: 5 }), { minLength: 1 }),
      fc.nat({ max: 5 }),
      (lists, taken) => {
        let read = 0;
        const counted = lists.map(function* (list) {
          for (const item of list.toSorted(byNumber)) {
            read++;
            yield item;
          }
        });
        const merged = mergeSorted(counted, byNumber);
        for (let count = 0; count < taken; count++) merged.next();
        expect(read).toBeLessThanOrEqual(lists.length + taken);
      },
    ),
  );
});

test("sequences that were begun are ended where the merged one is left early", () => {
  const ended: string[] = [];
  function* sequence(name: string) {
    try {
      yield 1;
      yield 2;
    } finally {
      ended.push(name);
    }
  }
  for (const _ of mergeSorted([sequence("a"), sequence("b")], byNumber)) break;
  expect(ended.toSorted()).toEqual(["a", "b"]);
});
