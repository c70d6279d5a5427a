import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import {
  faultsOf,
  NOW,
  NOW_SECONDS,
  reasonOf,
  verdictOf,
  VERIFIED,
} from "../support/signed-request.ts";

const SCHEME = { scheme: "standard-webhooks" };
const KEY = Buffer.from("a key of the length they want");
const BARE = KEY.toString("base64");
const SECRET = `whsec_${BARE}`;

function signature(text: string, key: Uint8Array = KEY): string {
  return `v1,${createHmac("sha256", key).update(text).digest("base64")}`;
}

const RIGHT = signature(`m1.${NOW_SECONDS}.hello`);
const WRONG = signature("other");

function headers(
  signatures: string,
  brand = "webhook",
  timestamp = NOW_SECONDS,
): Record<string, string> {
  return {
    [`${brand}-id`]: "m1",
    [`${brand}-timestamp`]: timestamp,
    [`${brand}-signature`]: signatures,
  };
}

test("the vector of the specification's own libraries", () => {
  const sent = {
    headers: {
      "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
      "webhook-timestamp": "1614265330",
      "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    },
    body: '{"test": 2432232314}',
  };
  const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  expect(verdictOf(SCHEME, secret, sent, 1_614_265_330_000)).toEqual(VERIFIED);
});

test.each([SECRET, `v1,${SECRET}`, BARE, BARE.replaceAll("=", "")])(
  "the secret as %s",
  (secret) => {
    expect(verdictOf(SCHEME, secret, { headers: headers(RIGHT), body: "hello" })).toEqual(VERIFIED);
  },
);

test.each(["webhook", "svix"])("the headers of %s", (brand) => {
  const sent = { headers: headers(RIGHT, brand), body: "hello" };
  expect(verdictOf(SCHEME, SECRET, sent)).toEqual(VERIFIED);
});

test("headers of the two are not mixed", () => {
  const sent = {
    headers: {
      "svix-id": "m1",
      "webhook-timestamp": NOW_SECONDS,
      "webhook-signature": RIGHT,
    },
    body: "hello",
  };
  expect(reasonOf(SCHEME, SECRET, sent)).toBe("there is no header webhook-id");
});

test.each([`${WRONG} ${RIGHT}`, `${RIGHT} ${WRONG}`, `v1a,c2ln ${RIGHT} v2,abc`])(
  "of several signatures any will do: %s",
  (signatures) => {
    const sent = { headers: headers(signatures), body: "hello" };
    expect(verdictOf(SCHEME, SECRET, sent)).toEqual(VERIFIED);
  },
);

test("bytes that are no text", () => {
  const body = Buffer.from([0xff, 0x00]);
  const mac = createHmac("sha256", KEY).update(`m1.${NOW_SECONDS}.`).update(body);
  const sent = { headers: headers(`v1,${mac.digest("base64")}`), body };
  expect(verdictOf(SCHEME, SECRET, sent)).toEqual(VERIFIED);
});

describe("not verified", () => {
  test.each([
    ["", "the header webhook-signature is empty"],
    ["v1,", "the header webhook-signature holds no signature"],
    [RIGHT.slice(3), "the header webhook-signature holds no signature of version v1"],
    [RIGHT.replace("v1", "v2"), "the header webhook-signature holds no signature of version v1"],
    [RIGHT.slice(0, -4), "is no signature: expected the base64 of 32 bytes (sha256)"],
    [WRONG, "none of the signatures is this request's with any of the secrets"],
    [Array.from({ length: 17 }, () => RIGHT).join(" "), "holds more than 16 signatures"],
  ])("%s: %s", (signatures, reason) => {
    const sent = { headers: headers(signatures), body: "hello" };
    expect(reasonOf(SCHEME, SECRET, sent)).toContain(reason);
  });

  test.each(["webhook-id", "webhook-timestamp", "webhook-signature"])("without %s", (name) => {
    const { [name]: _, ...others } = headers(RIGHT);
    expect(reasonOf(SCHEME, SECRET, { headers: others, body: "hello" })).toBe(
      `there is no header ${name}`,
    );
  });

  test.each([String(NOW), "2023-11-14T22:13:20Z", "1700000000.5", " ", "9".repeat(1000)])(
    "with %s for a time, which Unix seconds are",
    (time) => {
      const sent = { headers: headers(signature(`m1.${time}.`), "webhook", time) };
      expect(reasonOf(SCHEME, SECRET, sent)).toBe(
        "what the header webhook-timestamp holds is no time: expected Unix seconds",
      );
    },
  );

  test("later, or earlier, than the tolerance", () => {
    const sent = { headers: headers(RIGHT), body: "hello" };
    expect(verdictOf(SCHEME, SECRET, sent, NOW + 300_000)).toEqual(VERIFIED);
    expect(reasonOf(SCHEME, SECRET, sent, NOW + 301_000)).toContain("301 s ago");
    expect(reasonOf(SCHEME, SECRET, sent, NOW - 301_000)).toContain("301 s in the future");
    const patient = { ...SCHEME, toleranceSeconds: 600 };
    expect(verdictOf(patient, SECRET, sent, NOW + 301_000)).toEqual(VERIFIED);
  });
});

test.each(["whsec_not base64", "whsec_", "v1,whsec_a", "whpk_abcd", "v1a,whsec_abcd"])(
  "%s is no secret",
  (secret) => {
    expect(faultsOf(SCHEME, secret)).toEqual([
      "secret: it is not base64, as the secrets of Standard Webhooks are: copy it whole from the sender, whsec_…",
    ]);
  },
);
