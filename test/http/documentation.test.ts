/** The page at `/docs`: all it needs is served from here, and nothing else is. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { openTestApp, type TestApp } from "../support/app.ts";
import { request } from "../support/sender.ts";
import { serviceFiles, startService } from "../support/service-process.ts";
import { temporaryFolder } from "../support/temporary.ts";

const WITH_KEY = "apiKeys: [{ name: a, key: k3y, scopes: [read] }]";

const installed = (file: string) =>
  readFileSync(new URL(`../../node_modules/swagger-ui-dist/${file}`, import.meta.url));

/** What a page has a browser fetch. */
function filesOf(page: string): string[] {
  return [...page.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address]) => address!);
}

async function textOf(app: TestApp, address: string): Promise<string> {
  const answer = await app.send(address);
  expect(answer.status).toBe(200);
  return answer.text();
}

describe("the page", () => {
  test("needs no key, and all that it asks for is there", async () => {
    const app = await openTestApp(WITH_KEY);
    const answer = await app.send("/docs");
    expect([answer.status, answer.headers.get("content-type")]).toEqual([
      200,
      "text/html; charset=utf-8",
    ]);
    const files = filesOf(await answer.text());
    expect(files.length).toBeGreaterThanOrEqual(4);
    for (const file of files) {
      const { status, headers } = await app.send(file);
      expect([file, status, headers.get("x-content-type-options")]).toEqual([file, 200, "nosniff"]);
      const type = headers.get("content-type")!;
      expect(type).toMatch({ js: /javascript/, css: /css/, png: /png/ }[file.split(".").at(-1)!]!);
    }
    expect(await textOf(app, "/docs/")).toContain("swagger-ui-bundle.js");
  });

  test("names no other host, and has no script or style of its own within", async () => {
    const app = await openTestApp("sources: {}");
    const page = await textOf(app, "/docs");
    const begin = await textOf(app, "/docs/begin.js");
    expect(page + begin).not.toMatch(/\/\//);
    expect(page).not.toMatch(/<script>|<style|style=| on\w+=/);
    for (const file of filesOf(page)) expect(file).toMatch(/^\/docs\/[\w.-]+$/);
    // By default Swagger UI has a validator elsewhere read the description.
    expect(begin).toContain("validatorUrl: null");
    expect(begin).toContain('url: "/openapi.json"');
  });

  test("may load nothing from elsewhere, nor be shown within another page", async () => {
    const app = await openTestApp("sources: {}");
    const policy = (await app.send("/docs")).headers.get("content-security-policy")!;
    const directives = new Map(
      policy.split("; ").map((directive) => {
        const [name, ...values] = directive.split(" ");
        return [name!, values] as const;
      }),
    );
    expect(directives.get("default-src")).toEqual(["'none'"]);
    expect(directives.get("frame-ancestors")).toEqual(["'none'"]);
    for (const values of directives.values())
      for (const value of values) expect(["'none'", "'self'", "data:"]).toContain(value);
    expect(directives.get("script-src")).toEqual(["'self'"]);
  });
});

describe("its files", () => {
  test("are those of the package, with their licences", async () => {
    const app = await openTestApp("sources: {}");
    for (const file of ["swagger-ui-bundle.js", "swagger-ui.css", "LICENSE", "NOTICE"]) {
      const answer = await app.send(`/docs/${file}`);
      expect(Buffer.from(await answer.arrayBuffer()).equals(installed(file))).toBe(true);
    }
  });

  test("are sent once to who asks again with the ETag", async () => {
    const app = await openTestApp("sources: {}");
    for (const address of ["/docs", "/docs/swagger-ui.css"]) {
      const first = await app.send(address);
      expect(first.headers.get("cache-control")).toBe("no-cache");
      const headers = { "if-none-match": first.headers.get("etag")! };
      expect((await app.send(address, { headers })).status).toBe(304);
    }
  });

  test.each([
    "package.json",
    "swagger-ui.js",
    "index.html",
    "..%2F..%2Fpackage.json",
    "..%2fapp.ts",
    "%2e%2e/app.ts",
    "LICENSE%00",
    "__proto__",
    "constructor",
    "",
  ])("%j is none of them", async (file) => {
    const app = await openTestApp("sources: {}");
    const answer = await app.send(`/docs/${file}`);
    if (file === "") expect(answer.headers.get("content-type")).toMatch("text/html");
    else
      expect([answer.status, answer.headers.get("content-type")]).toEqual([
        404,
        "application/problem+json",
      ]);
  });
});

test("what is built brings the files along", async () => {
  const { url } = await startService(serviceFiles(temporaryFolder(), "sources: {}"));
  const page = await request(`${url}/docs`);
  for (const file of [...filesOf(page.text), "/docs/LICENSE", "/docs/NOTICE", "/openapi.json"])
    expect([file, (await request(`${url}${file}`)).status]).toEqual([file, 200]);
  const built = new URL("../../dist/src/http/swagger-ui/NOTICE", import.meta.url);
  expect(readFileSync(built).equals(installed("NOTICE"))).toBe(true);
});
