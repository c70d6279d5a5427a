/** What is read from Node's own request is what a Headers and a URL of it would have told. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { headersFrom, queryOf } from "../../src/http/request-parts.ts";
import type { EventReceipt } from "../../src/receipt.ts";
import { listen } from "../support/listening.ts";
import { RawSender } from "../support/raw-sender.ts";

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

test("of a header that Node would take once, both are read; and a parameter behind two question marks", async () => {
  const { url } = await listen(`
sources:
  chat:
    identifiers: { from: "header:Referer", who: "query:?who" }
    respond: full
`);
  const sender = await RawSender.open(
    url,
    "POST /webhooks/chat??who=ann#?who=bob HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n" +
      "Referer: a\r\nREFERER: b\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}",
  );
  const [answer] = await sender.answers();
  const { events } = JSON.parse(answer!.body) as { readonly events: readonly EventReceipt[] };
  expect(events[0]!.identifiers!.map(({ identifier }) => identifier)).toEqual([
    "from:a, b",
    "who:ann",
  ]);
});
