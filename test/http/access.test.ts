/** Access to the query API without a socket: keys of the database, rates, and web pages of other origins. */
import { describe, expect, test } from "vitest";
import { hashOfKey } from "../../src/keys.ts";
import type { Scope } from "../../src/store/keys.ts";
import { openTestApp, type ProblemBody, type TestApp } from "../support/app.ts";
import { operationsOf, readDescription } from "../support/description.ts";

const SOURCES = "sources: { crm: { replaceProfileId: id } }\n";
const KEYS = "apiKeys: [{ name: reader, key: r3ad, scopes: [read] }]\n";

async function addKey(app: TestApp, name: string, scopes: readonly Scope[], expiresAt?: number) {
  const hash = hashOfKey(name);
  await app.service.store.addKey({ name, hash, scopes, createdAt: 0, expiresAt });
}

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

/** One address of each file of routes, with the scope it asks for. */
const ADDRESSES = [
  ["GET", "/v1/stats", "read"],
  ["GET", "/v1/changes", "read"],
  ["GET", "/v1/rules", "read"],
  ["GET", "/v1/decisions", "read"],
  ["GET", "/v1/deliveries", "read"],
  ["POST", "/v1/decisions", "write"],
  ["DELETE", "/v1/deliveries/dl_1", "write"],
] as const;

describe("a key of the database", () => {
  test("opens by its scopes what a configured one opens, at every address", async () => {
    const app = await openTestApp(SOURCES);
    await addKey(app, "made-reader", ["read"]);
    await addKey(app, "made-writer", ["write"]);
    await addKey(app, "made-chief", ["admin"]);
    for (const [method, path, scope] of ADDRESSES) {
      const statusFor = async (headers: Record<string, string>) =>
        (await app.send(path, { method, headers })).status;
      expect({
        path,
        nobody: await statusFor({}),
        unknown: await statusFor(bearer("made-nobody")),
        reader: (await statusFor(bearer("made-reader"))) === 403,
        writer: (await statusFor(bearer("made-writer"))) === 403,
      }).toEqual({
        path,
        nobody: 401,
        unknown: 401,
        reader: scope === "write",
        writer: scope === "read",
      });
      expect([401, 403]).not.toContain(await statusFor(bearer("made-chief")));
    }
  });

  test("tells its holder that it was revoked or when it expired, and others nothing", async () => {
    const app = await openTestApp(SOURCES, { clock: () => 5000 });
    await addKey(app, "gone", ["read"]);
    await addKey(app, "old", ["read"], 4000);
    await app.service.store.revokeKey("gone", 1);
    const told = async (headers: Record<string, string>) => {
      const { status, body } = await app.get<ProblemBody>("/v1/stats", headers);
      return [status, body.detail];
    };
    expect(await told(bearer("gone"))).toEqual([401, expect.stringContaining("was revoked")]);
    expect(await told(bearer("old"))).toEqual([
      401,
      expect.stringContaining("expired at 1970-01-01T00:00:04.000Z"),
    ]);
    expect(await told(bearer("else"))).toEqual(await told({}));
  });

  test("bears the name of who decides", async () => {
    const app = await openTestApp(SOURCES);
    await app.service.post("crm", { id: 1 });
    await app.service.post("crm", { id: 2 });
    await addKey(app, "made-writer", ["admin"]);
    await app.post(
      "/v1/decisions",
      { kind: "join", a: "crm:1", b: "crm:2", reason: "seen" },
      bearer("made-writer"),
    );
    const { text } = await app.get("/v1/decisions", bearer("made-writer"));
    expect(text).toContain('"by":"made-writer"');
  });

  test("closes what was open to this machine as soon as it is made", async () => {
    const app = await openTestApp(SOURCES);
    expect((await app.get("/v1/stats")).status).toBe(200);
    await addKey(app, "made", ["read"]);
    expect((await app.get("/v1/stats")).status).toBe(401);
    await app.service.store.revokeKey("made", 1);
    expect((await app.get("/v1/stats")).status).toBe(401);
  });
});

describe("every operation that is published", async () => {
  const operations = operationsOf((await readDescription()).description)
    .filter(({ path }) => path.startsWith("/v1/"))
    .map(({ method, path, security }) => ({
      method,
      address: path.replaceAll(/\{\w+\}/g, "x"),
      scope: security[0]!["apiKey"]![0] as Scope,
    }));

  test("asks for a key of its scope before it looks at anything else", async () => {
    const app = await openTestApp(SOURCES);
    await addKey(app, "made-reader", ["read"]);
    await addKey(app, "made-writer", ["write"]);
    const isRefused = async (method: string, address: string, key: string) =>
      (await app.send(address, { method, headers: bearer(key) })).status === 403;
    for (const { method, address, scope } of operations) {
      const nobody = await app.send(address, { method });
      const reader = await isRefused(method, address, "made-reader");
      const writer = await isRefused(method, address, "made-writer");
      expect({ method, address, nobody: nobody.status, reader, writer }).toEqual({
        method,
        address,
        nobody: 401,
        reader: scope !== "read",
        writer: scope !== "write",
      });
    }
    expect(new Set(operations.map(({ scope }) => scope))).toContain("write");
  });

  test("answers without keys nobody who calls this machine by another name, and no page of elsewhere", async () => {
    const app = await openTestApp(SOURCES);
    for (const { method, address } of operations) {
      const statusOf = async (url: string, headers: Record<string, string> = {}) =>
        (await app.send(url, { method, headers })).status;
      const told = {
        method,
        address,
        rebound: await statusOf(`http://127.0.0.1.evil.example${address}`),
        page: await statusOf(address, { origin: "https://evil.example" }),
        file: await statusOf(address, { origin: "null" }),
      };
      expect(told).toEqual({ method, address, rebound: 403, page: 403, file: 403 });
    }
  });
});

test("beyond its rate a key is answered 429 and told when to come again; others go on", async () => {
  const rates = "apiRateLimit: { perSecond: 0.1, burst: 2 }\n";
  const app = await openTestApp(
    `${SOURCES}apiKeys:
  - { name: reader, key: r3ad, scopes: [read] }
  - { name: job, key: j0b, scopes: [read], rateLimit: { perSecond: 1, burst: 1 } }\n${rates}`,
    { clock: () => 5000 },
  );
  const ask = async (key: string) => {
    const response = await app.send("/v1/stats", { headers: bearer(key) });
    return [response.status, response.headers.get("retry-after")];
  };
  expect([await ask("r3ad"), await ask("r3ad"), await ask("r3ad")]).toEqual([
    [200, null],
    [200, null],
    [429, "10"],
  ]);
  expect([await ask("j0b"), await ask("j0b")]).toEqual([
    [200, null],
    [429, "1"],
  ]);
  const { body, type } = await app.get<ProblemBody>("/v1/stats", bearer("r3ad"));
  expect([type, body.type]).toEqual([
    "application/problem+json",
    "urn:selfsame:problem:too-many-requests",
  ]);
  // Senders are no holders of keys.
  const posted = await app.post("/webhooks/crm", { id: 1 });
  expect(posted.status).toBe(200);
});

const PAGE = "https://dash.example.com";

/** What a browser is told; null for a header that is missing. */
async function cors(app: TestApp, origin: string, init: RequestInit = {}, path = "/v1/stats") {
  const headers = { origin, ...(init.headers as Record<string, string>) };
  const response = await app.send(path, { ...init, headers });
  const { status } = response;
  const allowed = response.headers.get("access-control-allow-origin");
  return { status, allowed, vary: response.headers.get("vary"), headers: response.headers };
}

function preflight(app: TestApp, origin: string, path?: string) {
  const headers = {
    "access-control-request-method": "POST",
    "access-control-request-headers": "authorization,content-type",
  };
  return cors(app, origin, { method: "OPTIONS", headers }, path);
}

describe("web pages", () => {
  test("of other origins are told nothing where none are configured", async () => {
    const app = await openTestApp(`${SOURCES}${KEYS}`);
    expect(await preflight(app, PAGE)).toMatchObject({ status: 401, allowed: null, vary: null });
    const asked = await cors(app, PAGE, { headers: bearer("r3ad") });
    expect(asked).toMatchObject({ status: 200, allowed: null, vary: null });
  });

  test("that are configured may ask, read every answer and send a key; never cookies", async () => {
    const app = await openTestApp(
      `${SOURCES}${KEYS}cors: { origins: ["https://Dash.example.com:443"] }\n`,
    );
    const before = await preflight(app, PAGE);
    expect(before).toMatchObject({ status: 204, allowed: PAGE });
    expect(before.vary).toContain("Origin");
    expect(before.headers.get("access-control-allow-headers")).toBe("Authorization,Content-Type");
    expect(before.headers.get("access-control-allow-methods")).toBe("GET,POST,DELETE");
    const answers = [
      await cors(app, PAGE, { headers: bearer("r3ad") }),
      await cors(app, PAGE),
      await cors(app, PAGE, { headers: bearer("r3ad") }, "/v1/nothing"),
      await cors(app, PAGE, { headers: bearer("r3ad") }, "/v1/stats?nonsense=1"),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 401, 404, 400]);
    for (const { allowed, vary, headers } of [before, ...answers]) {
      expect(allowed).toBe(PAGE);
      expect(vary).toContain("Origin");
      expect(headers.get("access-control-allow-credentials")).toBeNull();
      expect(headers.get("access-control-expose-headers")).toBe("Retry-After,WWW-Authenticate");
    }
  });

  test("of any other origin are not let in by those that are", async () => {
    const app = await openTestApp(`${SOURCES}${KEYS}cors: { origins: ["${PAGE}"] }\n`);
    for (const origin of [
      "https://evil.example",
      "https://dash.example.com.evil.example",
      "http://dash.example.com",
      "https://dash.example.com:8443",
      "null",
      "*",
    ]) {
      const before = (await preflight(app, origin)).allowed;
      const { allowed, vary } = await cors(app, origin, { headers: bearer("r3ad") });
      expect({ origin, before, allowed, vary }).toEqual({
        origin,
        before: null,
        allowed: null,
        vary: "Origin",
      });
    }
  });

  test("without keys are let in where they are named, and never by *", async () => {
    const named = await openTestApp(`${SOURCES}cors: { origins: ["${PAGE}"] }\n`);
    expect(await cors(named, PAGE)).toMatchObject({ status: 200, allowed: PAGE });
    expect(await cors(named, "https://evil.example")).toMatchObject({ status: 403, allowed: null });
    const rebound = await named.send("http://evil.example/v1/stats", { headers: { origin: PAGE } });
    expect(rebound.status).toBe(403);
    const any = await openTestApp(`${SOURCES}cors: { origins: ["*"] }\n`);
    expect((await cors(any, PAGE)).status).toBe(403);
    expect((await cors(any, "*")).status).toBe(403);
  });

  test("with keys are all let in by *, which has to be said by its origin", async () => {
    const app = await openTestApp(`${SOURCES}${KEYS}cors: { origins: ["*"] }\n`);
    expect(await preflight(app, PAGE)).toMatchObject({ status: 204, allowed: PAGE });
    expect(await cors(app, PAGE, { headers: bearer("r3ad") })).toMatchObject({
      status: 200,
      allowed: PAGE,
    });
    expect(await cors(app, PAGE)).toMatchObject({ status: 401, allowed: PAGE });
  });

  test("may read the description of the API, and post only where a source lets them", async () => {
    const app = await openTestApp(`${SOURCES}${KEYS}cors: { origins: ["${PAGE}"] }\n`);
    expect((await preflight(app, PAGE, "/openapi.json")).allowed).toBe(PAGE);
    expect((await preflight(app, PAGE, "/webhooks/crm")).allowed).toBeNull();
  });
});
