/** Finding people over HTTP: what is answered, what is refused and how, and that pages go on where they ended. */
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { searchAnswerSchema } from "../../schema/http/search.ts";
import type { ProfileView } from "../../src/queries/people.ts";
import { MemoryStore } from "../../src/store/memory.ts";
import { SqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import type { Store } from "../../src/store/store.ts";
import { openTestApp, type Answer, type ProblemBody, type TestApp } from "../support/app.ts";
import { SEEDS } from "../support/ids.ts";
import { temporaryFolder } from "../support/temporary.ts";

const CONFIG = `
sources:
  crm: { replaceProfileId: id, eventId: ev, occurredAt: t, eventType: type, identifiers: { email: email, phone: phone }, traits: { name: name, city: city, points: points, vip: vip } }
  shop: { replaceProfileId: id, idSpace: buyer, eventId: ev, occurredAt: t, eventType: type, identifiers: { email: email } }
`;

const DAY = Date.UTC(2026, 0, 1) / 1000;

/** Four people; Ann is known to both. */
async function people(app: TestApp): Promise<void> {
  const crm = [
    `{"ev":1,"t":${DAY},"type":"signup","id":1,"email":"Ann@Example.com","name":"Ann","city":"Rome","points":9007199254740993,"vip":true}`,
    `{"ev":2,"t":${DAY + 1},"type":"signup","id":2,"email":"bo@example.com","name":"Bo","city":"Rome","points":9007199254740992}`,
    `{"ev":3,"t":${DAY + 2},"type":"signup","id":3,"phone":"+1 415 555 2671","name":"Cy","city":"Oslo","points":7.50,"vip":false}`,
    `{"ev":4,"t":${DAY + 3},"type":"visit","id":4}`,
    `{"ev":5,"t":${DAY + 86400},"type":"visit","id":2,"city":"Oslo"}`,
  ];
  for (const body of crm) await app.service.post("crm", body);
  for (const ev of [1, 2])
    await app.service.post("shop", {
      ev,
      t: DAY + ev * 86400,
      type: "order",
      id: "b1",
      email: "ann@example.com",
    });
}

interface Found {
  readonly profiles: readonly (Omit<ProfileView, "traits"> & {
    readonly traits: Readonly<Record<string, { readonly value: unknown }>>;
  })[];
  readonly next: string | null;
}

function search(app: TestApp, body: unknown): Promise<Answer<Found>> {
  return app.post("/v1/search", body);
}

function namesOf({ profiles }: Found): string[] {
  return profiles.map(({ identifiers }) => identifiers[0]!.identifier);
}

async function found(app: TestApp, filter: unknown): Promise<string[]> {
  const { status, body } = await search(app, { filter });
  expect(status).toBe(200);
  expect(body.next).toBeNull();
  return namesOf(body);
}

const has = (field: string, value: unknown) => ({ attribute: { field, operator: "eq", value } });
const exists = (field: string) => ({ attribute: { field, operator: "exists" } });

const stores: readonly { readonly name: string; readonly open: () => Store }[] = [
  { name: "memory", open: () => new MemoryStore(SEEDS) },
  { name: "sqlite", open: () => new SqliteStore(join(temporaryFolder(), "selfsame.db")) },
];

describe.each(stores)("over $name", ({ open }) => {
  test("a search answers whole profiles, as GET /v1/profiles/{ref} does", async () => {
    const app = await openTestApp(CONFIG, { store: open() });
    await people(app);
    const { status, text, body } = await search(app, { filter: has("name", "Ann") });
    expect(status).toBe(200);
    const profile = await app.get("/v1/profiles/email:ann@example.com");
    expect(text).toBe(`{"profiles":[${profile.text}],"next":null}`);
    expect(text).toContain('"value":9007199254740993');
    expect(searchAnswerSchema.parse(body)).toEqual(body);
  });

  test("filters of every kind, nested", async () => {
    const app = await openTestApp(CONFIG, { store: open() });
    await people(app);
    const everybody = ["crm:1", "crm:2", "crm:3", "crm:4"];
    const cases: readonly (readonly [filter: unknown, expected: readonly string[]])[] = [
      // The newest value alone counts: Bo was in Rome.
      [has("city", "Rome"), ["crm:1"]],
      [has("city", "Oslo"), ["crm:2", "crm:3"]],
      [has("city", "rome"), []],
      [has("vip", true), ["crm:1"]],
      [has("vip", false), ["crm:3"]],
      [has("vip", "true"), []],
      [has("points", 7.5), ["crm:3"]],
      [has("points", { number: "75e-1" }), ["crm:3"]],
      [has("points", "7.5"), []],
      [has("points", { number: "9007199254740993" }), ["crm:1"]],
      [has("points", { number: "9007199254740992" }), ["crm:2"]],
      // A namespace is asked as a trait is, in any spelling.
      [has("email", " ANN@example.com "), ["crm:1"]],
      [has("crm", 2), ["crm:2"]],
      [has("phone", "+14155552671"), ["crm:3"]],
      [has("email", "nobody at all"), []],
      [exists("email"), ["crm:1", "crm:2"]],
      [exists("buyer"), ["crm:1"]],
      [exists("points"), ["crm:1", "crm:2", "crm:3"]],
      [exists("nothing"), []],
      [{ identifier: "email:Bo@EXAMPLE.com" }, ["crm:2"]],
      [{ identifier: "email:nobody@example.com" }, []],
      [{ identifier: `pr_${"0".repeat(26)}` }, []],
      [{ event: {} }, everybody],
      [{ event: { type: "visit" } }, ["crm:2", "crm:4"]],
      [{ event: { source: "shop", atLeast: 2 } }, ["crm:1"]],
      [{ event: { atLeast: 4 } }, []],
      [{ event: { from: "2026-01-02" } }, ["crm:1", "crm:2"]],
      [{ event: { type: "order", to: "2026-01-02" } }, []],
      [{ event: { from: "2026-01-02T00:00:00Z", to: "2026-01-02T00:00:01Z" } }, ["crm:1", "crm:2"]],
      [{ not: exists("name") }, ["crm:4"]],
      [{ not: { not: exists("name") } }, ["crm:1", "crm:2", "crm:3"]],
      [{ and: [exists("name"), { not: has("city", "Oslo") }] }, ["crm:1"]],
      [
        { or: [{ identifier: "crm:4" }, has("name", "Ann"), has("name", "Ann")] },
        ["crm:1", "crm:4"],
      ],
      [
        { and: [{ or: [has("city", "Oslo"), exists("buyer")] }, { event: { type: "signup" } }] },
        ["crm:1", "crm:2", "crm:3"],
      ],
      [undefined, everybody],
    ];
    for (const [filter, expected] of cases)
      expect({ filter, found: (await found(app, filter)).toSorted() }).toEqual({
        filter,
        found: expected,
      });
  });

  test("any id that a person ever had finds them, merged as they are", async () => {
    const app = await openTestApp(CONFIG, { store: open() });
    await people(app);
    const before = (await app.get<ProfileView>("/v1/profiles/crm:4")).body.id;
    await app.service.post("crm", { ev: 9, t: DAY, type: "visit", id: 4, email: "bo@example.com" });
    expect(await found(app, { identifier: before })).toEqual(["crm:2"]);
  });

  test("pages go on where they ended, though people merge between them", async () => {
    const app = await openTestApp(CONFIG, { store: open() });
    await people(app);
    const request = { filter: { not: has("city", "Rome") }, limit: 1 };
    const first = (await search(app, request)).body;
    expect(namesOf(first)).toEqual(["crm:2"]);
    await app.service.post("crm", { ev: 9, t: DAY, type: "visit", id: 4, email: "bo@example.com" });
    const second = (await search(app, { ...request, cursor: first.next })).body;
    expect(namesOf(second)).toEqual(["crm:3"]);
    expect(second.next).toBeNull();
  });

  test("GET /v1/profiles lists everybody in pages, and one person by an address in any spelling", async () => {
    const app = await openTestApp(CONFIG, { store: open() });
    await people(app);
    const names: string[] = [];
    for (let cursor: string | null = ""; cursor !== null;) {
      const query: string = cursor === "" ? "" : `&cursor=${cursor}`;
      const { body } = await app.get<Found>(`/v1/profiles?limit=3${query}`);
      names.push(...namesOf(body));
      cursor = body.next;
    }
    expect(names).toEqual(["crm:1", "crm:2", "crm:3", "crm:4"]);
    const profile = await app.get("/v1/profiles/crm:1");
    for (const query of [
      "email=ann@example.com",
      "email=%20ANN%40Example.COM.%20",
      "email=Ann%20%3Cann@example.com%3E",
      "identifier=email:Ann@Example.com",
      "identifier=buyer:b1",
    ])
      expect({ query, text: (await app.get(`/v1/profiles?${query}`)).text }).toEqual({
        query,
        text: `{"profiles":[${profile.text}],"next":null}`,
      });
    const byPhone = await app.get<Found>(
      `/v1/profiles?phone=${encodeURIComponent("+1 (415) 555-2671")}`,
    );
    expect(namesOf(byPhone.body)).toEqual(["crm:3"]);
    expect((await app.get("/v1/profiles?email=nobody@example.com")).text).toBe(
      '{"profiles":[],"next":null}',
    );
  });
});

async function refusal(asking: Promise<Answer<unknown>>): Promise<string> {
  const { status, type, body } = await asking;
  expect({ status, type }).toEqual({ status: 400, type: "application/problem+json" });
  return (body as ProblemBody).detail;
}

describe("a filter that cannot be understood is refused with the path of the fault", () => {
  const fine = exists("name");
  const nested = (filter: object, levels: number): object =>
    levels === 0 ? filter : { not: nested(filter, levels - 1) };

  test.each<readonly [string, unknown]>([
    [
      "filter.and[2].attribute.operator: expected eq or exists",
      { and: [fine, fine, { attribute: { field: "a", operator: "is", value: 1 } }] },
    ],
    ["filter: expected an object", "name"],
    ["filter: expected an object", null],
    ["filter: expected one of and, or, not, attribute, identifier, event", {}],
    ["filter.atribute: unknown key; did you mean attribute?", { atribute: {} }],
    [
      "filter.or[0]: expected one key, and there are and, identifier; put each into an object of its own",
      { or: [{ and: [fine], identifier: "a:b" }] },
    ],
    ["filter.and: expected a list of filters", { and: fine }],
    ["filter.and: expected at least one filter", { and: [] }],
    [
      "filter.or: expected at most 32 filters; nest them",
      { or: Array.from({ length: 33 }, () => fine) },
    ],
    [
      "expected at most 200 filters in all",
      { and: Array.from({ length: 10 }, () => ({ or: Array.from({ length: 20 }, () => fine) })) },
    ],
    ["filter.not: expected an object", { not: [fine] }],
    [
      "filter.attribute.field: expected a text; filter.attribute.feild: unknown key; did you mean field?",
      { attribute: { feild: "a", operator: "exists" } },
    ],
    [
      "filter.attribute.value: expected a value to compare with, and there is nothing",
      { attribute: { field: "a", operator: "eq" } },
    ],
    [
      "filter.attribute.value: exists takes no value",
      { attribute: { field: "a", operator: "exists", value: 1 } },
    ],
    [
      "filter.attribute.value: expected a text, a number, true or false; nothing is ever null",
      has("a", null),
    ],
    ["filter.attribute.value: expected a text, a number, true or false", has("a", ["b"])],
    ["filter.attribute.value: expected a number up to 9007199254740991", has("a", 2 ** 60)],
    [
      "filter.attribute.value.number: expected the digits of a number",
      has("a", { number: "many" }),
    ],
    ["filter.attribute.value: expected at most 1000 characters", has("a", "x".repeat(1001))],
    [
      "filter.not.identifier: expected a profile id or namespace:value",
      { not: { identifier: "ann" } },
    ],
    ["filter.or[1].identifier: not an e-mail address", { or: [fine, { identifier: "email:ann" }] }],
    ['filter.identifier: "null" stands for nobody', { identifier: "crm:null" }],
    ["filter.event.from: expected a time such as", { event: { from: "yesterday" } }],
    [
      "filter.event.to: expected a time after from",
      { event: { from: "2026-01-02", to: "2026-01-01" } },
    ],
    ["filter.event.atLeast: expected at least 1", { event: { atLeast: 0 } }],
    ["filter.event.typ: unknown key; did you mean type?", { event: { typ: "visit" } }],
    [`filter${".not".repeat(16)}: expected at most 16 levels`, nested(fine, 16)],
    [`filter${".not".repeat(16)}: expected at most 16 levels`, nested(fine, 1000)],
  ])("%s", async (expected, filter) => {
    const app = await openTestApp(CONFIG);
    expect(await refusal(search(app, { filter }))).toContain(expected);
  });

  test("as deep as it may be it is answered, and a bomb of a whole body is refused", async () => {
    const app = await openTestApp(CONFIG);
    await people(app);
    expect(await found(app, nested(fine, 14))).toHaveLength(3);
    const levels = 80_000;
    const bombs = [
      `${'{"not":'.repeat(levels)}{}${"}".repeat(levels)}`,
      `${'{"and":['.repeat(levels)}{}${"]}".repeat(levels)}`,
      `${"[".repeat(levels)}${"]".repeat(levels)}`,
      `{"and":[${"{},".repeat(levels)}{}]}`,
      `{"and":[${"[],".repeat(levels)}{}]}`,
      `{"or":[${"1,".repeat(400_000)}1]}`,
    ];
    for (const bomb of bombs) {
      const detail = await refusal(search(app, `{"filter":${bomb}}`));
      expect(detail).toMatch(/^filter.*: expected /);
      expect(detail.length).toBeLessThan(500);
    }
  });

  test("keys that nobody knows, limits that are none, and a body that is none", async () => {
    const app = await openTestApp(CONFIG);
    expect(await refusal(search(app, { fliter: fine }))).toBe(
      "fliter: unknown key; did you mean filter?",
    );
    expect(await refusal(search(app, { limit: "5" }))).toBe("limit: expected a whole number.");
    expect(await refusal(search(app, { limit: 1001 }))).toBe("limit: expected at most 1000.");
    expect(await refusal(search(app, "{"))).toBe("The body is not JSON.");
    expect(await refusal(app.get("/v1/profiles?emial=a@x.example"))).toBe(
      "emial: unknown key; did you mean email?",
    );
    expect(await refusal(app.get("/v1/profiles?email=ann"))).toBe("email: not an e-mail address.");
    expect(await refusal(app.get("/v1/profiles?phone=5552671"))).toBe(
      "phone: not a phone number with its country code.",
    );
    expect(await refusal(app.get("/v1/profiles?identifier=ann"))).toBe(
      "identifier: expected a profile id or namespace:value.",
    );
    expect(await refusal(app.get("/v1/profiles?email=a@x.example&phone=1"))).toContain(
      "expected one of email, phone and identifier",
    );
  });
});

describe("a cursor", () => {
  test("of another search, of another kind and of nobody is refused, and says why", async () => {
    const app = await openTestApp(CONFIG);
    await people(app);
    const filter = exists("name");
    const cursor = (await search(app, { filter, limit: 1 })).body.next;
    const withCursor = (more: object) => refusal(search(app, { filter, ...more }));
    const why = (fault: string) => `The cursor cannot be used: ${fault}.`;
    expect(await withCursor({ cursor, filter: exists("city") })).toBe(
      why("it belongs to a search with another filter"),
    );
    expect(await refusal(app.get(`/v1/profiles?cursor=${cursor!}`))).toBe(
      why("it belongs to a search with another filter"),
    );
    const journey = await app.get<{ next: string }>("/v1/profiles/crm:1/journey?limit=1");
    expect(await withCursor({ cursor: journey.body.next })).toBe(why("it belongs to no search"));
    const deliveries = await app.get<{ next: string }>("/v1/deliveries?limit=1");
    expect(await withCursor({ cursor: deliveries.body.next })).toBe(why("it belongs to no search"));
    const foreign = why("it was not made by this service");
    const made = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
    for (const text of ["", "x", made(7), made(["search"]), made(["search", "a", -1])])
      expect(await withCursor({ cursor: text })).toBe(foreign);
    expect(await refusal(app.get(`/v1/profiles?email=a@x.example&cursor=${cursor!}`))).toBe(
      why("of one person by email there is one page"),
    );
  });

  test("goes on whatever the limit is, and in whatever order the keys of the filter stand", async () => {
    const app = await openTestApp(CONFIG);
    await people(app);
    const filter = { attribute: { operator: "exists", field: "name" } };
    const { next } = (await search(app, { filter, limit: 1 })).body;
    const rest = await search(app, { filter: exists("name"), limit: 9, cursor: next });
    expect(namesOf(rest.body)).toEqual(["crm:2", "crm:3"]);
    const everybody = (await search(app, { limit: 3 })).body;
    const listed = await app.get<Found>(`/v1/profiles?cursor=${everybody.next!}`);
    expect(namesOf(listed.body)).toEqual(["crm:4"]);
  });
});

test("a search needs a key that may read", async () => {
  const app = await openTestApp(
    `${CONFIG}\napiKeys: [{ name: writer, key: wr1te, scopes: [write] }]\n`,
  );
  for (const [headers, status] of [
    [{}, 401],
    [{ authorization: "Bearer wr1te" }, 403],
  ] as const) {
    expect((await app.post("/v1/search", {}, headers)).status).toBe(status);
    expect((await app.get("/v1/profiles", headers)).status).toBe(status);
  }
});
