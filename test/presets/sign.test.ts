/** The tests' own signatures are those of the senders: by their libraries, and by the examples in their documentation. */
import { verify as verifyGithub } from "@octokit/webhooks-methods";
import { verifyRequestSignature } from "customerio-node";
import { Webhook } from "standardwebhooks";
import { Stripe } from "stripe";
import { expect, test } from "vitest";
import { schemesOf, SECRET } from "./preset-source.ts";
import { sign, type Signed } from "./sign.ts";

const BODY = '{"hello":"wörld"}';
const NOW = Date.now();

interface Request {
  readonly secret?: string;
  readonly target?: string;
  readonly body?: string;
  readonly now?: number;
}

function signedBy(preset: string, request: Request = {}, place = 0): Signed {
  const { secret = SECRET, target = `/webhooks/${preset}`, body = BODY, now = NOW } = request;
  const unsigned = {
    method: "POST",
    origin: "https://hooks.example.com",
    target,
    contentType: "application/json",
    body: Buffer.from(body),
    headers: new Map<string, string>(),
  };
  return sign(schemesOf(preset)[place]!, secret, unsigned, now);
}

test("GitHub's library and GitHub's example", async () => {
  const { headers } = signedBy("github");
  const signature = headers["X-Hub-Signature-256"]!;
  expect(await verifyGithub(SECRET, BODY, signature)).toBe(true);
  expect(await verifyGithub(SECRET, `${BODY} `, signature)).toBe(false);
  const example = { secret: "It's a Secret to Everybody", body: "Hello, World!" };
  expect(signedBy("github", example).headers).toEqual({
    "X-Hub-Signature-256":
      "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
  });
});

test("Stripe's library", () => {
  const signature = signedBy("stripe").headers["Stripe-Signature"]!;
  const read = (body: string) => Stripe.webhooks.constructEvent(body, signature, SECRET);
  expect(read(BODY)).toEqual(JSON.parse(BODY));
  expect(() => read(`${BODY} `)).toThrow("signature");
});

test("Customer.io's library", () => {
  const { headers } = signedBy("customerio");
  const isSigned = (body: string) =>
    verifyRequestSignature({
      signingSecret: SECRET,
      timestamp: headers["X-CIO-Timestamp"]!,
      signature: headers["X-CIO-Signature"]!,
      body: Buffer.from(body),
    });
  expect(isSigned(BODY)).toBe(true);
  expect(isSigned(`${BODY} `)).toBe(false);
});

test("the library of Standard Webhooks", () => {
  const { headers } = signedBy("clerk");
  const webhook = new Webhook(SECRET);
  expect(webhook.verify(BODY, headers)).toEqual(JSON.parse(BODY));
  expect(() => webhook.verify(`${BODY} `, headers)).toThrow("signature");
});

test("Slack's example", () => {
  const fields = {
    token: "xyzz0WbapA4vBCDEFasx0q6G",
    team_id: "T1DC2JH3J",
    team_domain: "testteamnow",
    channel_id: "G8PSS9T3V",
    channel_name: "foobar",
    user_id: "U2CERLKJA",
    user_name: "roadrunner",
    command: "/webhook-collect",
    text: "",
    response_url:
      "https://hooks.slack.com/commands/T1DC2JH3J/397700885554/96rGlfmibIGlgcZRskXaIFfN",
    trigger_id: "398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c",
  };
  const body = new URLSearchParams(fields).toString();
  const secret = "8f742231b10e8888abcd99yyyzzz85a5";
  const { headers } = signedBy("slack-interactive", { secret, body, now: 1531420618_000 });
  expect(headers).toEqual({
    "X-Slack-Request-Timestamp": "1531420618",
    "X-Slack-Signature": "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
  });
});

test("Twilio's example", () => {
  const body = new URLSearchParams({
    To: "+18005551212",
    CallSid: "CA1234567890ABCDE",
    Caller: "+14158675309",
    Digits: "1234",
    From: "+14158675309",
  }).toString();
  const request = {
    method: "POST",
    origin: "https://mycompany.com",
    target: "/myapp.php?foo=1&bar=2",
    contentType: "application/x-www-form-urlencoded",
    body: Buffer.from(body),
    headers: new Map<string, string>(),
  };
  expect(sign(schemesOf("twilio")[0]!, "12345", request, NOW).headers).toEqual({
    "X-Twilio-Signature": "RSOYDt4T1cUTdK1PDd93/VVr8B8=",
  });
});

test("times are written as each sender writes them", () => {
  const now = Date.parse("2026-01-01T00:00:00.500Z");
  expect(signedBy("hubspot", { now }).headers["X-HubSpot-Request-Timestamp"]).toBe("1767225600500");
  expect(signedBy("webflow", { now }).headers["X-Webflow-Timestamp"]).toBe("1767225600500");
  expect(signedBy("zoom", { now }).headers["X-Zm-Request-Timestamp"]).toBe("1767225600");
  const zendesk = signedBy("zendesk", { now }).headers["X-Zendesk-Webhook-Signature-Timestamp"];
  expect(zendesk).toBe("2026-01-01T00:00:00Z");
});

test("tokens stand where the sender puts them", () => {
  expect(signedBy("jotform", { secret: "a b", target: "/webhooks/f?x=1" }).target).toBe(
    "/webhooks/f/a%20b?x=1",
  );
  expect(signedBy("mailchimp", { secret: "a b" }, 1).target).toBe("/webhooks/mailchimp?token=a+b");
  expect(signedBy("gitlab", { secret: "a" }, 1).headers).toEqual({ "X-Gitlab-Token": "a" });
});
