/** The description of the API: it is OpenAPI, it tells of every route there is, and answers are what it says. */
import { Validator } from "@seriousme/openapi-schema-validator";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { VERSION } from "../../src/version.ts";
import { openTestApp } from "../support/app.ts";
import { operationsOf, readDescription, type DescribedSchema } from "../support/description.ts";
import { Published } from "../support/published.ts";

const { description, text, routes } = await readDescription();
const operations = operationsOf(description);

describe("the document", () => {
  const parsed = (json: string) => JSON.parse(json) as Record<string, unknown>;

  test("is OpenAPI 3.1, by a validator that is not ours", async () => {
    const validator = new Validator();
    expect(await validator.validate(parsed(text))).toEqual({ valid: true });
    expect(validator.version).toBe("3.1");
    expect(description.info.version).toBe(VERSION);
  });

  test("the canary: the validator finds a fault", async () => {
    const faulty = text
      .replace('"operationId"', '"operationIds"')
      .replace('"/healthz"', '"healthz"');
    expect((await new Validator().validate(parsed(faulty))).valid).toBe(false);
  });

  test("needs no key, and is sent once to who asks again with its ETag", async () => {
    const app = await openTestApp("apiKeys: [{ name: a, key: k3y, scopes: [read] }]");
    const first = await app.send("/openapi.json");
    const etag = first.headers.get("etag")!;
    expect([first.status, first.headers.get("content-type")]).toEqual([200, "application/json"]);
    const again = await app.send("/openapi.json", { headers: { "if-none-match": etag } });
    expect([again.status, await again.text()]).toEqual([304, ""]);
    const other = await app.send("/openapi.json", { headers: { "if-none-match": '"another"' } });
    expect(other.status).toBe(200);
    expect(await first.text()).not.toContain("k3y");
  });

  test("names the shapes that generated clients show", () => {
    const shapes = Object.keys(description.components.schemas);
    for (const shape of [
      "Profile",
      "Journey",
      "Event",
      "Graph",
      "Link",
      "Decision",
      "DecisionRequest",
      "DecisionEffect",
      "Change",
      "Delivery",
      "Receipt",
      "Rules",
      "Problem",
    ])
      expect(shapes).toContain(shape);
  });
});

/** Files of the page at /docs, which nobody calls by themselves. */
const UNDESCRIBED = ["GET /docs/{file}"];

describe("routes and operations", () => {
  test("are the same", () => {
    const registered = routes
      .filter(({ method }) => method !== "ALL")
      .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, "{$1}")}`);
    const described = operations.map(({ method, path }) => `${method} ${path}`);
    expect(
      [...new Set(registered)].toSorted(),
      "declare a route with Api.add, or beside the API in src/http/described-routes.ts",
    ).toEqual([...described, ...UNDESCRIBED].toSorted());
  });

  test("have ids and headings of their own", () => {
    const ids = operations.map(({ operationId }) => operationId);
    expect(ids).toEqual([...new Set(ids)]);
    const tags = description.tags.map(({ name }) => name);
    for (const {
      tags: [tag],
    } of operations)
      expect(tags).toContain(tag);
  });

  test.each(operations)(
    "$operationId is described",
    ({ summary, path, parameters = [], security }) => {
      expect(summary).toMatch(/^[A-Z].*[^.]$/);
      const untold = parameters.filter((parameter) => parameter.description === undefined);
      expect(
        untold.map(({ name }) => name),
        "say what they mean with .meta({ description }) on their schemas: of a part of the path in parameters of the operation, of another in query",
      ).toEqual([]);
      expect(path.startsWith("/v1") ? Object.values(security[0]!).flat() : []).toEqual(
        path.startsWith("/v1") ? [expect.stringMatching(/^(read|write|admin)$/)] : [],
      );
    },
  );
});

describe("examples in schemas", () => {
  const definitions = JSON.parse(
    JSON.stringify(description.components.schemas).replaceAll("#/components/schemas/", "#/$defs/"),
  ) as object;
  const found: (DescribedSchema & { readonly examples: readonly unknown[] })[] = [];
  // Schemas hold lists of examples; the examples of contents are held by name.
  JSON.parse(text, (_, value: unknown) => {
    const { examples } = (value ?? {}) as DescribedSchema;
    if (Array.isArray(examples)) found.push({ ...(value as DescribedSchema), examples });
    return value;
  });

  test("there are some, and each is what its schema says", () => {
    expect(found.length).toBeGreaterThan(10);
    for (const { examples, ...schema } of found)
      for (const example of examples)
        expect(
          isValid(schema, definitions, example),
          `${JSON.stringify(example)} of ${JSON.stringify(schema)}`,
        ).toBe(true);
  });

  test("the canary: one that is not is found", () => {
    expect(isValid({ type: "string" }, definitions, 7)).toBe(false);
  });
});

function isValid(schema: object, $defs: object, value: unknown): boolean {
  const text = JSON.stringify(schema).replaceAll("#/components/schemas/", "#/$defs/");
  const whole = { ...(JSON.parse(text) as object), $defs };
  return z.fromJSONSchema(whole as z.core.JSONSchema.JSONSchema).safeParse(value).success;
}

describe("every answer that a test gets is held to the description; the canaries:", () => {
  const published = new Published(description);
  const asked = { method: "GET", path: "/v1/changes", status: 200, type: "application/json" };
  const change = {
    id: "ch_1",
    sequence: 1,
    at: "2026-01-31T12:00:00.000Z",
    kind: "merge",
    into: "pr_1",
    from: ["pr_2"],
    cause: { event: "ev_1" },
  };
  const problem = {
    type: "urn:selfsame:problem:bad-request",
    title: "t",
    status: 400,
    detail: "d",
  };
  const refused = { ...asked, status: 400, type: "application/problem+json" };

  test("what is as published passes", () => {
    for (const fitting of [
      { ...asked, body: { changes: [change], next: 1 } },
      { ...asked, path: "/v1/changes/", body: { changes: [], next: 0 } },
      { ...refused, body: problem },
      { ...refused, path: "/v1/nothing", status: 404, body: { ...problem, status: 404 } },
    ])
      expect(published.faultOf(fitting)).toBeUndefined();
  });

  test.each([
    ["a member too many", { ...asked, body: { changes: [], next: 1, more: true } }, /more/],
    ["one too few", { ...asked, body: { changes: [] } }, /next/],
    [
      "within a shape that is named",
      { ...asked, body: { changes: [{ ...change, at: 1 }], next: 1 } },
      /at/,
    ],
    [
      "within a union",
      { ...asked, body: { changes: [{ ...change, cause: { rule: 1 } }], next: 1 } },
      /cause/,
    ],
    ["another status", { ...asked, status: 201, body: {} }, /declare/],
    ["another type", { ...asked, type: "text/csv" }, /streams/],
    [
      "a problem that is not declared",
      { ...refused, body: { ...problem, type: "urn:selfsame:problem:contradiction" } },
      /add "contradiction" to the problems/,
    ],
    [
      "a problem without a detail",
      { ...refused, body: { ...problem, detail: undefined } },
      /detail/,
    ],
    ["an address that is not declared", { ...asked, path: "/v1/nothing", body: {} }, /Api\.add/],
    ["another method", { ...asked, method: "POST", body: {} }, /Api\.add/],
    [
      "an error that is no problem",
      { ...refused, path: "/v1/nothing", status: 404, body: {} },
      /problem/,
    ],
  ])("%s is found", (_, given, fault) => {
    expect(published.faultOf(given)).toMatch(fault);
  });

  test("in a test, the request is rejected", async () => {
    const app = await openTestApp("sources: {}");
    app.service.queries.stats = () => Promise.resolve({ people: 1 } as never);
    await expect(app.get("/v1/stats")).rejects.toThrow(/readStatistics/);
  });
});

test("a known address takes its own methods, and names them to who asks by another", async () => {
  const app = await openTestApp("sources: {}");
  const other = await app.send("/v1/decisions/dc_1", { method: "PUT" });
  expect([other.status, other.headers.get("allow")]).toEqual([405, "DELETE, GET"]);
  expect((await app.send("/v1/decisions/dc_1", { method: "HEAD" })).status).toBe(404);
  const locked = await openTestApp("apiKeys: [{ name: a, key: k3y, scopes: [read] }]");
  for (const address of ["/v1/stats", "/v1/nothing"])
    expect((await locked.send(address, { method: "PUT" })).status).toBe(401);
});
