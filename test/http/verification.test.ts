/** Verified sources over HTTP: who is believed, what everybody else is told, and that nothing of theirs is kept. */
import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Remark } from "../../src/messages.ts";
import type { StatsView } from "../../src/queries/queries.ts";
import { openTestApp, type TestApp } from "../support/app.ts";

const NOW = Date.UTC(2026, 0, 1);
const CONFIG = `
publicUrl: https://hooks.example.com/in/
sources:
  signed:
    replaceProfileId: id
    secret: [new-secret, old-secret]
    verify:
      scheme: hmac
      header: X-Signature
      prefix: "v0="
      timestampHeader: X-Time
      template: "v0:{timestamp}:{body}"
      toleranceSeconds: 60
    rateLimit: { perSecond: 0.1, burst: 2 }
  addressed:
    replaceProfileId: id
    secret: s3
    verify: { scheme: hmac, header: X-Signature, template: "{method}{url}{body}" }
  path: { replaceProfileId: id, secret: in-the-path, verify: { scheme: token, in: path } }
  query: { replaceProfileId: id, secret: in-the-query, verify: { scheme: token, in: query, name: key } }
  basic: { replaceProfileId: id, secret: "eve:pass", verify: { scheme: token, in: basic } }
`;

const JSON_TYPE = { "content-type": "application/json" };
const BODY = '{"id":"ann"}';

function sign(secret: string, text: string): string {
  return createHmac("sha256", secret).update(text).digest("hex");
}

async function open() {
  const remarks: Remark[] = [];
  let now = NOW;
  const app = await openTestApp(CONFIG, {
    clock: () => now,
    onRemark: (remark) => remarks.push(remark),
  });
  return { app, remarks, pass: (milliseconds: number) => (now += milliseconds) };
}

function send(app: TestApp, path: string, headers: Record<string, string> = {}, body = BODY) {
  return app.send(path, { method: "POST", headers: { ...JSON_TYPE, ...headers }, body });
}

function signed(secret = "new-secret", time = NOW / 1000, body = BODY): Record<string, string> {
  return {
    "x-time": String(time),
    "x-signature": `v0=${sign(secret, `v0:${time}:${body}`)}`,
  };
}

async function profiles(app: TestApp): Promise<number> {
  return (await app.get<StatsView>("/v1/stats")).body.profiles;
}

describe("a signed delivery", () => {
  test("is believed by the new secret and the old one", async () => {
    for (const secret of ["new-secret", "old-secret"]) {
      const { app } = await open();
      expect((await send(app, "/webhooks/signed", signed(secret))).status).toBe(200);
      expect(await profiles(app)).toBe(1);
    }
  });

  test("is not believed where anything of it is wrong; every sender is told the same, the log why", async () => {
    const { app, remarks } = await open();
    const right = signed();
    const wrong: Record<string, string>[] = [
      {},
      { "x-time": right["x-time"]! },
      { "x-signature": right["x-signature"]! },
      { ...right, "x-signature": right["x-signature"]!.replace(/.$/, "x") },
      { ...right, "x-time": String(NOW / 1000 + 1) },
      signed("guessed"),
      signed("new-secret", NOW / 1000 - 61),
      signed("new-secret", NOW / 1000 + 61),
      signed("new-secret", NOW / 1000, `${BODY} `),
    ];
    const answers = new Set<string>();
    for (const headers of wrong) {
      const answer = await send(app, "/webhooks/signed", headers);
      expect(answer.status).toBe(401);
      expect(answer.headers.get("www-authenticate")).not.toBeNull();
      answers.add(await answer.text());
    }
    expect(answers.size).toBe(1);
    expect(await profiles(app)).toBe(0);
    expect(remarks.map(({ kind }) => kind)).toEqual(wrong.map(() => "unverified"));
    const told = JSON.stringify([remarks, ...answers]);
    for (const secret of ["new-secret", "old-secret", right["x-signature"]!])
      expect(told).not.toContain(secret);
    const { outcomes } = (await app.get<StatsView>("/v1/stats")).body;
    expect(outcomes).toEqual([
      { source: "signed", outcome: "rejected", deliveries: wrong.length, events: 0 },
    ]);
  });

  test("cannot be played back once its time is over", async () => {
    const { app, pass } = await open();
    const recorded = signed();
    expect((await send(app, "/webhooks/signed", recorded)).status).toBe(200);
    pass(60_000);
    const again = await send(app, "/webhooks/signed", recorded);
    expect(await again.json()).toMatchObject({ events: [{ outcome: "duplicate" }] });
    pass(1000);
    expect((await send(app, "/webhooks/signed", recorded)).status).toBe(401);
  });

  test("may sign the public address, whatever host the proxy asks for", async () => {
    const { app } = await open();
    const address = "https://hooks.example.com/in/webhooks/addressed?a=1&b=%2F";
    const headers = { host: "10.0.0.7", "x-signature": sign("s3", `POST${address}${BODY}`) };
    expect((await send(app, "/webhooks/addressed?a=1&b=%2F", headers)).status).toBe(200);
    expect((await send(app, "/webhooks/addressed?a=1&b=/", headers)).status).toBe(401);
  });
});

describe("a token", () => {
  test("in the path, in the query and as HTTP Basic lets in who knows it", async () => {
    const { app } = await open();
    const basic = (pair: string) => ({
      authorization: `Basic ${Buffer.from(pair).toString("base64")}`,
    });
    expect((await send(app, "/webhooks/path/in-the-path")).status).toBe(200);
    expect((await send(app, "/webhooks/path/in-the-path/")).status).toBe(200);
    expect((await send(app, "/webhooks/path/in-the-path%2F")).status).toBe(401);
    expect((await send(app, "/webhooks/path/")).status).toBe(401);
    expect((await send(app, "/webhooks/path/guessed")).status).toBe(401);
    expect((await send(app, "/webhooks/path")).status).toBe(401);
    expect((await send(app, "/collect/visit/path/in-the-path", {}, '{"id":"bo"}')).status).toBe(
      200,
    );
    expect((await send(app, "/webhooks/query?key=in-the-query")).status).toBe(200);
    expect((await send(app, "/webhooks/query?key=guessed")).status).toBe(401);
    expect((await send(app, "/webhooks/basic", basic("eve:pass"))).status).toBe(200);
    expect((await send(app, "/webhooks/basic", basic("eve:guess"))).status).toBe(401);
  });
});

describe("a rate", () => {
  test("is kept, with the time to come again", async () => {
    const { app, pass } = await open();
    const post = (id: string) => {
      const body = JSON.stringify({ id });
      return send(app, "/webhooks/signed", signed("new-secret", NOW / 1000, body), body);
    };
    expect([(await post("1")).status, (await post("2")).status]).toEqual([200, 200]);
    const refused = await post("3");
    expect(refused.status).toBe(429);
    expect(refused.headers.get("retry-after")).toBe("10");
    pass(10_000);
    expect((await post("3")).status).toBe(200);
  });

  test("is not used up by who cannot sign", async () => {
    const { app } = await open();
    for (let index = 0; index < 10; index++)
      expect((await send(app, "/webhooks/signed", signed("guessed"))).status).toBe(401);
    expect((await send(app, "/webhooks/signed", signed())).status).toBe(200);
  });
});
