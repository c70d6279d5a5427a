import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { JsonText } from "../../src/extract/json-text.ts";
import { compilePath } from "../../src/extract/path.ts";
import { pathTo, placesIn } from "../../src/extract/places.ts";
import type { EventSubject } from "../../src/extract/reading.ts";
import { suggestPaths, type SuggestedField } from "../../src/extract/suggest.ts";

function subjectOf(body: unknown): EventSubject {
  const json = new JsonText(JSON.stringify(body));
  return { body, json, headers: new Map(), query: new URLSearchParams() };
}

const EVERYTHING: readonly SuggestedField[] = [
  "replaceProfileId",
  "idScope",
  "identifiers.email",
  "identifiers.phone",
  "eventType",
  "eventId",
  "occurredAt",
];

function suggestionsFor(bodies: readonly unknown[], fields = EVERYTHING) {
  return suggestPaths(bodies.map(subjectOf), new Set(fields), { identifierBytesMax: 512 });
}

/** The paths that are suggested for each field. */
function pathsFor(bodies: readonly unknown[]): Record<string, string[]> {
  return Object.fromEntries(
    suggestionsFor(bodies).map(({ field, paths }) => [field, paths.map(({ path }) => path)]),
  );
}

describe("what likely senders send", () => {
  const message = (number: number, user: unknown) => ({
    token: "XXYYZZ",
    team_id: "T1",
    api_app_id: "A1",
    event_id: `Ev${number}`,
    event_time: 1_700_000_000 + number,
    type: "event_callback",
    authorizations: [{ user_id: "UBOT", is_bot: true }],
    event: { type: number % 2 === 0 ? "message" : "user_change", user, text: "hello" },
  });

  test("a chat: the person's id in both of its places, the workspace as the scope", () => {
    const bodies = [
      message(1, "U1"),
      message(2, { id: "U2", profile: { email: "bo@example.com", phone: "+14155550102" } }),
      message(3, { id: "U3", profile: { email: "cy@example.com", phone: "+14155550103" } }),
    ];
    expect(pathsFor(bodies)).toEqual({
      replaceProfileId: ["event.user.id", "event.user"],
      idScope: ["team_id"],
      "identifiers.email": ["event.user.profile.email"],
      "identifiers.phone": ["event.user.profile.phone"],
      eventType: ["event.type"],
      eventId: ["event_id"],
      occurredAt: ["event_time"],
    });
  });

  test("a shop's order: the customer, not the order, whose id is no event's", () => {
    const order = (id: number, customer: number) => ({
      id,
      email: `p${customer}@example.com`,
      created_at: "2026-01-01T10:00:00Z",
      customer: { id: customer, email: `p${customer}@example.com`, created_at: "2020-01-01" },
      billing_address: { phone: null },
      line_items: [{ id: id * 10, sku: "S1" }],
    });
    expect(pathsFor([order(1, 501), order(2, 502), order(3, 501)])).toEqual({
      replaceProfileId: ["customer.id"],
      "identifiers.email": ["customer.email"],
      occurredAt: ["created_at"],
    });
  });

  test("a contact that was changed is the person itself", () => {
    const contact = (id: number) => ({
      id,
      email: `p${id}@example.com`,
      updated_at: 1_700_000_000,
    });
    expect(pathsFor([contact(1), contact(2)])).toEqual({
      replaceProfileId: ["id"],
      "identifiers.email": ["email"],
      occurredAt: ["updated_at"],
    });
  });

  test("payments: a person's id that is sometimes missing, and the type that the default reads anyway", () => {
    const payment = (number: number, customer: string | null) => ({
      id: `evt_${number}`,
      type: "charge.succeeded",
      created: 1_700_000_000 + number,
      account: "acct_1",
      data: { object: { id: `ch_${number}`, customer, receipt_email: `p${number}@example.com` } },
    });
    const told = pathsFor([payment(1, "cus_1"), payment(2, null), payment(3, "cus_3")]);
    expect(told).toEqual({
      replaceProfileId: ["data.object.customer"],
      idScope: ["account"],
      "identifiers.email": ["data.object.receipt_email"],
      eventId: ["id"],
      occurredAt: ["created"],
    });
  });

  test("answers of a form lie in a list", () => {
    const response = (number: number) => ({
      event_id: `e${number}`,
      form_response: {
        token: `t${number}`,
        submitted_at: "2026-01-01T10:00:00Z",
        answers: [
          { type: "text", text: "hello" },
          { type: "email", email: `p${number}@example.com` },
        ],
      },
    });
    expect(pathsFor([response(1), response(2)])).toEqual({
      "identifiers.email": ["form_response.answers[].email"],
      eventId: ["event_id"],
      occurredAt: ["form_response.submitted_at"],
    });
  });

  test("fields of a form with brackets, as they are written", () => {
    const form = { type: "subscribe", "data[id]": "8a25", "data[email]": "ann@example.com" };
    expect(pathsFor([form])).toEqual({ "identifiers.email": ["data[email]"] });
  });
});

test("an id that is the same in all events is a scope, where another tells people apart", () => {
  const body = (number: number) => ({ account: { id: "A1" }, customer: { id: `C${number}` } });
  expect(pathsFor([body(1), body(2)])).toEqual({
    replaceProfileId: ["customer.id"],
    idScope: ["account.id"],
  });
  // One event cannot tell, and an account may be the person.
  expect(pathsFor([{ account: { id: "A1" } }])).toEqual({ replaceProfileId: ["account.id"] });
});

test("a visitor's id is no scope, however often the same visitor comes", () => {
  const body = (userId: string) => ({ userId, anonymousId: "a-1" });
  expect(pathsFor([body("U1"), body("U2")])).toEqual({ replaceProfileId: ["userId"] });
});

test("what names a person is not itself the person", () => {
  const order = (id: number) => ({ id, email: "ann@example.com", customer: { id: "C1" } });
  expect(pathsFor([order(1), order(2)])["replaceProfileId"]).toEqual(["customer.id"]);
});

test("a scope that some of the ids lack is none", () => {
  const bodies = [{ user_id: "U1", team_id: "T1" }, { user_id: "U2" }];
  expect(pathsFor(bodies)).toEqual({ replaceProfileId: ["user_id"] });
});

test("what tells people apart goes before what has the better name", () => {
  const body = (number: number) => ({ user_id: "owner", contact_id: `C${number}` });
  const [first] = suggestionsFor([body(1), body(2)], ["replaceProfileId"]);
  expect(first!.paths).toEqual([{ path: "contact_id", example: "C1", events: 2, distinct: 2 }]);
  expect(first!.others).toEqual([{ path: "user_id", example: "owner", events: 2, distinct: 1 }]);
});

test.each([
  { user_token: "U7" },
  { auth: { user_id: "U7" } },
  { session: { customer_id: "C1" } },
  { user: { id: "eyJhbGciOiJI.eyJzdWIi.x" } },
  { user_id: "xoxb-12345" },
  { user: { api_key: "U7" }, password: "ann@example.com" },
])("%j holds secrets, which are never suggested", (body) => expect(pathsFor([body])).toEqual({}));

test.each([
  { user: { id: "null" }, contact_id: "" },
  { user: "Ann Smith", customer: "https://example.com/1" },
  { bot_user_id: "U1", message_id: "<a@mail.example.com>" },
  { fax: "+14155550100", email: "not given", date: "tomorrow", event: "17:00" },
  {
    event_id: null,
    email: "no-reply@example.com",
    pusher: { email: "7+ann@users.noreply.example.com" },
  },
  { repository: { created_at: "2026-01-01" }, user: { last_time: 1_700_000_000, type: "Bot" } },
  null,
  "text",
  [],
])("%j gives nothing to suggest", (body) => expect(pathsFor([body])).toEqual({}));

test("an id that two events share is no event's id", () => {
  expect(pathsFor([{ event_id: "E1" }, { event_id: "E1" }])).toEqual({});
  expect(pathsFor([{ event_id: "E1" }, {}])).toEqual({});
});

test("only what is asked for is suggested, and a scope only for an id that is suggested", () => {
  const body = { team_id: "T1", user_id: "U1", email: "ann@example.com" };
  const fieldsOf = (...fields: SuggestedField[]) =>
    suggestionsFor([body], fields).map(({ field }) => field);
  expect(fieldsOf("identifiers.email")).toEqual(["identifiers.email"]);
  expect(fieldsOf("idScope")).toEqual([]);
  expect(fieldsOf("idScope", "replaceProfileId")).toEqual(["replaceProfileId", "idScope"]);
});

/** Keys that a path has to quote, that look like a path or a prefix, and names that mean something. */
const oddKey = fc.oneof(
  fc.constantFrom(
    "user",
    "user_id",
    "id",
    "email",
    "data",
    "event_id",
    "created_at",
    "type",
    "team",
    "a.b",
    "user.id",
    'say "x"',
    "it's",
    "data[email]",
    "a]",
    "[0]",
    "\\",
    "",
    " ",
    " id ",
    "$",
    "$.id",
    "header:x",
    "query:id",
    "payload@id",
    "headers:x",
    "x@y",
    "__proto__",
    "0",
    "日本",
    "👩",
  ),
  fc.string({ unit: "binary", maxLength: 6 }),
);
const leaf = fc.constantFrom<unknown>(
  "U7",
  "U8",
  "ann@example.com",
  "+14155550100",
  "2026-01-01T00:00:00Z",
  "signup",
  null,
  true,
  7,
  1_700_000_000,
  1.5,
);
const { body } = fc.letrec<{ body: unknown; value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    leaf,
    tie("body"),
    fc.array(tie("value"), { maxLength: 3 }),
  ),
  // As the parser makes it: __proto__ is a key like any other.
  body: fc
    .array(fc.tuple(oddKey, tie("value")), { minLength: 1, maxLength: 5 })
    .map((entries) => Object.fromEntries(entries)),
}));

function found(path: string, subject: EventSubject): unknown[] {
  return Array.from(compilePath(path).find(subject), ({ value }) => value);
}

test("the path to a place leads there, whatever its keys are", () => {
  let odd = 0;
  fc.assert(
    fc.property(body, (value) => {
      const subject = subjectOf(value);
      for (const place of placesIn(value)) {
        const path = pathTo(place.keys, [{ subject, value: place.value }]);
        if (path === undefined) {
          // The JSONPath library reads no escape for these, and some places can be written in no other way.
          expect(place.keys.map(String).join("")).toMatch(/[\p{Cc}\p{Cs}]/u);
          continue;
        }
        expect(found(path, subject)).toContain(place.value);
        if (/^\$|\["/.test(path)) odd++;
      }
    }),
    { numRuns: 1000 },
  );
  // The canary: many of the keys had to be quoted.
  expect(odd).toBeGreaterThan(100);
});

test("a path that would be too long is not written at all", () => {
  const value = { ["x".repeat(300)]: { user_id: "U7" } };
  const [place] = placesIn(value);
  expect(pathTo(place!.keys, [{ subject: subjectOf(value), value: "U7" }])).toBeUndefined();
  expect(pathsFor([value])).toEqual({});
});

test("every suggested path finds the value it was suggested for", () => {
  let suggested = 0;
  fc.assert(
    fc.property(fc.array(body, { minLength: 1, maxLength: 4 }), (bodies) => {
      for (const { paths, others } of suggestionsFor(bodies))
        for (const { path, example, events, distinct } of [...paths, ...others]) {
          const holding = bodies.filter((value) => found(path, subjectOf(value)).length > 0);
          expect(holding.length).toBeGreaterThanOrEqual(events);
          expect(holding.flatMap((value) => found(path, subjectOf(value)))).toContain(example);
          expect(distinct).toBeLessThanOrEqual(events);
          suggested++;
        }
    }),
    { numRuns: 500 },
  );
  expect(suggested).toBeGreaterThan(100);
});
