/**
 * What the description gives as examples can be sent as it is: each operation is asked with its own, of a service that
 * holds fitting people, and answers what the schema of its 200 says.
 */
import { describe, expect, test } from "vitest";
import { openTestApp, type TestApp } from "../support/app.ts";
import {
  operationsOf,
  readDescription,
  type DescribedParameter,
  type NamedOperation,
} from "../support/description.ts";
import { Published } from "../support/published.ts";

const { description } = await readDescription();
const operations = operationsOf(description);
const published = new Published(description);

const CONFIG = `
sources:
  chat: { replaceProfileId: event.user.id, idScope: team_id, eventType: event.type, eventId: event_id, occurredAt: event_time, identifiers: { email: event.user.email }, traits: { name: event.user.name } }
  form: { replaceProfileId: submission_id, identifiers: { email: email }, withoutId: quarantine }
  shop: { replaceProfileId: customer.id, eventType: topic, eventId: id, occurredAt: at, identifiers: { email: customer.email } }
`;

const DELIVERIES: readonly (readonly [source: string, body: object])[] = [
  [
    "chat",
    {
      event_id: "E1",
      event_time: "2026-01-10T09:00:00Z",
      team_id: "T1",
      event: { type: "message", user: { id: "U7", email: "ann@example.com", name: "Ann" } },
    },
  ],
  ["form", { submission_id: "s1", email: "ann@example.com" }],
  ["form", { submission_id: "s2", email: "bob@example.com" }],
  [
    "shop",
    {
      id: "O1",
      at: "2026-01-12T12:00:00Z",
      topic: "purchase",
      customer: { id: 7, email: "ann@example.com" },
    },
  ],
];

/** The ids of what was made for the examples, which the service chose. */
interface Seeded {
  readonly decision: string;
  readonly delivery: string;
}

/** Parts of addresses that no example can name. */
const CHOSEN: Readonly<Record<string, keyof Seeded>> = {
  "/v1/decisions/{id}": "decision",
  "/v1/deliveries/{id}": "delivery",
  "/v1/deliveries/{id}/replay": "delivery",
};

async function seed(): Promise<{ readonly app: TestApp; readonly seeded: Seeded }> {
  const app = await openTestApp(CONFIG);
  for (const [source, body] of DELIVERIES) await app.service.post(source, body);
  const unmapped = await app.post<{ delivery: string }>("/webhooks/form", { email: null });
  const decided = await app.post<{ decision: { id: string } }>("/v1/decisions", {
    kind: "join",
    a: "form:s1",
    b: "form:s2",
    reason: "she told us",
  });
  return {
    app,
    seeded: { delivery: unmapped.body.delivery, decision: decided.body.decision.id },
  };
}

function valueOf({ path }: NamedOperation, parameter: DescribedParameter, seeded: Seeded): string {
  const chosen = CHOSEN[path];
  if (parameter.in === "path" && chosen !== undefined) return seeded[chosen];
  const [example] = parameter.schema.examples ?? [];
  expect(
    example,
    `give ${parameter.name} of ${path} an example that this test's people fit: .meta({ examples: […] }); or, where only the service knows it, seed one and name it in CHOSEN`,
  ).toBeDefined();
  return String(example);
}

/** `all` is with every parameter that has an example, otherwise with those alone that are needed. */
function addressOf(operation: NamedOperation, seeded: Seeded, all: boolean): string {
  const query = new URLSearchParams();
  let address = operation.path;
  for (const parameter of operation.parameters ?? []) {
    const isGiven = parameter.required || (all && parameter.schema.examples !== undefined);
    if (!isGiven) continue;
    const value = valueOf(operation, parameter, seeded);
    if (parameter.in === "query") query.set(parameter.name, value);
    else address = address.replace(`{${parameter.name}}`, encodeURIComponent(value));
  }
  return query.size === 0 ? address : `${address}?${query.toString()}`;
}

function bodyOf(type: string, example: unknown): NonNullable<RequestInit["body"]> {
  const fields = Object.entries(example as Readonly<Record<string, string>>);
  switch (type) {
    case "application/x-www-form-urlencoded":
      return new URLSearchParams(fields);
    case "multipart/form-data": {
      const form = new FormData();
      for (const [name, value] of fields) form.set(name, value);
      return form;
    }
    default:
      return typeof example === "string" ? example : JSON.stringify(example);
  }
}

async function ask(
  app: TestApp,
  { method, path }: NamedOperation,
  address: string,
  init: RequestInit,
): Promise<void> {
  const response = await app.send(address, { ...init, method });
  const text = await response.text();
  expect(response.status, `${method} ${address} was answered ${text}`).toBe(200);
  const type = response.headers.get("content-type")?.split(";")[0];
  const isJson = type === "application/json";
  const given = { method, path, status: 200, type, ...(isJson ? { body: JSON.parse(text) } : {}) };
  expect(published.faultOf(given)).toBeUndefined();
}

describe("an operation with a body", () => {
  const withBody = operations.filter(({ requestBody }) => requestBody !== undefined);

  test.each(withBody)("$operationId has an example", ({ requestBody, path }) => {
    for (const [type, { example }] of Object.entries(requestBody!.content))
      expect(example, `give the operation of ${path} an example, as ${type}`).toBeDefined();
  });
});

/** Where only a sender's token in the address makes it another address than that of an operation that is asked. */
const ASKED_WITHOUT_TOKEN = /\{token\}/;

describe("asked as the examples say", () => {
  const asked = operations.filter(({ path }) => !ASKED_WITHOUT_TOKEN.test(path));

  test.each(asked)("$operationId answers what it says", async (operation) => {
    const { requestBody, responses } = operation;
    const bodies = Object.entries(requestBody?.content ?? {});
    const requests: RequestInit[] = bodies.map(([type, { example }]) => ({
      body: bodyOf(type, example),
      // Of a form with files only who writes it knows the type whole.
      ...(type === "multipart/form-data" ? {} : { headers: { "content-type": type } }),
    }));
    for (const all of [false, true])
      for (const request of requests.length === 0 ? [{}] : requests) {
        const { app, seeded } = await seed();
        await ask(app, operation, addressOf(operation, seeded, all), request);
      }
    const streams = Object.keys(responses["200"]!.content ?? {}).slice(1);
    for (const accept of streams) {
      const { app, seeded } = await seed();
      const [request = {}] = requests;
      const headers = new Headers(request.headers);
      headers.set("accept", accept);
      const init = { ...request, headers, method: operation.method };
      const response = await app.send(addressOf(operation, seeded, false), init);
      expect([response.status, response.headers.get("content-type")?.split(";")[0]]).toEqual([
        200,
        accept,
      ]);
    }
  });
});
