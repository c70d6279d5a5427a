/** Senders that sign the address they post to, over a real connection: the address counts as it was written. */
import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { listen } from "../support/listening.ts";
import { RawSender, type RawAnswer } from "../support/raw-sender.ts";

const CONFIG = `
publicUrl: https://hooks.example.com/in
sources:
  sms: { preset: twilio, secret: auth-token }
`;
const BODY = "From=%2B14155550100&MessageSid=SM1&SmsStatus=received";
const PARAMETERS = "From+14155550100MessageSidSM1SmsStatusreceived";

async function send(url: string, target: string, signed: string): Promise<RawAnswer> {
  const signature = createHmac("sha1", "auth-token")
    .update(signed + PARAMETERS)
    .digest("base64");
  const head = [
    `POST ${target} HTTP/1.1`,
    "Host: 127.0.0.1",
    "Content-Type: application/x-www-form-urlencoded",
    `Content-Length: ${BODY.length}`,
    `X-Twilio-Signature: ${signature}`,
    "Connection: close",
  ];
  const sender = await RawSender.open(url, `${head.join("\r\n")}\r\n\r\n${BODY}`);
  return (await sender.answers())[0]!;
}

async function post(url: string, target: string, signed: string): Promise<number> {
  return (await send(url, target, signed)).status;
}

test.each([
  "/webhooks/sms",
  "/webhooks/sms/",
  "/webhooks/sms?",
  // The query of one of the vectors in Twilio's own library.
  "/webhooks/sms?foo=1&bar=2&Body=It's+amazing",
  '/webhooks/sms?a={b}|c^"d"&e=<%7e>',
  "/webhooks/./sms?a=1",
])("%s", async (target) => {
  const { url } = await listen(CONFIG);
  const address = `https://hooks.example.com/in${target}`;
  expect(await post(url, target, address)).toBe(200);
  expect(await post(url, `http://proxy.example${target}`, address)).toBe(200);
  expect(await post(url, target, `${address}x`)).toBe(401);
});

test("an empty answer says so, instead of promising chunks", async () => {
  const { url } = await listen(CONFIG);
  const { head } = await send(url, "/webhooks/sms", "https://hooks.example.com/in/webhooks/sms");
  expect(head).toMatch(/\ncontent-length: 0\r/);
  expect(head).not.toContain("transfer-encoding");
});
