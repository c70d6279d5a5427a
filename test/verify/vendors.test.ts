/**
 * Vendors' own libraries as senders and as judges: on 10,000 random bodies each, signed right and then changed by one bit
 * in every place that matters, their verdict is ours. Where a library deliberately differs such inputs are left out, and a
 * test of its own says what we do.
 */
import { createHmac } from "node:crypto";
import { sign as octokitSign, verify as octokitVerify } from "@octokit/webhooks-methods";
import { verifyRequestSignature } from "customerio-node";
import fc from "fast-check";
import { Webhook } from "standardwebhooks";
import { Stripe } from "stripe";
import { afterEach, describe, expect, test, vi } from "vitest";
import {
  bits,
  flippedBytes,
  flippedText,
  isAccepted,
  secretPairs,
  texts,
} from "../support/random-delivery.ts";
import {
  NOW,
  reasonOf,
  verdictOf,
  VERIFIED,
  verifierOf,
  signedRequest,
} from "../support/signed-request.ts";

const BODIES = 10_000;

function isOurs(
  written: object,
  secret: string,
  headers: Record<string, string>,
  body: string | Uint8Array,
  now = NOW,
): boolean {
  return verifierOf(written, secret).verify(signedRequest({ headers, body }), now).verified;
}

afterEach(() => vi.restoreAllMocks());

describe("GitHub, by @octokit/webhooks-methods", () => {
  const scheme = { scheme: "hmac", header: "X-Hub-Signature-256", prefix: "sha256=" };
  const ours = (secret: string, body: string | Uint8Array, signature: string) =>
    isOurs(scheme, secret, { "X-Hub-Signature-256": signature }, body);

  test(`its verdict on ${BODIES} bodies is ours`, async () => {
    await fc.assert(
      fc.asyncProperty(
        texts.filter((body) => body !== ""),
        secretPairs,
        bits,
        async (body, [secret, other], bit) => {
          const signature = await octokitSign(secret, body);
          const agree = async (by: string, text: string | Uint8Array, header: string) => {
            const theirs = await octokitVerify(by, Buffer.from(text).toString(), header);
            expect(ours(by, text, header)).toBe(theirs);
            return theirs;
          };
          expect(await agree(secret, body, signature)).toBe(true);
          expect(await agree(secret, flippedBytes(Buffer.from(body), bit), signature)).toBe(false);
          expect(await agree(other, body, signature)).toBe(false);
          const flipped = flippedText(signature, bit);
          // Only the case of a letter was changed: below.
          if (flipped.toLowerCase() !== signature)
            expect(await agree(secret, body, flipped)).toBe(false);
        },
      ),
      { numRuns: BODIES },
    );
  });

  test("where it wants hex in lower case, we read it in either", async () => {
    const signature = await octokitSign("secret", "hello");
    const shouted = `sha256=${signature.slice("sha256=".length).toUpperCase()}`;
    expect(await octokitVerify("secret", "hello", shouted)).toBe(false);
    expect(ours("secret", "hello", shouted)).toBe(true);
  });

  test("where it refuses an empty body, we verify it like any other", async () => {
    await expect(octokitVerify("secret", "", "sha256=")).rejects.toThrow("required");
    const signature = createHmac("sha256", "secret").update("").digest("hex");
    expect(ours("secret", "", `sha256=${signature}`)).toBe(true);
    expect(ours("secret", "", "sha256=")).toBe(false);
  });
});

describe("Stripe, by stripe", () => {
  const scheme = {
    scheme: "hmac",
    header: "Stripe-Signature",
    fields: { signature: "v1", timestamp: "t" },
    template: "{timestamp}.{body}",
  };
  const ours = (secret: string, body: string | Uint8Array, header: string, now = NOW) =>
    isOurs(scheme, secret, { "Stripe-Signature": header }, body, now);
  const theirs = (secret: string, body: string, header: string, now = NOW) =>
    isAccepted(() =>
      Stripe.webhooks.signature!.verifyHeader(body, header, secret, 300, undefined, now),
    );
  const header = (payload: string, secret: string, timestamp: number) =>
    Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp });

  test(`its verdict on ${BODIES} bodies is ours`, () => {
    fc.assert(
      fc.property(
        texts.filter((body) => body !== ""),
        secretPairs,
        bits,
        // Only the past: below.
        fc.record({ age: fc.nat(400), now: fc.nat(999).map((more) => NOW + more) }),
        (body, [secret, other], bit, { age, now }) => {
          const timestamp = NOW / 1000 - age;
          const right = header(body, secret, timestamp);
          const agree = (by: string, text: string | Uint8Array, sent: string) => {
            const verdict = theirs(by, Buffer.from(text).toString(), sent, now);
            expect(ours(by, text, sent, now)).toBe(verdict);
            return verdict;
          };
          expect(agree(secret, body, right)).toBe(age <= 300);
          expect(agree(secret, flippedBytes(Buffer.from(body), bit), right)).toBe(false);
          expect(agree(other, body, right)).toBe(false);
          const [time, signature] = right.split(",") as [string, string];
          const changedTime = `t=${flippedText(time.slice(2), bit)}`;
          expect(agree(secret, body, `${changedTime},${signature}`)).toBe(false);
          const hex = signature.slice(3);
          const changed = `v1=${flippedText(hex, bit)}`;
          // Only the case of a letter was changed: as with GitHub.
          if (changed.toLowerCase() === signature) return;
          expect(agree(secret, body, `${time},${changed}`)).toBe(false);
          const wrong = header(body, other, timestamp).split(",")[1]!;
          expect(agree(secret, body, `${time},${wrong},${signature}`)).toBe(age <= 300);
        },
      ),
      { numRuns: BODIES },
    );
  });

  test("where it takes any time in the future, we take none beyond the tolerance", () => {
    const sent = header("hello", "secret", NOW / 1000 + 301);
    expect(theirs("secret", "hello", sent)).toBe(true);
    expect(
      reasonOf(scheme, "secret", { headers: { "Stripe-Signature": sent }, body: "hello" }),
    ).toContain("301 s in the future");
    const near = header("hello", "secret", NOW / 1000 + 300);
    expect(ours("secret", "hello", near)).toBe(true);
  });

  test("where it refuses an empty body, we verify it like any other", () => {
    const sent = header("", "secret", NOW / 1000);
    expect(theirs("secret", "", sent)).toBe(false);
    expect(ours("secret", "", sent)).toBe(true);
  });
});

describe("Standard Webhooks, by standardwebhooks", () => {
  const scheme = { scheme: "standard-webhooks" };
  // HMAC fills a short key up with zeros, so a last byte that is none keeps any two of them apart.
  const keys = fc
    .uniqueArray(
      fc
        .uint8Array({ minLength: 23, maxLength: 63 })
        .map((bytes) => `whsec_${Buffer.from([...bytes, 1]).toString("base64")}`),
      { minLength: 2, maxLength: 2 },
    )
    .map((pair) => pair as [string, string]);
  const ids = fc.stringMatching(/^msg_[0-9A-Za-z]{8,27}$/);

  test(`its verdict on ${BODIES} bodies is ours`, () => {
    fc.assert(
      fc.property(
        texts,
        keys,
        ids,
        bits,
        fc.record({
          age: fc.integer({ min: -400, max: 400 }),
          now: fc.nat(999).map((more) => NOW + more),
        }),
        (body, [secret, other], id, bit, { age, now }) => {
          // Their library has no other way to be told the time.
          vi.spyOn(Date, "now").mockReturnValue(now);
          const seconds = NOW / 1000 - age;
          const time = new Date(seconds * 1000);
          const right = new Webhook(secret).sign(id, time, body);
          const agree = (
            by: string,
            text: string | Uint8Array,
            signature: string,
            sent: { id?: string; time?: string } = {},
          ) => {
            const headers = {
              "webhook-id": sent.id ?? id,
              "webhook-timestamp": sent.time ?? String(seconds),
              "webhook-signature": signature,
            };
            const theirs = isAccepted(() =>
              new Webhook(by).verify(Buffer.from(text).toString(), headers, { jsonParse: false }),
            );
            expect(isOurs(scheme, by, headers, text, now)).toBe(theirs);
            return theirs;
          };
          const isTimely = Math.abs(age) <= 300;
          expect(agree(secret, body, right)).toBe(isTimely);
          if (body !== "")
            expect(agree(secret, flippedBytes(Buffer.from(body), bit), right)).toBe(false);
          expect(agree(secret, body, flippedText(right, bit))).toBe(false);
          expect(agree(other, body, right)).toBe(false);
          expect(agree(secret, body, right, { time: flippedText(String(seconds), bit) })).toBe(
            false,
          );
          expect(agree(secret, body, right, { id: flippedText(id, bit) })).toBe(false);
          const wrong = new Webhook(other).sign(id, time, body);
          expect(agree(secret, body, `v1a,x ${wrong} ${right}`)).toBe(isTimely);
        },
      ),
      { numRuns: BODIES },
    );
  });
});

describe("Customer.io, by customerio-node", () => {
  const scheme = {
    scheme: "hmac",
    header: "X-CIO-Signature",
    timestampHeader: "X-CIO-Timestamp",
    template: "v0:{timestamp}:{body}",
  };
  const bodies = fc.oneof(
    texts.map((text) => Buffer.from(text)),
    fc.uint8Array().map((bytes) => Buffer.from(bytes)),
  );
  // Its library verifies and does not sign, so the signature is made as its documentation says.
  const sign = (secret: string, timestamp: string, body: Uint8Array) =>
    createHmac("sha256", secret).update(`v0:${timestamp}:`).update(body).digest("hex");

  test(`its verdict on ${BODIES} bodies is ours`, () => {
    fc.assert(
      fc.property(
        bodies,
        secretPairs,
        bits,
        // Only what is timely: below.
        fc.integer({ min: -300, max: 300 }).map((age) => String(NOW / 1000 - age)),
        (body, [secret, other], bit, timestamp) => {
          const right = sign(secret, timestamp, body);
          const agree = (signingSecret: string, text: Buffer, signature: string, time: string) => {
            const theirs = verifyRequestSignature({
              signingSecret,
              timestamp: time,
              body: text,
              signature,
            });
            const headers = { "X-CIO-Signature": signature, "X-CIO-Timestamp": time };
            expect(isOurs(scheme, signingSecret, headers, text)).toBe(theirs);
            return theirs;
          };
          expect(agree(secret, body, right, timestamp)).toBe(true);
          if (body.length > 0)
            expect(agree(secret, flippedBytes(body, bit), right, timestamp)).toBe(false);
          expect(agree(secret, body, right, flippedText(timestamp, bit))).toBe(false);
          expect(agree(other, body, right, timestamp)).toBe(false);
          const flipped = flippedText(right, bit);
          // Only the case of a letter was changed: as with GitHub.
          if (flipped.toLowerCase() !== right)
            expect(agree(secret, body, flipped, timestamp)).toBe(false);
        },
      ),
      { numRuns: BODIES },
    );
  });

  test("where it does not look at the time, we do", () => {
    const timestamp = String(NOW / 1000 - 301);
    const body = Buffer.from("hello");
    const signature = sign("secret", timestamp, body);
    const given = { signingSecret: "secret", timestamp, body, signature };
    expect(verifyRequestSignature(given)).toBe(true);
    const headers = { "X-CIO-Signature": signature, "X-CIO-Timestamp": timestamp };
    expect(reasonOf(scheme, "secret", { headers, body })).toContain("301 s ago");
    expect(verdictOf(scheme, "secret", { headers, body }, NOW - 60_000)).toEqual(VERIFIED);
  });
});
