import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { recurrenceKey, recurrenceKeys, withoutRecurrence } from "../../src/extract/recurrence.ts";

const WINDOW = 1000;

/** Plays receipts of one text in this order and returns the keys they got. */
function play(times: readonly number[]): string[] {
  const stored = new Map<string, number>();
  return times.map((receivedAt) => {
    const key = recurrenceKey({ key: "sha256:a", receivedAt, repeatWindow: WINDOW }, (candidate) =>
      stored.get(candidate),
    );
    if (!stored.has(key)) stored.set(key, receivedAt);
    return key;
  });
}

describe("an event that is known by its text", () => {
  test("is the same within the window, also across the border of two numbered windows", () => {
    expect(play([999, 1000, 1999])).toEqual(["sha256:a", "sha256:a", "sha256:a"]);
  });

  test("is another after it", () => {
    expect(play([0, 1001, 1500, 2002])).toEqual([
      "sha256:a",
      "sha256:a\n@1",
      "sha256:a\n@1",
      "sha256:a\n@2",
    ]);
  });

  test("keeps the mark of its place in a delivery", () => {
    expect(withoutRecurrence("sha256:a\n1\n@17")).toBe("sha256:a\n1");
    expect(withoutRecurrence("order-7")).toBe("order-7");
  });

  test("is new exactly where no event that was kept lies within the window", () => {
    const times = fc.array(fc.nat({ max: 20 * WINDOW }), { maxLength: 60 });
    fc.assert(
      fc.property(times, (received) => {
        const kept: number[] = [];
        const keys = play(received);
        for (const [index, at] of received.entries()) {
          const isRepeat = kept.some((other) => Math.abs(other - at) <= WINDOW);
          expect(keys.indexOf(keys[index]!) < index).toBe(isRepeat);
          if (!isRepeat) kept.push(at);
        }
      }),
    );
  });

  test("has few names to be looked up under, its own among them", () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 20 * WINDOW }), { maxLength: 60 }), (received) => {
        for (const [index, key] of play(received).entries())
          expect(
            recurrenceKeys({
              key: "sha256:a",
              receivedAt: received[index]!,
              repeatWindow: WINDOW,
            }),
          ).toContain(key);
      }),
    );
  });
});
