/**
 * Whatever comes: bytes, content types, encodings, headers and addresses that no sender means. Never a fault of the
 * service (5xx), nothing swallowed (I7): every post is counted once, in the way it was answered.
 */
import { createHmac } from "node:crypto";
import { deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { StatsView } from "../../src/queries/queries.ts";
import { openTestApp, type TestApp } from "../support/app.ts";

const SECRET = "fuzz-secret";
const CONFIG = `
sources:
  plain: { replaceProfileId: [user.id, id], identifiers: { email: email, phone: phone } }
  list: { replaceProfileId: id, events: items, withoutId: quarantine }
  paths: { replaceProfileId: "$..id", eventId: { all: [id, type] }, occurredAt: at, withoutId: drop }
  fields: { replaceProfileId: payload.user.id, jsonFields: [payload], drop: [bot], honeypot: trap }
  signed:
    replaceProfileId: id
    secret: ${SECRET}
    verify: { scheme: hmac, header: x-signature }
    handshake: slack
  small: { replaceProfileId: id, bodyBytesMax: 64 }
  limited: { replaceProfileId: id, rateLimit: { perSecond: 0.001, burst: 2 } }
  closed: { enabled: false }
  form: { identifiers: { email: email }, allowedOrigins: ["https://a.example"], redirectTo: "https://a.example/" }
`;

const SOURCES = [
  "plain",
  "list",
  "paths",
  "fields",
  "signed",
  "small",
  "limited",
  "closed",
  "form",
  "nobody",
];

const person = fc.record(
  {
    id: fc.oneof(fc.string(), fc.integer(), fc.constantFrom(null, "null", [], {}, true)),
    email: fc.oneof(fc.emailAddress(), fc.string()),
    user: fc.oneof(fc.record({ id: fc.string() }), fc.string()),
    items: fc.array(fc.oneof(fc.record({ id: fc.string() }), fc.string()), { maxLength: 5 }),
    at: fc.oneof(fc.integer(), fc.string()),
    type: fc.string(),
    bot: fc.boolean(),
    challenge: fc.string(),
  },
  { requiredKeys: [] },
);

const jsonText = fc
  .oneof(person, fc.array(person, { maxLength: 4 }), fc.jsonValue())
  .map((value) => JSON.stringify(value));

const text = fc.oneof(
  jsonText,
  fc.array(jsonText, { maxLength: 4 }).map((lines) => lines.join("\n")),
  // Cut off somewhere.
  fc.tuple(jsonText, fc.nat({ max: 50 })).map(([whole, length]) => whole.slice(0, length)),
  person.map((fields) =>
    new URLSearchParams(
      Object.entries(fields).map(
        ([name, value]) => [`a[${name}][]`, JSON.stringify(value) ?? ""] as [string, string],
      ),
    ).toString(),
  ),
  fc.string().map((part) => `payload=${part}`),
  fc.constantFrom(
    '{"id":1e999}',
    '{"id":"a","id":"b"}',
    `${"[".repeat(500)}${"]".repeat(500)}`,
    "__proto__[id]=1&constructor[prototype][id]=2",
    "a=%&b=%zz&c=%ff",
    '--x\r\nContent-Disposition: form-data; name="id"\r\n\r\n7\r\n--x--\r\n',
    '--x\r\nContent-Disposition: form-data; name="id"\r\n\r\n7',
    '{"type":"url_verification","challenge":"c"}',
  ),
);

const bytes = fc.oneof(
  { weight: 4, arbitrary: text.map((whole) => Buffer.from(whole)) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((whole) => Buffer.from(whole)) },
);

const contentType = fc.oneof(
  fc.constantFrom(
    undefined,
    "application/json",
    "application/json; charset=utf-8",
    "application/json; charset=latin1",
    'application/json;charset="',
    "application/x-ndjson",
    "application/cloudevents+json",
    "application/cloudevents-batch+json",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "multipart/form-data",
    'multipart/form-data; boundary="x; y"',
    "text/plain",
    ";;;",
    "*/*",
  ),
  // A header's value as far as a client lets it out.
  fc.string({ unit: fc.constantFrom(...'abz/+;=" ,.-0'.split("")), maxLength: 40 }),
);

const encoding = fc.constantFrom(
  undefined,
  undefined,
  undefined,
  "gzip",
  "deflate",
  "raw",
  "broken gzip",
  "br",
  "gzip, gzip",
);

interface Post {
  readonly source: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer<ArrayBuffer>;
}

function encoded(body: Buffer, how: string | undefined): Pick<Post, "headers" | "body"> {
  const as = (name: string, whole: Buffer) => ({
    headers: { "content-encoding": name },
    body: Buffer.from(whole),
  });
  if (how === undefined) return { headers: {}, body: Buffer.from(body) };
  if (how === "gzip") return as("gzip", gzipSync(body));
  if (how === "deflate") return as("deflate", deflateSync(body));
  if (how === "raw") return as("deflate", deflateRawSync(body));
  if (how === "broken gzip") return as("gzip", gzipSync(body).subarray(0, -3));
  return as(how, body);
}

const more = fc.dictionary(
  fc.constantFrom(
    "origin",
    "idempotency-key",
    "ce-id",
    "ce-type",
    "ce-source",
    "accept",
    "webhook-id",
    "x-signature",
    "sec-fetch-mode",
  ),
  fc.string({ unit: fc.constantFrom(...'az09:/.{}-" '.split("")), maxLength: 40 }),
  { maxKeys: 3 },
);

const post: fc.Arbitrary<Post> = fc
  .record({
    source: fc.constantFrom(...SOURCES),
    where: fc.constantFrom("webhooks", "token", "collect"),
    query: fc.string({ maxLength: 20 }),
    body: bytes,
    contentType,
    encoding,
    more,
    signs: fc.boolean(),
  })
  .map(({ source, where, query, body, contentType: type, encoding: how, more: added, signs }) => {
    const { headers, body: sent } = encoded(body, how);
    const path = { webhooks: "", token: "/a%2Fb", collect: "" }[where];
    const start = where === "collect" ? "/collect/some%20type" : "/webhooks";
    const signature = createHmac("sha256", SECRET).update(sent).digest("hex");
    return {
      source,
      path: `${start}/${source}${path}?${encodeURIComponent(query)}`,
      body: sent,
      headers: {
        ...added,
        ...headers,
        ...(type === undefined ? {} : { "content-type": type }),
        ...(signs ? { "x-signature": signature } : {}),
      },
    };
  });

/** What an answer says of how the delivery has to be counted. */
async function outcomeOf(response: Response, source: string): Promise<string> {
  if (response.status === 303) return "received";
  if (response.status !== 200) return "rejected";
  const type = response.headers.get("content-type") ?? "";
  return source === "signed" && !type.startsWith("application/json") ? "handshake" : "received";
}

const STATUSES = new Set([200, 303, 400, 401, 403, 404, 413, 415, 429]);

async function sendAll(app: TestApp, posts: readonly Post[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { source, path, headers, body } of posts) {
    const response = await app.send(path, { method: "POST", headers, body });
    if (!STATUSES.has(response.status))
      expect.unreachable(`${response.status} ${await response.clone().text()}`);
    const outcome = await outcomeOf(response, source);
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  }
  return counts;
}

test("every post is answered and counted, and none with a fault of the service (I7)", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(post, { maxLength: 30 }), async (posts) => {
      const app = await openTestApp(CONFIG);
      const answered = await sendAll(app, posts);
      const { body } = await app.get<StatsView>("/v1/stats");
      const counted: Record<string, number> = {};
      for (const { outcome, deliveries } of body.outcomes) {
        const how = ["rejected", "handshake"].includes(outcome) ? outcome : "received";
        counted[how] = (counted[how] ?? 0) + deliveries;
      }
      expect(counted).toEqual(answered);
      expect(body.received.deliveries).toBe(posts.length);
    }),
    { numRuns: 300 },
  );
});
