import { expect, test } from "vitest";
import { formatNumber, formatRatio } from "../../../benchmarks/runner/format.ts";

test.each([
  [0, "0"],
  [7, "7"],
  [0.012_345, "0.0123"],
  [12.345, "12.3"],
  [1234.5, "1,235"],
  [900_001, "900,001"],
])("%d is written %s", (number, text) => expect(formatNumber(number)).toBe(text));

test("a ratio has two decimals and its sign", () => expect(formatRatio(0.7)).toBe("0.70×"));
