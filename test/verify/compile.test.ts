import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compileVerifier } from "../../src/verify/compile.ts";
import {
  faultsOf,
  NOW,
  NOW_SECONDS,
  reasonOf,
  signedRequest,
  verdictOf,
  VERIFIED,
  verifierOf,
  type Sent,
} from "../support/signed-request.ts";

const HMAC = { scheme: "hmac", header: "X-Signature" };
const TOKEN = { scheme: "token", in: "query" };
const STANDARD = { scheme: "standard-webhooks" };
const WHSEC = `whsec_${Buffer.from("a key of the length they want").toString("base64")}`;

function signedWith(secret: string): Sent {
  const signature = createHmac("sha256", secret).update("hello").digest("hex");
  return { headers: { "X-Signature": signature }, body: "hello" };
}

describe("of several secrets", () => {
  test("any may hold, while one is replaced by another", () => {
    for (const secret of ["old", "new"])
      expect(verdictOf(HMAC, ["old", "new"], signedWith(secret))).toEqual(VERIFIED);
    expect(verdictOf(HMAC, ["old", "new"], signedWith("other")).verified).toBe(false);
  });
});

describe("of several schemes", () => {
  const schemes = [HMAC, TOKEN];

  test("any may hold", () => {
    expect(verdictOf(schemes, "secret", signedWith("secret"))).toEqual(VERIFIED);
    expect(verdictOf(schemes, "secret", { query: "token=secret" })).toEqual(VERIFIED);
  });

  test("each says why it does not", () => {
    expect(reasonOf(schemes, "secret", { query: "token=other" })).toBe(
      "hmac: there is no header X-Signature; token: the token in the parameter token is none of the secrets",
    );
  });

  test("each may have a secret of its own kind", () => {
    const verifier = verifierOf([TOKEN, STANDARD], ["not base64!", WHSEC]);
    const sent = signedRequest({ query: "token=not+base64!" });
    expect(verifier.verify(sent, NOW)).toEqual(VERIFIED);
  });

  test("one that finds no secret of its kind never holds, and is no fault", () => {
    expect(faultsOf([TOKEN, STANDARD], ["not base64!"])).toEqual([]);
    const nothing = createHmac("sha256", "").update(`id.${NOW_SECONDS}.hello`).digest("base64");
    const headers = {
      "webhook-id": "id",
      "webhook-timestamp": NOW_SECONDS,
      "webhook-signature": `v1,${nothing}`,
    };
    const verifier = verifierOf([TOKEN, STANDARD], ["not base64!"]);
    expect(verifier.verify(signedRequest({ headers, body: "hello" }), NOW).verified).toBe(false);
  });

  test("a secret that none of them can use is a fault", () => {
    const basic = { scheme: "token", in: "basic" };
    expect(faultsOf([basic, STANDARD], ["user:password", WHSEC, "neither one"])).toEqual([
      "secret.2: it is no user and password: write them with a colon between, user:password; or: it is not base64, as the secrets of Standard Webhooks are: copy it whole from the sender, whsec_…",
    ]);
  });

  test("faults name the scheme's place", () => {
    const schemes = [TOKEN, { ...HMAC, template: "{method}" }];
    expect(faultsOf(schemes, "secret")).toEqual([
      "verify.1.template: the body would not be signed: write {body} where the sender puts it",
    ]);
  });
});

describe("a secret", () => {
  test.each([
    [[], "secret: it is missing, and verification needs it: write secret: ${NAME_OF_A_VARIABLE}"],
    [[""], "secret: it is empty, and an empty secret would let anybody sign"],
    [["secret\n"], "secret: it begins or ends with white space: remove that"],
    [["secret", " "], "secret.1: it begins or ends with white space: remove that"],
    [
      ["c3Vu", "not base64!"],
      "secret.1: it is not base64, as secretEncoding says: copy it whole from the sender, or leave secretEncoding out where the sender signs with the secret as it is written",
    ],
  ])("%j: %s", (secrets, fault) => {
    expect(faultsOf({ ...HMAC, secretEncoding: "base64" }, secrets)).toEqual([fault]);
  });

  test("is in no fault", () => {
    fc.assert(
      fc.property(fc.uuid(), (secret) => {
        const schemes = [
          [{ ...HMAC, secretEncoding: "hex" }],
          [{ ...HMAC, secretEncoding: "base64", template: "{x}", idHeader: "X-Id" }],
          [STANDARD],
          [STANDARD, { scheme: "token", in: "basic", prefix: "x" }],
          [{ scheme: "twilio" }],
        ];
        for (const written of schemes) {
          const faults = faultsOf(written, [secret, ` ${secret}`], false);
          expect(faults).not.toEqual([]);
          expect(faults.join()).not.toContain(secret);
        }
      }),
    );
  });
});

test("without a scheme there is nothing to compile", () => {
  expect(() => compileVerifier([], ["secret"], { hasPublicUrl: true })).toThrow(
    "a verifier needs a scheme",
  );
});

describe("whatever a request holds", () => {
  const SECRETS = ["tom:tiger", WHSEC];
  const SCHEMES = [
    HMAC,
    { ...HMAC, encoding: "base64", algorithm: "sha1", prefix: "v0=" },
    {
      ...HMAC,
      fields: { signature: "v1", timestamp: "t" },
      template: "{method}{decodedUrl}{timestamp}{body}",
    },
    {
      ...HMAC,
      timestampHeader: "webhook-timestamp",
      idHeader: "webhook-id",
      template: "{id}{timestamp}{url}{body}",
    },
    { scheme: "token", in: "header" },
    { scheme: "token", in: "basic" },
    TOKEN,
    { scheme: "token", in: "path" },
    STANDARD,
    { scheme: "twilio" },
  ];
  const OTHERS = [{ scheme: "token", in: "path" }];
  // Beside another scheme each takes what it can use of the secrets.
  const verifiers = SCHEMES.map((scheme) => verifierOf([scheme, ...OTHERS], SECRETS));

  const tricky = fc.constantFrom(
    "",
    " ",
    ",",
    "=",
    "v1,",
    "v0=",
    "Basic ",
    "Basic dTpw",
    "t=,v1=",
    "a, a",
    NOW_SECONDS,
    `t=${NOW_SECONDS},v1=${"a".repeat(64)}`,
    `v1,${"A".repeat(43)}=`,
    `v0=${"A".repeat(27)}=`,
    "a".repeat(64),
    "9".repeat(400),
    "\ud800",
  );
  const text = fc.oneof(fc.string({ unit: "binary" }), tricky);
  const header = fc.constantFrom(
    "x-signature",
    "x-twilio-signature",
    "authorization",
    "webhook-id",
    "webhook-timestamp",
    "webhook-signature",
    "svix-signature",
  );
  const url = fc.oneof(
    text,
    fc.constantFrom("https://", "http://[::1]:80/x", "https://a.example:99999?bodySHA256=", "%"),
  );
  const request = fc.record({
    method: fc.constantFrom("GET", "POST"),
    url: fc.option(url, { nil: undefined }),
    contentType: fc.option(fc.oneof(text, fc.constant("application/x-www-form-urlencoded")), {
      nil: undefined,
    }),
    headers: fc
      .array(fc.tuple(header, text))
      .map((headers): ReadonlyMap<string, string> => new Map(headers)),
    query: text.map((query) => new URLSearchParams(query)),
    pathToken: fc.option(text, { nil: undefined }),
    body: fc.uint8Array(),
  });

  test("it is refused with a reason that holds nothing of it, and nothing throws", () => {
    fc.assert(
      fc.property(request, (request) => {
        for (const verifier of verifiers) {
          const verdict = verifier.verify(request, NOW);
          // Nobody guesses a secret in a hundred runs, so what is verified is a fault.
          if (verdict.verified) throw new Error("verified");
          expect(verdict.reason).not.toBe("");
          for (const value of request.headers.values())
            if (value.length >= 20) expect(verdict.reason).not.toContain(value);
          for (const secret of SECRETS) expect(verdict.reason).not.toContain(secret);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
