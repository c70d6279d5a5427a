/** The signatures were made by Twilio's own libraries: they are the vectors of its documentation and of twilio-node's tests. */
import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import { faultsOf, reasonOf, verdictOf, VERIFIED, type Sent } from "../support/signed-request.ts";

const SCHEME = { scheme: "twilio" };
const TOKEN = "12345";
const URL = "https://mycompany.com/myapp.php?foo=1&bar=2";
const CALL = {
  CallSid: "CA1234567890ABCDE",
  Caller: "+14158675309",
  Digits: "1234",
  From: "+14158675309",
  To: "+18005551212",
};

function form(
  fields: Readonly<Record<string, string>> | readonly [string, string][],
  signature: string,
  url = URL,
): Sent {
  return {
    url,
    contentType: "application/x-www-form-urlencoded; charset=UTF-8",
    headers: { "X-Twilio-Signature": signature },
    body: new URLSearchParams(fields as Record<string, string>).toString(),
  };
}

test("the example of the documentation", () => {
  const fields = { ...CALL, Caller: "+14158675310", From: "+14158675310" };
  expect(verdictOf(SCHEME, TOKEN, form(fields, "GvWf1cFY/Q7PnoempGyD5oXAezc="))).toEqual(VERIFIED);
});

test.each([
  [URL, "RSOYDt4T1cUTdK1PDd93/VVr8B8="],
  ["https://mycompany.com:443/myapp.php?foo=1&bar=2", "RSOYDt4T1cUTdK1PDd93/VVr8B8="],
  ["https://mycompany.com:1234/myapp.php?foo=1&bar=2", "RSOYDt4T1cUTdK1PDd93/VVr8B8="],
  ["http://mycompany.com:1234/myapp.php?foo=1&bar=2", "Zmvh+3yNM1Phv2jhDCwEM3q5ebU="],
  [URL, "kvajT1Ptam85bY51eRf/AJRuM3w="],
  ["http://mycompany.com/myapp.php?foo=1&bar=2", "0ZXoZLH/DfblKGATFgpif+LLRf4="],
  ["https://user:pass@mycompany.com/myapp.php?foo=1&bar=2", "CukzLTc1tT5dXEDIHm/tKBanW10="],
  ["https://user@mycompany.com/myapp.php?foo=1&bar=2", "2YRLlVAflCqxaNicjMpJcSTgzSs="],
  ["https://user:pass@mycompany.com/myapp.php?foo=1&bar=2", "ZQFR1PTIZXF2MXB8ZnKCvnnA+rI="],
  [`${URL}&Body=It's+amazing`, "dsq4Ehbj6cs+KdTkpF5sSSplOWw="],
])("a call to %s, signed %s, with the port or without", (url, signature) => {
  expect(verdictOf(SCHEME, TOKEN, form(CALL, signature, url))).toEqual(VERIFIED);
});

test.each([
  [
    [
      ["MessagingBinding.Address", "+1325xxxxxxx"],
      ["MessagingBinding.Address", "+1415xxxxxxx"],
    ],
    "83O6e2vORAoJHUNzJjDWN1jz+BA=",
  ],
  [
    [
      ["MessagingBinding.Address", "+1415xxxxxxx"],
      ["MessagingBinding.Address", "+1325xxxxxxx"],
    ],
    "83O6e2vORAoJHUNzJjDWN1jz+BA=",
  ],
  [
    [
      ["SidAccount", "AC123"],
      ["Digits", "5678"],
      ["Sid", "CA123"],
      ["Digits", "1234"],
      ["Digits", "1234"],
    ],
    "IK+Dwps556ElfBT0I3Rgjkr1wJU=",
  ],
] as [[string, string][], string][])("%j: each value once, in order", (fields, signature) => {
  expect(verdictOf(SCHEME, TOKEN, form(fields, signature))).toEqual(VERIFIED);
});

describe("a body that is no form", () => {
  const hash = "0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620";
  const sent = (url: string, signature: string, body: string): Sent => ({
    url,
    contentType: "application/json",
    headers: { "X-Twilio-Signature": signature },
    body,
  });
  const body = '{"property": "value", "boolean": true}';

  test.each([
    [`${URL}&bodySHA256=${hash}`, "a9nBmqA0ju/hNViExpshrM61xv4=", body],
    [`https://mycompany.com/myapp.php?bodySHA256=${hash}`, "y77kIzt2vzLz71DgmJGsen2scGs=", body],
    [
      `${URL}&bodySHA256=44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a`,
      "Ldidvp12m26NI7eqEvxnEpkd9Hc=",
      "{}",
    ],
  ])("is signed by its hash in %s", (url, signature, body) => {
    expect(verdictOf(SCHEME, TOKEN, sent(url, signature, body))).toEqual(VERIFIED);
  });

  test("is not verified if it is another", () => {
    const changed = sent(`${URL}&bodySHA256=${hash}`, "a9nBmqA0ju/hNViExpshrM61xv4=", `${body} `);
    expect(reasonOf(SCHEME, TOKEN, changed)).toBe(
      "the body is not the one whose hash stands in bodySHA256",
    );
  });

  test("is not verified by an address that does not speak for it", () => {
    const signature = createHmac("sha1", TOKEN).update(URL).digest("base64");
    expect(reasonOf(SCHEME, TOKEN, sent(URL, signature, body))).toBe(
      "the body is not signed: it is no form, and the address has no bodySHA256",
    );
    expect(verdictOf(SCHEME, TOKEN, sent(URL, signature, ""))).toEqual(VERIFIED);
  });

  test("a hash in the query alone says nothing, for the address is what is signed", () => {
    const signature = createHmac("sha1", TOKEN).update(URL).digest("base64");
    const smuggled = { ...sent(URL, signature, body), query: `bodySHA256=${hash}` };
    expect(verdictOf(SCHEME, TOKEN, smuggled).verified).toBe(false);
  });
});

test.each([
  [form(CALL, ""), "the header X-Twilio-Signature is empty"],
  [form(CALL, "WRONG"), "is no signature: expected the base64 of 20 bytes (sha1)"],
  [form({ ...CALL, Digits: "1235" }, "RSOYDt4T1cUTdK1PDd93/VVr8B8="), "none of this request's"],
  [form(CALL, "RSOYDt4T1cUTdK1PDd93/VVr8B8=", `${URL}&x=1`), "compare publicUrl with the address"],
  [
    { ...form(CALL, "RSOYDt4T1cUTdK1PDd93/VVr8B8="), url: undefined },
    "Twilio signs the public address, and none is known",
  ],
  [{ ...form(CALL, ""), headers: {} }, "there is no header X-Twilio-Signature"],
] as [Sent, string][])("%#: not verified", (sent, reason) => {
  expect(reasonOf(SCHEME, TOKEN, sent)).toContain(reason);
});

test("the address must be known when the service starts", () => {
  expect(faultsOf(SCHEME, TOKEN, true)).toEqual([]);
  expect(faultsOf(SCHEME, TOKEN, false)).toEqual([
    "verify.scheme: Twilio signs the address it sends to: set publicUrl to the one under which it reaches the service",
  ]);
});
