import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { TokenBucket } from "../src/token-bucket.ts";

describe("a token bucket", () => {
  test("gives its burst at once, then one in its time", () => {
    const bucket = new TokenBucket({ perSecond: 2, burst: 3 });
    expect([0, 0, 0].map((now) => bucket.take(now))).toEqual(["taken", "taken", "taken"]);
    expect(bucket.take(0)).toEqual({ retryAfterSeconds: 1 });
    expect(bucket.take(499)).toEqual({ retryAfterSeconds: 1 });
    expect(bucket.take(500)).toBe("taken");
  });

  test("says when to come again", () => {
    const bucket = new TokenBucket({ perSecond: 0.1, burst: 1 });
    expect(bucket.take(0)).toBe("taken");
    expect(bucket.take(0)).toEqual({ retryAfterSeconds: 10 });
    expect(bucket.take(9_999)).toEqual({ retryAfterSeconds: 1 });
    expect(bucket.take(10_000)).toBe("taken");
  });

  test("gives nothing for a clock that was set back, and goes on from there", () => {
    const bucket = new TokenBucket({ perSecond: 1, burst: 1 });
    expect(bucket.take(5000)).toBe("taken");
    expect(bucket.take(0)).toEqual({ retryAfterSeconds: 1 });
    expect(bucket.take(1000)).toBe("taken");
  });

  test("never gives more than its burst and what time has brought, and whoever waits is served", () => {
    fc.assert(
      fc.property(
        fc.record({
          perSecond: fc.double({ min: 0.01, max: 1000, noNaN: true }),
          burst: fc.integer({ min: 1, max: 50 }),
        }),
        fc.array(fc.nat({ max: 2000 }), { maxLength: 100 }),
        (rate, pauses) => {
          const bucket = new TokenBucket(rate);
          let now = 0;
          let taken = 0;
          for (const pause of pauses) {
            now += pause;
            const answer = bucket.take(now);
            if (answer === "taken") taken++;
            else {
              now += answer.retryAfterSeconds * 1000;
              expect(bucket.take(now)).toBe("taken");
              taken++;
            }
          }
          expect(taken).toBeLessThanOrEqual(rate.burst + (now / 1000) * rate.perSecond + 1e-6);
        },
      ),
    );
  });
});
