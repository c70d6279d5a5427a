/** Who gives way where bodies hold too much, with a clock that the test turns. */
import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
  BodyBudget,
  type BodyLimits,
  type CutOff,
  type Share,
} from "../../src/http/body-budget.ts";

const LIMITS: BodyLimits = {
  pendingBytesMax: 1_000_000,
  unfinishedBodiesMax: 100,
  connectionsMax: 10_000,
  bodySecondsMax: 30,
};

beforeEach(() => void vi.useFakeTimers({ toFake: ["performance", "setTimeout"] }));
afterEach(() => void vi.useRealTimers());

interface Body extends Share {
  cutOff: CutOff | undefined;
}

function begin(budget: BodyBudget): Body {
  const share = budget.begin((why) => {
    body.cutOff = why;
  });
  const body: Body = { ...share, cutOff: undefined };
  return body;
}

test("the slowest gives way first, and only as many as it takes", () => {
  const budget = new BodyBudget(LIMITS);
  const bodies = [300_000, 100_000, 400_000].map((bytes) => {
    const body = begin(budget);
    body.grow(bytes);
    return body;
  });
  vi.advanceTimersByTime(10_000);
  const fast = begin(budget);
  fast.grow(250_000);
  expect(bodies.map(({ cutOff }) => cutOff)).toEqual([undefined, "overloaded", undefined]);
  expect([fast.cutOff, budget.bytes]).toEqual([undefined, 950_000]);
});

test("what holds next to nothing is left alone: to cut it off would make no room", () => {
  const budget = new BodyBudget(LIMITS);
  const form = begin(budget);
  form.grow(200);
  vi.advanceTimersByTime(5000);
  const hoarders = Array.from({ length: 3 }, () => begin(budget));
  for (const hoarder of hoarders) hoarder.grow(330_000);
  vi.advanceTimersByTime(1000);
  begin(budget).grow(100_000);
  expect(form.cutOff).toBeUndefined();
  expect(hoarders.map(({ cutOff }) => cutOff)).toEqual(["overloaded", undefined, undefined]);
});

test("one large body among slow small ones is the fast one", () => {
  const budget = new BodyBudget(LIMITS);
  const slow = Array.from({ length: 9 }, () => begin(budget));
  for (const body of slow) body.grow(50_000);
  vi.advanceTimersByTime(20_000);
  const large = begin(budget);
  for (let chunk = 0; chunk < 10; chunk++) {
    large.grow(60_000);
    vi.advanceTimersByTime(10);
  }
  expect(large.cutOff).toBeUndefined();
  expect(slow.filter(({ cutOff }) => cutOff !== undefined)).toHaveLength(1);
});

test("what waits for its commit cannot give way; a single body may be larger than the budget", () => {
  const budget = new BodyBudget(LIMITS);
  const waiting = begin(budget);
  waiting.grow(3_000_000);
  expect(waiting.cutOff).toBeUndefined();
  waiting.finish();
  const next = begin(budget);
  next.grow(1);
  expect([waiting.cutOff, next.cutOff]).toEqual([undefined, "overloaded"]);
  waiting.release();
  waiting.release();
  expect(budget.bytes).toBe(0);
});

test("each has its whole time, and no more", () => {
  const budget = new BodyBudget(LIMITS);
  const first = begin(budget);
  vi.advanceTimersByTime(20_000);
  const second = begin(budget);
  const finished = begin(budget);
  finished.finish();
  vi.advanceTimersByTime(9_999);
  expect(first.cutOff).toBeUndefined();
  vi.advanceTimersByTime(2);
  expect([first.cutOff, second.cutOff]).toEqual(["too-slow", undefined]);
  vi.advanceTimersByTime(20_000);
  expect([second.cutOff, finished.cutOff]).toEqual(["too-slow", undefined]);
});

test("without a number of its own, unfinished bodies take half of the connections", () => {
  const budget = new BodyBudget({ ...LIMITS, unfinishedBodiesMax: undefined, connectionsMax: 6 });
  const bodies = Array.from({ length: 4 }, () => {
    const body = begin(budget);
    vi.advanceTimersByTime(1000);
    return body;
  });
  expect(bodies.map(({ cutOff }) => cutOff)).toEqual([
    "overloaded",
    undefined,
    undefined,
    undefined,
  ]);
});

type Step =
  | { readonly kind: "begin" | "wait"; readonly amount: number }
  | {
      readonly kind: "grow" | "finish" | "release";
      readonly which: number;
      readonly amount: number;
    };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constantFrom("begin", "wait"), amount: fc.nat(9000) }),
  fc.record({
    kind: fc.constantFrom("grow", "finish", "release"),
    which: fc.nat(50),
    amount: fc.nat(600_000),
  }),
);

test("the sum is right, and within the budget wherever somebody could give way", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const budget = new BodyBudget({ ...LIMITS, unfinishedBodiesMax: 5 });
      const bodies: (Body & { held: number; state: "unfinished" | "waiting" | "gone" })[] = [];
      for (const { kind, amount, ...rest } of steps) {
        if (kind === "wait") vi.advanceTimersByTime(amount);
        if (kind === "begin")
          bodies.push(Object.assign(begin(budget), { held: 0, state: "unfinished" as const }));
        const body = "which" in rest ? bodies[rest.which % (bodies.length || 1)] : undefined;
        const mayGoOn = body?.state === "unfinished" && body.cutOff === undefined;
        if (mayGoOn && kind === "grow") {
          body.held += amount;
          body.grow(amount);
        }
        if (mayGoOn && kind === "finish") {
          body.state = "waiting";
          body.finish();
        }
        if (body !== undefined && kind === "release") {
          body.state = "gone";
          body.release();
        }
        const alive = bodies.filter(
          ({ state, cutOff }) => state !== "gone" && cutOff === undefined,
        );
        const unfinished = alive.filter(({ state }) => state === "unfinished");
        expect(budget.bytes).toBe(alive.reduce((sum, { held }) => sum + held, 0));
        expect(unfinished.length).toBeLessThanOrEqual(5);
        // Room is made whenever one grows.
        if (mayGoOn && kind === "grow" && unfinished.length > 0 && alive.length > 1)
          expect(budget.bytes).toBeLessThanOrEqual(LIMITS.pendingBytesMax);
      }
      vi.clearAllTimers();
    }),
  );
});
