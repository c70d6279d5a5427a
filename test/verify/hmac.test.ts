import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import {
  NOW,
  NOW_SECONDS,
  reasonOf,
  verdictOf,
  VERIFIED,
  type Sent,
} from "../support/signed-request.ts";

const SECRET = "a secret to everybody";

function hex(text: string | Uint8Array, secret: string | Uint8Array = SECRET): string {
  return createHmac("sha256", secret).update(text).digest("hex");
}

describe("a signature in a header of its own", () => {
  const scheme = { scheme: "hmac", header: "X-Signature", prefix: "sha256=" };
  const sent = (signature: string): Sent => ({
    headers: { "X-Signature": signature },
    body: "hello",
  });

  test("verifies the body that it was made for", () => {
    expect(verdictOf(scheme, SECRET, sent(`sha256=${hex("hello")}`))).toEqual(VERIFIED);
    expect(verdictOf(scheme, SECRET, sent(`sha256=${hex("hello").toUpperCase()}`))).toEqual(
      VERIFIED,
    );
  });

  test("verifies an empty body, and bytes that are no text", () => {
    for (const body of [Buffer.alloc(0), Buffer.from([0xff, 0xfe, 0x00, 0xc3])]) {
      const headers = { "x-signature": `sha256=${hex(body)}` };
      expect(verdictOf(scheme, SECRET, { headers, body })).toEqual(VERIFIED);
    }
  });

  test("two bodies that read the same as text are two bodies", () => {
    const headers = { "x-signature": `sha256=${hex(Buffer.from([0xff]))}` };
    expect(verdictOf(scheme, SECRET, { headers, body: Buffer.from([0xfe]) }).verified).toBe(false);
  });

  test.each([
    [undefined, "there is no header X-Signature"],
    ["", "the header X-Signature is empty"],
    [hex("hello"), "the header X-Signature does not begin with sha256="],
    [`SHA256=${hex("hello")}`, "the header X-Signature does not begin with sha256="],
    ["sha256=", "the header X-Signature holds no signature"],
    [`sha256= ${hex("hello")}`, "is no signature: expected the hex of 32 bytes (sha256)"],
    [`sha256=${hex("hello").slice(1)}`, "is no signature: expected the hex of 32 bytes (sha256)"],
    [
      `sha256=${hex("hello")}, sha256=${hex("hello")}`,
      "the header X-Signature holds several values, one is expected",
    ],
    [
      `sha256=${hex("other")}`,
      "the signature in the header X-Signature is none of this request's with any of the secrets",
    ],
  ])("%s: %s", (signature, reason) => {
    const headers: Record<string, string> =
      signature === undefined ? {} : { "X-Signature": signature };
    expect(reasonOf(scheme, SECRET, { headers, body: "hello" })).toContain(reason);
  });
});

test.each([
  ["hex", Buffer.from([0, 255, 128]), "00ff80"],
  ["base64", Buffer.from([0, 255, 128]), "AP+A"],
  ["text", Buffer.from("schlüssel"), "schlüssel"],
])("the secret is written as %s", (secretEncoding, key, secret) => {
  const scheme = { scheme: "hmac", header: "X", secretEncoding };
  const headers = { X: hex("hello", key) };
  expect(verdictOf(scheme, secret, { headers, body: "hello" })).toEqual(VERIFIED);
});

describe("a signed time in a header of its own", () => {
  const scheme = {
    scheme: "hmac",
    header: "X-Signature",
    timestampHeader: "X-Time",
    template: "{timestamp}.{body}",
    toleranceSeconds: 60,
  };
  const sent = (time: string): Sent => ({
    headers: { "X-Signature": hex(`${time}.hello`), "X-Time": time },
    body: "hello",
  });

  test.each([NOW_SECONDS, String(NOW), "2023-11-14T22:13:20Z", "2023-11-14T22:13:20.000+00:00"])(
    "%s",
    (time) => expect(verdictOf(scheme, SECRET, sent(time))).toEqual(VERIFIED),
  );

  test("is signed as it was written, not as what it means", () => {
    const { body } = sent(NOW_SECONDS);
    const headers = { "X-Signature": hex(`${NOW_SECONDS}.hello`), "X-Time": String(NOW) };
    expect(verdictOf(scheme, SECRET, { headers, body: body! }).verified).toBe(false);
  });

  test.each([
    [NOW + 60_000, undefined],
    [NOW + 61_000, "it was signed 61 s ago, more than the 60 s that are tolerated"],
    [NOW - 60_000, undefined],
    [NOW - 61_000, "it was signed 61 s in the future, more than the 60 s that are tolerated"],
  ])("at %i: %s", (now, reason) => {
    const verdict = verdictOf(scheme, SECRET, sent(NOW_SECONDS), now);
    if (reason === undefined) expect(verdict).toEqual(VERIFIED);
    else expect(verdict).toMatchObject({ reason: expect.stringContaining(reason) });
  });

  test.each(["soon", "9".repeat(10_000), "-5", "1700000000.", "١٧٠٠٠٠٠٠٠٠"])(
    "%s is no time",
    (time) => {
      expect(reasonOf(scheme, SECRET, sent(time))).toContain(
        "what the header X-Time holds as the time is none: expected Unix seconds or milliseconds, or RFC 3339",
      );
    },
  );

  test("a wrong signature is told before a wrong time, which then nobody signed", () => {
    const headers = { "X-Signature": hex("other"), "X-Time": "12" };
    expect(reasonOf(scheme, SECRET, { headers, body: "hello" })).toContain("none of this request");
  });

  test("without it, or with two, nothing is verified", () => {
    const headers = { "X-Signature": hex(".hello") };
    expect(reasonOf(scheme, SECRET, { headers, body: "hello" })).toBe("there is no header X-Time");
    expect(reasonOf(scheme, SECRET, sent(`${NOW_SECONDS}, ${NOW_SECONDS}`))).toBe(
      "the header X-Time holds several values, one is expected",
    );
  });
});

describe("a header that is a list of fields", () => {
  const scheme = {
    scheme: "hmac",
    header: "X-Signature",
    fields: { signature: "v1", timestamp: "t" },
    template: "{timestamp}.{body}",
  };
  const right = hex(`${NOW_SECONDS}.hello`);
  const wrong = hex("other");
  const sent = (header: string): Sent => ({ headers: { "X-Signature": header }, body: "hello" });

  test.each([
    `t=${NOW_SECONDS},v1=${right}`,
    `v1=${right},t=${NOW_SECONDS}`,
    `t=${NOW_SECONDS}, v1=${right}`,
    `t=${NOW_SECONDS},v1=${wrong},v1=${right}`,
    `t=${NOW_SECONDS},v1=${right},v1=${wrong},v0=${wrong}`,
    `t=${NOW_SECONDS},v1=${right},v1=,,=,odd`,
  ])("%s", (header) => expect(verdictOf(scheme, SECRET, sent(header))).toEqual(VERIFIED));

  test.each([
    [`t=${NOW_SECONDS}`, "the header X-Signature holds no field v1"],
    [`t=${NOW_SECONDS},v0=${right}`, "the header X-Signature holds no field v1"],
    [`t=${NOW_SECONDS},v1=`, "the header X-Signature holds no signature"],
    [`v1=${right}`, "the header X-Signature holds no time in the field t"],
    [`t=,v1=${right}`, "the header X-Signature holds no time in the field t"],
    [
      `t=${NOW_SECONDS},v1=${right}, t=${NOW_SECONDS},v1=${right}`,
      "the header X-Signature holds the field t more than once",
    ],
    [`t=soon,v1=${right}`, "what the header X-Signature holds as the time is none"],
    [`t=${NOW_SECONDS},v1=${wrong}`, "none of this request's"],
    ["=,=,=", "the header X-Signature holds no field v1"],
    [`t=${NOW_SECONDS}${`,v1=${wrong}`.repeat(17)}`, "holds more than 16 signatures"],
  ])("%s: %s", (header, reason) =>
    expect(reasonOf(scheme, SECRET, sent(header))).toContain(reason),
  );

  test("the time may stand in a header of its own, or nowhere", () => {
    const apart = {
      ...scheme,
      fields: { signature: "v1" },
      timestampHeader: "X-Time",
    };
    const headers = { "X-Signature": `v1=${right}`, "X-Time": NOW_SECONDS };
    expect(verdictOf(apart, SECRET, { headers, body: "hello" })).toEqual(VERIFIED);
    const timeless = { scheme: "hmac", header: "X-Signature", fields: { signature: "v1" } };
    expect(verdictOf(timeless, SECRET, sent(`v1=${hex("hello")}`))).toEqual(VERIFIED);
  });

  test("base64 keeps its padding, which is no end of a field", () => {
    const base64 = createHmac("sha256", SECRET).update("hello").digest("base64");
    const timeless = {
      scheme: "hmac",
      header: "X-Signature",
      fields: { signature: "s" },
      encoding: "base64",
    };
    expect(verdictOf(timeless, SECRET, sent(`s=${base64}`))).toEqual(VERIFIED);
  });
});

describe("a signed id", () => {
  const scheme = {
    scheme: "hmac",
    header: "X-Signature",
    idHeader: "X-Id",
    template: "{id}:{body}",
  };

  test("verifies with the id that was signed, and with no other", () => {
    const sent = (id: string): Sent => ({
      headers: { "X-Signature": hex("m1:hello"), "X-Id": id },
      body: "hello",
    });
    expect(verdictOf(scheme, SECRET, sent("m1"))).toEqual(VERIFIED);
    expect(reasonOf(scheme, SECRET, sent("m2"))).toContain("none of this request's");
    expect(reasonOf(scheme, SECRET, sent(""))).toBe("the header X-Id is empty");
    expect(reasonOf(scheme, SECRET, sent("m\u0131"))).toBe(
      "the header X-Id holds other characters than ASCII",
    );
  });

  test("is asked for", () => {
    const headers = { "X-Signature": hex(":hello") };
    expect(reasonOf(scheme, SECRET, { headers, body: "hello" })).toBe("there is no header X-Id");
  });
});

test("where the address is signed, nothing is verified without one", () => {
  const scheme = { scheme: "hmac", header: "X", template: "{url}{body}" };
  const headers = { X: hex("hello") };
  expect(reasonOf(scheme, SECRET, { headers, body: "hello" })).toBe(
    "the sender signs the public address, and none is known",
  );
  const url = "https://hooks.example/x";
  const signed = { X: hex(`${url}hello`) };
  expect(verdictOf(scheme, SECRET, { headers: signed, url, body: "hello" })).toEqual(VERIFIED);
});
