import { expect, test } from "vitest";
import { UnderWay } from "../src/under-way.ts";

test("what is held counts until it is left, and nothing is too much where nothing is held", () => {
  const underWay = new UnderWay();
  expect(underWay.isFullFor(1000, 10)).toBe(false);
  const first = underWay.enter(6);
  expect([underWay.isFullFor(4, 10), underWay.isFullFor(5, 10)]).toEqual([false, true]);
  const second = underWay.enter(4);
  underWay.hold(first, 2);
  expect([underWay.isFullFor(4, 10), underWay.isFullFor(5, 10)]).toEqual([false, true]);
  expect(underWay.deliveries).toBe(2);
  underWay.leave(second);
  underWay.leave(first);
  expect(underWay.deliveries).toBe(0);
  expect(underWay.isFullFor(1000, 10)).toBe(false);
});

test("the end is when the last has left", async () => {
  const underWay = new UnderWay();
  await underWay.end();
  const [first, second] = [underWay.enter(1), underWay.enter(1)];
  let hasEnded = false;
  const end = underWay.end().then(() => (hasEnded = true));
  underWay.leave(first);
  await new Promise(setImmediate);
  expect(hasEnded).toBe(false);
  underWay.leave(second);
  await end;
  expect(hasEnded).toBe(true);
});
