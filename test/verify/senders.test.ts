/**
 * Senders that have no library of their own here, each as the data that describes it. Where the vendor publishes a
 * signed example it is the test; where not, the signature is made by hand of what its documentation says is signed.
 */
import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import {
  NOW,
  NOW_SECONDS,
  reasonOf,
  signedRequest,
  VERIFIED,
  verifierOf,
  type Sent,
} from "../support/signed-request.ts";

const SECRET = "a secret to everybody";
const NOW_MILLISECONDS = String(NOW);

function made(algorithm: "sha1" | "sha256", encoding: "hex" | "base64", signed: string): string {
  return createHmac(algorithm, SECRET).update(signed).digest(encoding);
}

/** The request as it was sent is verified; with one more byte in its body, or a secret of another, it is not. */
function holds(scheme: object, secret: string, sent: Sent, now = NOW): void {
  const verify = (changed: Sent, secrets: string) =>
    verifierOf({ scheme: "hmac", ...scheme }, secrets).verify(signedRequest(changed), now);
  expect(verify(sent, secret)).toEqual(VERIFIED);
  const body = Buffer.concat([Buffer.from(sent.body ?? ""), Buffer.from(" ")]);
  expect(verify({ ...sent, body }, secret).verified).toBe(false);
  expect(verify(sent, `${secret}x`).verified).toBe(false);
}

const GITHUB = { header: "X-Hub-Signature-256", prefix: "sha256=" };

test("GitHub: the example of its documentation", () => {
  holds(GITHUB, "It's a Secret to Everybody", {
    headers: {
      "X-Hub-Signature-256":
        "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
    },
    body: "Hello, World!",
  });
});

describe("Slack", () => {
  const scheme = {
    header: "X-Slack-Signature",
    prefix: "v0=",
    timestampHeader: "X-Slack-Request-Timestamp",
    template: "v0:{timestamp}:{body}",
  };
  const headers = {
    "X-Slack-Request-Timestamp": "1531420618",
    "X-Slack-Signature": "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
  };
  const sent: Sent = {
    headers,
    body: "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c",
  };
  const secret = "8f742231b10e8888abcd99yyyzzz85a5";
  const then = 1_531_420_618_000;

  test("the example of its documentation", () => holds(scheme, secret, sent, then));

  test("a request that is played back later", () => {
    expect(reasonOf({ scheme: "hmac", ...scheme }, secret, sent, then + 301_000)).toContain(
      "it was signed 301 s ago",
    );
  });
});

test("Zendesk: an ISO time with nothing between it and the body", () => {
  const scheme = {
    header: "X-Zendesk-Webhook-Signature",
    encoding: "base64",
    timestampHeader: "X-Zendesk-Webhook-Signature-Timestamp",
    template: "{timestamp}{body}",
  };
  const time = "2023-11-14T22:13:20Z";
  holds(scheme, SECRET, {
    headers: {
      "X-Zendesk-Webhook-Signature": made("sha256", "base64", `${time}{"say": "hello"}`),
      "X-Zendesk-Webhook-Signature-Timestamp": time,
    },
    body: '{"say": "hello"}',
  });
});

describe("HubSpot, version 3", () => {
  const scheme = {
    header: "X-HubSpot-Signature-v3",
    encoding: "base64",
    timestampHeader: "X-HubSpot-Request-Timestamp",
    template: "{method}{decodedUrl}{body}{timestamp}",
  };
  const body = '[{"objectId":1}]';
  const sent = (url: string, signedUrl: string): Sent => ({
    method: "POST",
    url,
    headers: {
      "X-HubSpot-Request-Timestamp": NOW_MILLISECONDS,
      "X-HubSpot-Signature-v3": made(
        "sha256",
        "base64",
        `POST${signedUrl}${body}${NOW_MILLISECONDS}`,
      ),
    },
    body,
  });

  test("the address as it is", () => {
    const url = "https://hooks.example/webhooks/hubspot";
    holds(scheme, SECRET, sent(url, url));
  });

  test("the address with what HubSpot decodes decoded, and nothing else", () => {
    holds(
      scheme,
      SECRET,
      sent(
        "https://hooks.example/webhooks/hubspot?to=a%40b.example&at=12%3a30&q=a%20b%26c",
        "https://hooks.example/webhooks/hubspot?to=a@b.example&at=12:30&q=a%20b%26c",
      ),
    );
  });
});

test("Shopify: base64 of the body alone", () => {
  holds({ header: "X-Shopify-Hmac-SHA256", encoding: "base64" }, SECRET, {
    headers: { "X-Shopify-Hmac-Sha256": made("sha256", "base64", '{"id":1}') },
    body: '{"id":1}',
  });
});

test("Webflow: hex, a time in milliseconds", () => {
  const scheme = {
    header: "x-webflow-signature",
    timestampHeader: "x-webflow-timestamp",
    template: "{timestamp}:{body}",
  };
  holds(scheme, SECRET, {
    headers: {
      "x-webflow-timestamp": NOW_MILLISECONDS,
      "x-webflow-signature": made("sha256", "hex", `${NOW_MILLISECONDS}:{"id":1}`),
    },
    body: '{"id":1}',
  });
});

test("Zoom", () => {
  const scheme = {
    header: "x-zm-signature",
    prefix: "v0=",
    timestampHeader: "x-zm-request-timestamp",
    template: "v0:{timestamp}:{body}",
  };
  holds(scheme, SECRET, {
    headers: {
      "x-zm-request-timestamp": NOW_SECONDS,
      "x-zm-signature": `v0=${made("sha256", "hex", `v0:${NOW_SECONDS}:{"id":1}`)}`,
    },
    body: '{"id":1}',
  });
});

test("Calendly: time and signature in one header", () => {
  const scheme = {
    header: "Calendly-Webhook-Signature",
    fields: { signature: "v1", timestamp: "t" },
    template: "{timestamp}.{body}",
    toleranceSeconds: 180,
  };
  const signature = made("sha256", "hex", `${NOW_SECONDS}.{"id":1}`);
  holds(scheme, SECRET, {
    headers: { "Calendly-Webhook-Signature": `t=${NOW_SECONDS},v1=${signature}` },
    body: '{"id":1}',
  });
});

test("Typeform: sha256= before base64", () => {
  holds({ header: "Typeform-Signature", prefix: "sha256=", encoding: "base64" }, SECRET, {
    headers: { "Typeform-Signature": `sha256=${made("sha256", "base64", '{"id":1}')}` },
    body: '{"id":1}',
  });
});

test("Intercom: SHA-1", () => {
  holds({ header: "X-Hub-Signature", prefix: "sha1=", algorithm: "sha1" }, SECRET, {
    headers: { "X-Hub-Signature": `sha1=${made("sha1", "hex", '{"id":1}')}` },
    body: '{"id":1}',
  });
});

test("Segment: SHA-1", () => {
  holds({ header: "X-Signature", algorithm: "sha1" }, SECRET, {
    headers: { "X-Signature": made("sha1", "hex", '{"type":"track"}') },
    body: '{"type":"track"}',
  });
});
