import { expect, test } from "vitest";
import { headerOf, isRefusal, signedIdOf, singleHeaderOf } from "../../src/verify/scheme.ts";
import { signedRequest } from "../support/signed-request.ts";

const REQUEST = signedRequest({
  headers: { "X-One": "a b,c", "X-Empty": "", "X-Two": "a, a", "X-Wide": "m\u00e9" },
});

test("a header is found by its name in any case", () => {
  expect(headerOf(REQUEST, "x-ONE")).toBe("a b,c");
  expect(headerOf(REQUEST, "X-Two")).toBe("a, a");
});

test.each([
  [headerOf, "X-None", "there is no header X-None"],
  [headerOf, "X-Empty", "the header X-Empty is empty"],
  [singleHeaderOf, "X-None", "there is no header X-None"],
  [singleHeaderOf, "X-Two", "the header X-Two holds several values, one is expected"],
  [signedIdOf, "X-Two", "the header X-Two holds several values, one is expected"],
  [signedIdOf, "X-Wide", "the header X-Wide holds other characters than ASCII"],
])("%o of %s: %s", (read, name, reason) => {
  expect(read(REQUEST, name)).toEqual({ verified: false, reason });
});

test("a refusal is told from what was read", () => {
  expect(isRefusal(headerOf(REQUEST, "X-None"))).toBe(true);
  expect(isRefusal(headerOf(REQUEST, "X-One"))).toBe(false);
  expect(isRefusal(["reason"])).toBe(false);
});
