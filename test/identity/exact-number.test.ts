import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareExactNumbers, exactNumber } from "../../src/identity/exact-number.ts";

function order(left: string, right: string): number {
  return Math.sign(compareExactNumbers(exactNumber(left)!, exactNumber(right)!));
}

describe("numbers of any length", () => {
  test("I10: are told apart by their last digit", () => {
    expect(order("9007199254740993", "9007199254740992")).toBe(1);
    expect(order("-9007199254740993", "-9007199254740992")).toBe(-1);
    expect(order("0.1000000000000000055", "0.1")).toBe(1);
  });

  test("are equal however they are written", () => {
    for (const written of ["7", "7.0", "70e-1", "0.7e1", "7E+0", "0000.7e1"])
      expect(order(written, "7")).toBe(0);
    for (const zero of ["0", "-0", "0.000", "0e99999999999999999999"])
      expect(order(zero, "0")).toBe(0);
  });

  test("are in order far beyond what doubles hold", () => {
    expect(order("1e400", "1e401")).toBe(-1);
    expect(order("-1e400", "-1e401")).toBe(1);
    expect(order("1e-400", "0")).toBe(1);
  });

  test("are none where they are no numbers, or have an exponent that nobody counts with", () => {
    for (const literal of ["", "x", "1.", ".5", "+1", "1e99999999999999999999", "0x10"])
      expect(exactNumber(literal)).toBeUndefined();
  });

  test("compare as the integers they are of, scaled to the same places", () => {
    const scaled = fc.record({
      units: fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }),
      places: fc.integer({ min: 0, max: 12 }),
    });
    const near = scaled.chain((one) =>
      fc.tuple(
        fc.constant(one),
        fc.oneof(scaled, fc.constant({ ...one, units: one.units + 1n }), fc.constant(one)),
      ),
    );
    fc.assert(
      fc.property(near, ([left, right]) => {
        const whole = ({ units, places }: typeof left) => units * 10n ** BigInt(12 - places);
        const difference = whole(left) - whole(right);
        const expected = difference === 0n ? 0 : difference < 0n ? -1 : 1;
        const written = ({ units, places }: typeof left) => `${units}e-${places}`;
        expect(order(written(left), written(right))).toBe(expected);
      }),
    );
  });
});
