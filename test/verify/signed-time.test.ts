import fc from "fast-check";
import { expect, test } from "vitest";
import { readSignedTime, staleness } from "../../src/verify/signed-time.ts";
import { NOW } from "../support/signed-request.ts";

test.each([
  ["1700000000", NOW],
  ["1700000000000", NOW],
  ["2023-11-14T22:13:20Z", NOW],
  ["2023-11-14T23:13:20.000000000+01:00", NOW],
])("%s is a time", (text, time) => expect(readSignedTime(text)).toBe(time));

test.each(["", "soon", "-1", "1e9", "0x10", "17000000000000000", "1".repeat(100_000)])(
  "%s is none",
  (text) => expect(readSignedTime(text)).toBeUndefined(),
);

test("a time of any length is refused at once", () => {
  expect(readSignedTime(`2023-11-14T22:13:20.${"0".repeat(60)}Z`)).toBeUndefined();
});

test.each([
  [-300_000, undefined],
  [-301_000, "it was signed 301 s ago"],
  [300_000, undefined],
  [301_000, "it was signed 301 s in the future"],
])("signed %i ms from now, 300 s tolerated: %s", (distance, reason) => {
  const refusal = staleness(NOW + distance, NOW, 300);
  if (reason === undefined) expect(refusal).toBeUndefined();
  else expect(refusal?.reason).toContain(reason);
});

test("the last second of the tolerance is within it, whenever in that second it is now", () => {
  fc.assert(
    fc.property(fc.nat(999), fc.nat(999), (now, time) => {
      expect(staleness(NOW - 300_000 + time, NOW + now, 300)).toBeUndefined();
      expect(staleness(NOW + 300_000 + time, NOW + now, 300)).toBeUndefined();
      expect(staleness(NOW - 301_000 + time, NOW + now, 300)).toBeDefined();
      expect(staleness(NOW + 301_000 + time, NOW + now, 300)).toBeDefined();
    }),
  );
});
