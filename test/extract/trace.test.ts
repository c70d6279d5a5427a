import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { configSchema } from "../../schema/config.ts";
import { sourceSchema } from "../../schema/source-config.ts";
import { extractEvent, type ExtractionContext } from "../../src/extract/extract.ts";
import { JsonText } from "../../src/extract/json-text.ts";
import { PathEvaluationError } from "../../src/extract/path.ts";
import type { EventSubject } from "../../src/extract/reading.ts";
import { compileSource, type Source } from "../../src/extract/source.ts";
import { compactJson } from "../../src/extract/trace-reading.ts";
import { traceEvent, type EventTrace } from "../../src/extract/trace.ts";

const { limits } = configSchema.parse({});

function sourceOf(config: unknown): Source {
  const compiled = compileSource("chat", sourceSchema.parse(config), limits);
  if ("faults" in compiled) throw new Error(JSON.stringify(compiled.faults));
  return compiled.source;
}

function subjectOf(text: string, headers: Record<string, string> = {}, query = ""): EventSubject {
  return {
    body: JSON.parse(text) as unknown,
    json: new JsonText(text),
    headers: new Map(Object.entries(headers)),
    query: new URLSearchParams(query),
  };
}

const context: ExtractionContext = {
  urlEventType: undefined,
  index: undefined,
  repetition: 0,
  query: "",
  fingerprint: (text) => `<${text}>`,
};

/** A row as one line, for expectations that a reader can follow. */
function lines({ rows }: EventTrace): string[] {
  return rows.map(({ field, path, json, becomes }) =>
    [field, path || "-", json ?? "nothing", becomes || "-"].join(" | "),
  );
}

function linesOf(config: unknown, body: unknown, headers?: Record<string, string>): string[] {
  return lines(traceEvent(sourceOf(config), subjectOf(JSON.stringify(body), headers), context));
}

const DEFAULTS = [
  "eventType | - | nothing | the type chat: the source's name",
  "eventId | - | nothing | hash of the body: no id configured",
  "occurredAt | - | nothing | when received: no time configured",
];

test("every path of every field is told, with what it becomes", () => {
  const config = {
    replaceProfileId: ["event.user.id", "event.user"],
    idScope: "team_id",
    eventType: "event.type",
    eventId: "event_id",
    occurredAt: "event_time",
    identifiers: { email: "event.user.email", phone: "event.user.phone", crm: "crm" },
    traits: { name: "event.user.name", city: "event.user.city" },
  };
  const user = { id: "U7", email: "Ann@Example.com", phone: "call me", name: "Ann", city: " " };
  const body = { team_id: "T1", event_id: "Ev1", event_time: 1_700_000_000, event: { user } };
  expect(linesOf(config, body)).toEqual([
    'idScope | team_id | "T1" | the scope T1',
    'replaceProfileId | event.user.id | "U7" | chat:T1/U7 (home)',
    `replaceProfileId | event.user | ${JSON.stringify(user)} | not reached: an earlier path gave a value`,
    'identifiers.email | event.user.email | "Ann@Example.com" | email:ann@example.com (linked)',
    'identifiers.phone | event.user.phone | "call me" | not used: not a phone number with its country code',
    "identifiers.crm | crm | nothing | -",
    "eventType | event.type | nothing | -",
    "eventType | - | nothing | the type chat: the source's name",
    'eventId | event_id | "Ev1" | the event\'s id Ev1',
    "occurredAt | event_time | 1700000000 | 2023-11-14T22:13:20.000Z",
    'traits.name | event.user.name | "Ann" | trait name = "Ann"',
    'traits.city | event.user.city | " " | not used: the text is blank',
  ]);
});

describe("where defaults act", () => {
  test("nothing is configured", () => expect(linesOf({}, {})).toEqual(DEFAULTS));

  test("nothing that is configured stands there", () => {
    const config = { idScope: "team", eventType: "t", eventId: "e", occurredAt: "o" };
    expect(linesOf(config, { type: "signup", o: "soon", t: {}, e: null })).toEqual([
      "idScope | team | nothing | -",
      "idScope | - | nothing | no scope: the id stands alone",
      "eventType | t | {} | not used: the value is an object, not an id",
      'eventType | type | "signup" | the type signup: the body\'s own',
      "eventId | e | null | not used: the value is null",
      "eventId | - | nothing | hash of the body: no configured path gave one",
      'occurredAt | o | "soon" | not used: neither RFC 3339 nor Unix seconds or milliseconds',
      "occurredAt | - | nothing | when received: no configured path gave one",
    ]);
  });

  test("a known header gives the id, and the address the type", () => {
    const subject = subjectOf("{}", { "webhook-id": "msg_1" });
    const trace = traceEvent(sourceOf({ eventType: "type" }), subject, {
      ...context,
      urlEventType: "signup",
      index: 2,
    });
    expect(lines(trace).slice(0, 2)).toEqual([
      "eventType | - | nothing | the type signup, from the address",
      'eventId | header:webhook-id | "msg_1" | the event\'s id msg_1, event 3, from the header webhook-id',
    ]);
  });
});

test("an identifier that is named twice is told as named already", () => {
  const rows = linesOf(
    { identifiers: { email: "a", crm: "c" }, replaceProfileId: "c", idSpace: "crm" },
    {
      a: "a@example.com",
      c: 7,
    },
  );
  expect(rows.slice(0, 3)).toEqual([
    "replaceProfileId | c | 7 | crm:7 (home)",
    'identifiers.email | a | "a@example.com" | email:a@example.com (linked)',
    "identifiers.crm | c | 7 | crm:7 (named already)",
  ]);
});

test("a path to many values has a row for each that was tried, digits and all", () => {
  const text = '{"l": [null, {"x": 12345678901234567890}, 98765432109876543210, "U3"]}';
  const trace = traceEvent(sourceOf({ replaceProfileId: "$.l[*]" }), subjectOf(text), context);
  expect(lines(trace).slice(0, -3)).toEqual([
    "replaceProfileId | $.l[*] | null | not used: the value is null",
    'replaceProfileId | $.l[*] | {"x":12345678901234567890} | not used: the value is an object, not an id',
    "replaceProfileId | $.l[*] | 98765432109876543210 | chat:98765432109876543210 (home)",
  ]);
});

test("several values of which one is missing are told as such", () => {
  const config = { replaceProfileId: [{ all: ["shop", "id"] }, { value: "everybody" }] };
  expect(linesOf(config, { id: 7 })).toEqual([
    "replaceProfileId | shop and id | nothing | not used: not all of them stand there",
    'replaceProfileId | "everybody" | "everybody" | chat:everybody (home)',
    ...DEFAULTS,
  ]);
});

test("JSON text in one line keeps its strings", () => {
  expect(compactJson('{ "a b" : [ 1,\n\t2 ], "c": "\\" x" }')).toBe('{"a b":[1,2],"c":"\\" x"}');
});

const PATHS = [
  "id",
  "user.id",
  "user",
  "$.list[*]",
  "$..id",
  "header:x-id",
  "query:id",
  "time",
  "type",
  "list[1]",
  "missing",
];
const path = fc.constantFrom(...PATHS);
const part = fc.oneof(
  { weight: 6, arbitrary: path },
  { weight: 1, arbitrary: fc.record({ value: fc.constantFrom<string | number>("all", 7, "") }) },
  {
    weight: 1,
    arbitrary: fc.record({ all: fc.array(path, { minLength: 2, maxLength: 3 }) }),
  },
);
const extraction = fc.oneof(part, fc.array(part, { minLength: 1, maxLength: 4 }));
const config = fc.record(
  {
    replaceProfileId: extraction,
    idScope: extraction,
    eventType: extraction,
    eventId: extraction,
    occurredAt: extraction,
    idSpace: fc.constantFrom("chat", "crm", "email"),
    identifiers: fc.dictionary(fc.constantFrom("email", "phone", "crm"), extraction),
    traits: fc.dictionary(fc.constantFrom("name", "city"), extraction),
    drop: fc.array(
      fc.oneof(path, fc.record({ path, equals: fc.constantFrom<string | number>("U7", 7, "h1") })),
      { maxLength: 3 },
    ),
    honeypot: fc.constantFrom("user", "missing"),
  },
  { requiredKeys: [] },
);

/** JSON texts, since a number of many digits is written in no other way. */
const scalar = fc.oneof(
  fc.constantFrom(
    '"U7"',
    '"T/1%"',
    '"null"',
    '" "',
    "null",
    "true",
    "0",
    "7",
    "12345678901234567890",
    '"Ann@Example.com"',
    '"+1 415 555 0100"',
    '"2026-01-01T00:00:00Z"',
    "1700000000",
    '"\\u0007"',
    "{}",
    '{ "id" : 5 }',
    "[ ]",
    '["a@example.com", 9]',
    `"${"x".repeat(600)}"`,
  ),
  fc.json({ maxDepth: 1 }),
);
const body = fc
  .dictionary(fc.constantFrom("id", "user", "list", "time", "type"), scalar)
  .map((fields) =>
    Object.entries(fields)
      .map(([key, value]) => `"${key}" : ${value}`)
      .join(" ,\n"),
  )
  .map((fields) => `{ ${fields} }`);
const request = fc.record({
  headers: fc.dictionary(
    fc.constantFrom("x-id", "webhook-id", "ce-id", "ce-source"),
    fc.constantFrom("h1", "h2", "null", "", "y".repeat(600)),
  ),
  query: fc.constantFrom("", "id=q1", "id=null&id=q2"),
  index: fc.constantFrom(undefined, 0, 3),
  repetition: fc.nat({ max: 2 }),
  urlEventType: fc.constantFrom(undefined, undefined, "signup"),
});

const isString = (value: unknown) => typeof value === "string";
const ID_FIELD = /^(replaceProfileId|identifiers\..*)$/;

test("a trace and an extraction agree, whatever the source and the event", () => {
  const seen = { dropped: 0, home: 0, others: 0, traits: 0, times: 0, unusable: 0, keys: 0 };
  fc.assert(
    fc.property(config, body, request, (written, text, { headers, query, ...more }) => {
      const source = sourceOf(written);
      const subject = subjectOf(text, headers, query);
      const extracted = extractEvent(source, subject, { ...context, ...more });
      const { rows, fault, ...trace } = traceEvent(source, subject, { ...context, ...more });
      const { payload: _, isKeyedByText: __, unusable, ...expected } = extracted;
      const dropped = source.drop.map((rule) => rule.reasonFor(subject)).find(isString);
      expect(trace).toEqual({ ...expected, dropped });
      expect(fault).toBeUndefined();
      // What is told of values that are no identifiers is the same as the receipt tells, in the same order.
      const told = rows.filter(({ use, field }) => use === "unusable" && ID_FIELD.test(field));
      expect(told.map(({ becomes }) => becomes)).toEqual(
        unusable.map(({ reason }) => `not used: ${reason}`),
      );
      for (const field of new Set(rows.map((row) => row.field)))
        expect(
          rows.filter((row) => row.field === field && /^(used|default)$/.test(row.use)).length,
        ).toBeLessThanOrEqual(1);
      if (dropped !== undefined) seen.dropped++;
      if (extracted.home !== null) seen.home++;
      if (extracted.others.length > 0) seen.others++;
      if (extracted.traits.length > 0) seen.traits++;
      if (extracted.occurredAt !== undefined) seen.times++;
      if (!extracted.key.startsWith("sha256:")) seen.keys++;
      seen.unusable += unusable.length;
    }),
    { numRuns: 1000 },
  );
  // The canary: the events were not all empty.
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(5);
});

test("the conditions under which an event is dropped are told until one is met", () => {
  const drop = ["bot", { path: "kind", equals: ["test", "ping"] }, "kind"];
  const traced = (body: unknown) =>
    traceEvent(sourceOf({ drop, honeypot: "website" }), subjectOf(JSON.stringify(body)), context);
  const kept = traced({ kind: "", bot: null });
  expect(lines(kept).slice(-4)).toEqual([
    "honeypot | website | nothing | -",
    "drop | bot | null | not a reason to drop it",
    'drop | kind | "" | not a reason to drop it',
    'drop | kind | "" | not a reason to drop it',
  ]);
  expect(kept.dropped).toBeUndefined();
  const dropped = traced({ kind: "ping" });
  expect(lines(dropped).slice(-4)).toEqual([
    "honeypot | website | nothing | -",
    "drop | bot | nothing | -",
    'drop | kind | "ping" | dropped: kind is "ping"',
    'drop | kind | "ping" | not reached: an earlier condition is met',
  ]);
  expect(dropped.dropped).toBe('kind is "ping"');
});

test("a path that cannot be followed is told where it stands, and is what stops the extraction", () => {
  // Deeper than a path with two dots may go.
  const deep = `${"[".repeat(1200)}${"]".repeat(1200)}`;
  const source = sourceOf({ replaceProfileId: ["$..id", "id"], identifiers: { crm: "$..crm" } });
  const dropping = sourceOf({ drop: ["$..bot", "id"], replaceProfileId: "$..id" });
  const subject = subjectOf(`{"l":${deep}}`);
  const trace = traceEvent(source, subject, context);
  expect(() => extractEvent(source, subject, context)).toThrow(PathEvaluationError);
  expect(() => extractEvent(source, subject, context)).toThrow(trace.fault);
  expect(trace.fault).toMatch(/^\$\.\.id cannot be followed: /);
  expect(trace.rows.slice(0, 3).map(({ path: asked, use }) => [asked, use])).toEqual([
    ["$..id", "cannot be followed"],
    ["id", "not reached"],
    ["$..crm", "cannot be followed"],
  ]);
  const dropped = traceEvent(dropping, subject, context);
  expect(dropped.fault).toMatch(/^\$\.\.bot cannot be followed: /);
  expect(dropped.rows.slice(-2).map(({ use }) => use)).toEqual([
    "cannot be followed",
    "not reached",
  ]);
});
