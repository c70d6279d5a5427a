/** HTML forms: which pages may post, what a browser is answered, and what only a machine fills in. */
import { describe, expect, test } from "vitest";
import type { StatsView } from "../../src/queries/queries.ts";
import { openTestApp, type TestApp } from "../support/app.ts";

const CONFIG = `
sources:
  contact:
    identifiers: { email: email }
    trust: claimed
    allowedOrigins: ["https://www.example.com", "https://Shop.example.com"]
    honeypot: website
    redirectTo: https://www.example.com/thanks?from=form
  open: { identifiers: { email: email }, allowedOrigins: ["*"] }
  closed: { identifiers: { email: email } }
  umlaut:
    identifiers: { email: email }
    allowedOrigins: ["https://Bücher.example:443"]
    redirectTo: https://bücher.example/danke-schön?für=Sie
`;

const PAGE = "https://www.example.com";
const FORM = "application/x-www-form-urlencoded";
/** What browsers send with a form that somebody posts. */
const NAVIGATION = { origin: PAGE, "sec-fetch-mode": "navigate", accept: "text/html,*/*" };

function submit(
  app: TestApp,
  source: string,
  headers: Record<string, string>,
  body = "email=ann@example.com",
): Promise<Response> {
  return app.send(`/webhooks/${source}`, {
    method: "POST",
    headers: { "content-type": FORM, ...headers },
    body,
  });
}

async function stats(app: TestApp): Promise<StatsView> {
  return (await app.get<StatsView>("/v1/stats")).body;
}

describe("a form of a page", () => {
  test("leads its browser to the configured page", async () => {
    const app = await openTestApp(CONFIG);
    const answer = await submit(app, "contact", NAVIGATION);
    expect(answer.status).toBe(303);
    expect(answer.headers.get("location")).toBe("https://www.example.com/thanks?from=form");
    expect((await stats(app)).profiles).toBe(1);
  });

  test("may stand on a page, and lead to one, whose address holds more than ASCII", async () => {
    const app = await openTestApp(CONFIG);
    const origin = "https://xn--bcher-kva.example";
    const answer = await submit(app, "umlaut", { ...NAVIGATION, origin });
    expect(answer.status).toBe(303);
    expect(answer.headers.get("location")).toBe(`${origin}/danke-sch%C3%B6n?f%C3%BCr=Sie`);
    expect(answer.headers.get("access-control-allow-origin")).toBe(origin);
  });

  test("never leads anywhere else, whatever the form says", async () => {
    const app = await openTestApp(CONFIG);
    const body = "email=ann@example.com&_next=https://evil.example&redirectTo=https://evil.example";
    const answer = await submit(app, "contact", NAVIGATION, body);
    expect(answer.headers.get("location")).toBe("https://www.example.com/thanks?from=form");
  });

  test("that is sent by a script gets its receipt, which the script may read", async () => {
    const app = await openTestApp(CONFIG);
    const answer = await submit(app, "contact", { origin: PAGE, "sec-fetch-mode": "cors" });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("access-control-allow-origin")).toBe(PAGE);
    expect(answer.headers.get("vary")).toContain("Origin");
    expect(await answer.json()).toMatchObject({ events: [{ outcome: "accepted" }] });
    const asked = await submit(
      app,
      "contact",
      { accept: "application/json" },
      "email=bo@b.example",
    );
    expect(asked.status).toBe(200);
  });

  test("whose honeypot is filled is a machine's", async () => {
    const app = await openTestApp(CONFIG);
    const body = "email=ann@example.com&website=https://spam.example";
    expect((await submit(app, "contact", NAVIGATION, body)).status).toBe(303);
    expect((await stats(app)).outcomes).toMatchObject([
      { source: "contact", outcome: "dropped", deliveries: 1 },
    ]);
    const empty = "email=ann@example.com&website=";
    await submit(app, "contact", NAVIGATION, empty);
    expect((await stats(app)).profiles).toBe(1);
  });
});

describe("a page of another origin", () => {
  test("may not post, and it is counted", async () => {
    const app = await openTestApp(CONFIG);
    for (const origin of ["https://evil.example", "http://www.example.com", "null"]) {
      const answer = await submit(app, "contact", { ...NAVIGATION, origin });
      expect(answer.status).toBe(403);
      expect(answer.headers.get("access-control-allow-origin")).toBeNull();
    }
    const { outcomes, profiles } = await stats(app);
    expect(profiles).toBe(0);
    expect(outcomes).toMatchObject([{ source: "contact", outcome: "rejected", deliveries: 3 }]);
  });

  test("that keeps its origin back is told how it can tell it", async () => {
    const app = await openTestApp(CONFIG);
    const answer = await submit(app, "contact", { ...NAVIGATION, origin: "null" });
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({
      detail: expect.stringContaining("Referrer-Policy"),
    });
  });

  test("is known by its origin in any case of its letters", async () => {
    const app = await openTestApp(CONFIG);
    const answer = await submit(app, "contact", { origin: "https://shop.example.com" });
    expect(answer.status).toBe(303);
  });

  test("can post to a source that says nothing of origins, and read no answer", async () => {
    const app = await openTestApp(CONFIG);
    const answer = await submit(app, "closed", { origin: "https://evil.example" });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("access-control-allow-origin")).toBeNull();
  });

  test("may post to a source that is open to all, and to none that asks for more with credentials", async () => {
    const app = await openTestApp(CONFIG);
    const answer = await submit(app, "open", { origin: "https://any.example" });
    expect(answer.headers.get("access-control-allow-origin")).toBe("https://any.example");
    expect(answer.headers.get("access-control-allow-credentials")).toBeNull();
  });
});

describe("a preflight", () => {
  const preflight = (app: TestApp, source: string, origin: string) =>
    app.send(`/webhooks/${source}`, {
      method: "OPTIONS",
      headers: {
        origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type,x-form",
      },
    });

  test("of an allowed page is answered", async () => {
    const app = await openTestApp(CONFIG);
    const answer = await preflight(app, "contact", PAGE);
    expect(answer.status).toBe(204);
    expect(answer.headers.get("access-control-allow-origin")).toBe(PAGE);
    expect(answer.headers.get("access-control-allow-methods")).toBe("POST");
    expect(answer.headers.get("access-control-allow-headers")).toBe("content-type,x-form");
  });

  test("of any other page allows nothing", async () => {
    const app = await openTestApp(CONFIG);
    const answer = await preflight(app, "contact", "https://evil.example");
    expect(answer.headers.get("access-control-allow-origin")).toBeNull();
    expect(answer.headers.get("access-control-allow-methods")).toBeNull();
    expect((await preflight(app, "closed", PAGE)).status).toBe(405);
    expect((await stats(app)).outcomes).toEqual([]);
  });
});
