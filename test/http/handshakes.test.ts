/** Handshakes: what senders ask before they send, and that none of it makes an event. */
import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { StatsView } from "../../src/queries/queries.ts";
import { openTestApp, type TestApp } from "../support/app.ts";

const CONFIG = `
sources:
  slack: { handshake: slack, replaceProfileId: event.user, respond: empty }
  zoom: { handshake: zoom, secret: zoom-secret, replaceProfileId: payload.object.host_id }
  meta: { handshake: meta, handshakeToken: chosen-token, replaceProfileId: id }
  mailchimp:
    handshake: mailchimp
    secret: in-the-address
    verify: { scheme: token, in: path }
    replaceProfileId: data.id
  github: { handshake: github, replaceProfileId: sender.id }
  intercom: { handshake: intercom, replaceProfileId: data.item.id }
  events: { handshake: cloudevents, replaceProfileId: data.user }
  limited: { handshake: cloudevents, replaceProfileId: data.user, rateLimit: { perSecond: 2.5 } }
  rotating: { preset: zoom, secret: [new-secret, old-secret] }
  plain: { replaceProfileId: id }
  closed: { handshake: meta, handshakeToken: chosen-token, enabled: false, replaceProfileId: id }
`;

/** Nothing but handshakes was counted, and nobody is known. */
async function expectNoEvents(app: TestApp, source: string, handshakes: number): Promise<void> {
  const { body } = await app.get<StatsView>("/v1/stats");
  expect(body.profiles).toBe(0);
  const counted = { source, outcome: "handshake", deliveries: handshakes, events: 0 };
  expect(body.outcomes).toEqual(handshakes === 0 ? [] : [counted]);
}

async function send(app: TestApp, path: string, init: RequestInit) {
  const response = await app.send(path, init);
  return { status: response.status, headers: response.headers, text: await response.text() };
}

const json = (body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method: "POST",
  headers: { "content-type": "application/json", ...headers },
  body: JSON.stringify(body),
});

describe("the handshake of", () => {
  test("Slack gets its challenge as plain text, also where receipts are empty", async () => {
    const app = await openTestApp(CONFIG);
    const question = { token: "t", challenge: "<b>3eZbrw</b>", type: "url_verification" };
    const answer = await send(app, "/webhooks/slack", json(question));
    expect(answer).toMatchObject({ status: 200, text: "<b>3eZbrw</b>" });
    expect(answer.headers.get("content-type")).toMatch(/^text\/plain/);
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    await expectNoEvents(app, "slack", 1);
  });

  test("Slack is no event that only speaks of it", async () => {
    const app = await openTestApp(CONFIG);
    const event = { type: "event_callback", event: { user: "U1", text: "url_verification" } };
    await send(app, "/webhooks/slack", json(event));
    const { body } = await app.get<StatsView>("/v1/stats");
    expect(body.profiles).toBe(1);
  });

  test("Slack is also a look at the certificate, in a form", async () => {
    const app = await openTestApp(CONFIG);
    const form = (body: string): RequestInit => ({
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body,
    });
    const answer = await send(app, "/webhooks/slack", form("ssl_check=1&token=t"));
    expect(answer).toMatchObject({ status: 200, text: "" });
    await expectNoEvents(app, "slack", 1);
    await send(app, "/webhooks/slack", form("ssl_check=0&command=%2Fgo"));
    const { body } = await app.get<StatsView>("/v1/stats");
    expect(body.received).toEqual({ deliveries: 2, events: 1 });
  });

  test("Zoom gets its text back, signed", async () => {
    const app = await openTestApp(CONFIG);
    const question = { event: "endpoint.url_validation", payload: { plainToken: "qgg8vlvZRS6U" } };
    const answer = await send(app, "/webhooks/zoom", json(question));
    expect(JSON.parse(answer.text)).toEqual({
      plainToken: "qgg8vlvZRS6U",
      encryptedToken: createHmac("sha256", "zoom-secret").update("qgg8vlvZRS6U").digest("hex"),
    });
    await expectNoEvents(app, "zoom", 1);
  });

  test("Zoom gets it signed with the secret that it signs with, while one is replaced by another", async () => {
    const app = await openTestApp(CONFIG, { clock: () => Date.UTC(2026, 0, 1) });
    const body = JSON.stringify({
      event: "endpoint.url_validation",
      payload: { plainToken: "qgg8vlvZRS6UYooatFL8Aw" },
    });
    for (const secret of ["new-secret", "old-secret"]) {
      const sign = (text: string) => createHmac("sha256", secret).update(text).digest("hex");
      const time = String(Date.UTC(2026, 0, 1) / 1000);
      const headers = {
        "content-type": "application/json",
        "x-zm-request-timestamp": time,
        "x-zm-signature": `v0=${sign(`v0:${time}:${body}`)}`,
      };
      const answer = await send(app, "/webhooks/rotating", { method: "POST", headers, body });
      const { encryptedToken } = JSON.parse(answer.text) as { encryptedToken: string };
      expect(encryptedToken).toBe(sign("qgg8vlvZRS6UYooatFL8Aw"));
    }
  });

  test("Zoom signs nothing for anybody that could be a delivery", async () => {
    const app = await openTestApp(CONFIG);
    const secretly = (text: string) => createHmac("sha256", "zoom-secret").update(text);
    for (const plainToken of ["v0:1767225600:{}", '1767225600.{"a":1}', "{}", ""]) {
      const question = { event: "endpoint.url_validation", payload: { plainToken } };
      const answer = await send(app, "/webhooks/zoom", json(question));
      expect(answer.text).not.toContain(secretly(plainToken).digest("hex"));
      expect(answer.status).toBe(200);
    }
  });

  test("Meta gets its challenge for the right token alone", async () => {
    const app = await openTestApp(CONFIG);
    const ask = (source: string, token: string) =>
      send(
        app,
        `/webhooks/${source}?hub.mode=subscribe&hub.verify_token=${token}&hub.challenge=115`,
        {},
      );
    expect(await ask("meta", "chosen-token")).toMatchObject({ status: 200, text: "115" });
    expect(await ask("meta", "guessed")).toMatchObject({ status: 401 });
    expect(await send(app, "/webhooks/meta", {})).toMatchObject({ status: 401 });
    expect(await ask("closed", "chosen-token")).toMatchObject({ status: 405 });
    await expectNoEvents(app, "meta", 0);
  });

  test("Mailchimp is a GET or an empty POST, with the token in the address", async () => {
    const app = await openTestApp(CONFIG);
    expect(await send(app, "/webhooks/mailchimp/in-the-address", {})).toMatchObject({
      status: 200,
    });
    expect(await send(app, "/webhooks/mailchimp/guessed", {})).toMatchObject({ status: 401 });
    expect(await send(app, "/webhooks/mailchimp/in-the-address", { method: "POST" })).toMatchObject(
      { status: 200, text: "" },
    );
    await expectNoEvents(app, "mailchimp", 1);
  });

  test("GitHub is a ping, which makes no event", async () => {
    const app = await openTestApp(CONFIG);
    const ping = json({ zen: "Keep it.", sender: { id: 1 } }, { "x-github-event": "ping" });
    expect(await send(app, "/webhooks/github", ping)).toMatchObject({ status: 200 });
    await expectNoEvents(app, "github", 1);
  });

  test("Intercom is a HEAD, and a ping", async () => {
    const app = await openTestApp(CONFIG);
    expect(await send(app, "/webhooks/intercom", { method: "HEAD" })).toMatchObject({
      status: 200,
    });
    const ping = json({ topic: "ping", data: { item: { message: "ping" } } });
    expect(await send(app, "/webhooks/intercom", ping)).toMatchObject({ status: 200 });
    await expectNoEvents(app, "intercom", 1);
  });

  test("CloudEvents is an OPTIONS that asks for its origin", async () => {
    const app = await openTestApp(CONFIG);
    const headers = { "webhook-request-origin": "eventemitter.example.com" };
    const answer = await send(app, "/webhooks/events", { method: "OPTIONS", headers });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("webhook-allowed-origin")).toBe("eventemitter.example.com");
    expect(answer.headers.get("allow")).toContain("POST");
    expect(answer.headers.get("webhook-allowed-rate")).toBe("*");
    const limited = await send(app, "/webhooks/limited", { method: "OPTIONS", headers });
    expect(limited.headers.get("webhook-allowed-rate")).toBe("150");
    expect(await send(app, "/webhooks/events", { method: "OPTIONS" })).toMatchObject({
      status: 401,
    });
    await expectNoEvents(app, "events", 0);
  });
});

test("a source without a handshake takes posts alone", async () => {
  const app = await openTestApp(CONFIG);
  for (const method of ["GET", "HEAD", "OPTIONS", "PUT"]) {
    const answer = await send(app, "/webhooks/plain", { method });
    expect(answer.status).toBe(405);
    expect(answer.headers.get("allow")).toBe("POST");
  }
});
