/** What is read from Node's own request is what a Headers and a URL of it would have told. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { headersFrom, queryOf } from "../../src/http/request-parts.ts";

const name = fc.oneof(
  // Those that Node leaves out where they come twice, those that are joined in a way of their own, and any other.
  fc.constantFrom(
    "Content-Type",
    "authorization",
    "COOKIE",
    "cookie",
    "X-Signature",
    "x-signature",
  ),
  fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,8}$/),
);
/** As Node hands them over: bytes as characters, no space around them. */
const value = fc
  .string({ unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCharCode(code)) })
  .map((text) => text.replaceAll("\u007f", "").replaceAll(/^ +| +$/g, ""));

test("headers are joined as a Headers joins them", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(name, value), { maxLength: 8 }), (written) => {
      const model = new Headers();
      for (const [key, text] of written) model.append(key, text);
      expect(Object.fromEntries(headersFrom(written.flat()))).toEqual(Object.fromEntries(model));
    }),
  );
});

test("of a header that only servers send, and that has commas, the last counts", () => {
  const headers = headersFrom(["Set-Cookie", "a=1", "set-cookie", "b=2"]);
  expect([...headers]).toEqual([["set-cookie", "b=2"]]);
});

test("a query is parsed as that of a URL", () => {
  // Whatever else stands in an address has been written in percents before it comes here.
  const part = fc.oneof(
    fc.constantFrom("?", "#", "&", "=", "%", "%41", "%ff", "+", "'", "a", "b=1", "[]"),
    fc.stringMatching(/^[!-~]{0,10}$/),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
      const url = `http://localhost/webhooks/chat${parts.join("")}`;
      expect([...queryOf(url)]).toEqual([...new URL(url).searchParams]);
    }),
    { examples: [[["?", "?", "a"]], [["#", "?", "a"]]] },
  );
});
