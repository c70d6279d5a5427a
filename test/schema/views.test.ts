/** The SQL views tell the same as the query API, whatever was merged and split. */
import { join } from "node:path";
import Database from "better-sqlite3";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createApp } from "../../src/http/app.ts";
import { formatTime } from "../../src/extract/time.ts";
import { SqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import {
  decisionsOf,
  eventsOf,
  identifiersOf,
  ruledConfig,
  rulesOf,
  type PlainRules,
} from "../support/ruled-script.ts";
import { TestApp } from "../support/app.ts";
import { openTestService, settingsFrom } from "../support/service.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { VIEWS, ViewReader, type Row } from "../support/views.ts";

async function withViews(
  file: string,
  config: string,
  use: (app: TestApp, views: ViewReader) => Promise<void>,
): Promise<void> {
  const service = await openTestService(config, new SqliteStore(file));
  const onError = (error: unknown) => {
    throw error;
  };
  const app = new TestApp(service, createApp({ service, settings: settingsFrom(config), onError }));
  const views = new ViewReader(file);
  try {
    await use(app, views);
  } finally {
    views.close();
    await service.close();
  }
}

interface Profile {
  readonly id: string;
  readonly identifiers: readonly Readonly<Record<string, unknown>>[];
  readonly traits: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly eventCount: number;
  readonly firstSeenAt: string;
  readonly lastSeenAt: string;
}

interface LinkTold {
  readonly a: string;
  readonly b: string;
  readonly outcome: string;
  readonly rule?: string;
  readonly decision?: string;
  readonly trust: string;
  readonly firstSeenAt: string;
  readonly lastSeenAt: string;
  readonly events: number;
}

interface Told {
  readonly profile: Profile;
  readonly events: readonly Readonly<Record<string, unknown>>[];
  readonly nodes: ReadonlyMap<string, string>;
  readonly links: readonly LinkTold[];
}

/** Everybody, by the answers of the query API. */
async function everybody(app: TestApp, references: Iterable<string>): Promise<Told[]> {
  const told = new Map<string, Told>();
  for (const reference of references) {
    const path = `/v1/profiles/${encodeURIComponent(reference)}`;
    const { body: profile } = await app.get<Profile>(path);
    if (told.has(profile.id)) continue;
    const { body: journey } = await app.get<{ events: Told["events"] }>(
      `${path}/journey?limit=1000`,
    );
    const { body: graph } = await app.get<{
      nodes: { identifier: string; profile: string }[];
      links: LinkTold[];
    }>(`${path}/graph`);
    told.set(profile.id, {
      profile,
      events: journey.events,
      nodes: new Map(graph.nodes.map(({ identifier, profile: holder }) => [identifier, holder])),
      links: graph.links.filter(({ decision }) => decision === undefined),
    });
  }
  return [...told.values()].toSorted((left, right) =>
    left.profile.id < right.profile.id ? -1 : 1,
  );
}

/** In one order, whatever the columns. */
function sorted(rows: readonly object[]): object[] {
  return rows
    .map((row) => [JSON.stringify(row), row] as const)
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([, row]) => row);
}

function expectProfiles(views: ViewReader, people: readonly Told[]): void {
  expect(
    views.rows(
      "SELECT id, identifier_count, event_count, first_seen_at, last_seen_at FROM profiles ORDER BY id",
    ),
  ).toEqual(
    people.map(({ profile }) => ({
      id: profile.id,
      identifier_count: profile.identifiers.length,
      event_count: profile.eventCount,
      first_seen_at: profile.firstSeenAt,
      last_seen_at: profile.lastSeenAt,
    })),
  );
  const identifiers = views.rows(
    "SELECT identifier, namespace, value, profile, provisional, sources, first_seen_at, last_seen_at FROM identifiers",
  );
  expect(
    sorted(identifiers.map((row) => ({ ...row, sources: JSON.parse(String(row["sources"])) }))),
  ).toEqual(
    sorted(
      people.flatMap(({ profile }) =>
        profile.identifiers.map(
          ({ identifier, namespace, value, provisional, sources, ...seen }) => ({
            identifier,
            namespace,
            value,
            profile: profile.id,
            provisional,
            sources,
            first_seen_at: seen["firstSeenAt"],
            last_seen_at: seen["lastSeenAt"],
          }),
        ),
      ),
    ),
  );
}

function expectTraits(views: ViewReader, people: readonly Told[]): void {
  const traits = views.rows("SELECT profile, name, value, at, source, event FROM traits");
  expect(
    sorted(traits.map((row) => ({ ...row, value: JSON.parse(String(row["value"])) }))),
  ).toEqual(
    sorted(
      people.flatMap(({ profile }) =>
        Object.entries(profile.traits).map(([name, { value, at, source, event }]) => ({
          profile: profile.id,
          name,
          value,
          at,
          source,
          event,
        })),
      ),
    ),
  );
}

function expectJourneys(views: ViewReader, people: readonly Told[]): void {
  for (const { profile, events } of people) {
    const rows = views.rows(
      `SELECT event AS id, source, type, occurred_at AS occurredAt, received_at AS receivedAt, provisional, payload
       FROM journeys WHERE profile = ? ORDER BY occurred_at_ms, source, "key"`,
      profile.id,
    );
    expect(rows.map((row) => ({ ...row, payload: JSON.parse(String(row["payload"])) }))).toEqual(
      events,
    );
  }
  // Nobody else has any, and `events` holds the same and what is nobody's.
  const [counts] = views.rows(
    `SELECT (SELECT count(*) FROM journeys) AS journeys, (SELECT count(profile) FROM events) AS events,
       (SELECT count(*) FROM events AS e JOIN journeys AS j ON j.event = e.id
          AND (j.profile, j.provisional, j.source, j.type, j."key", j.occurred_at, j.received_at, j.payload)
            = (e.profile, e.provisional, e.source, e.type, e."key", e.occurred_at, e.received_at, e.payload)) AS same`,
  );
  const total = people.reduce((sum, { events }) => sum + events.length, 0);
  expect(counts).toEqual({ journeys: total, events: total, same: total });
}

async function expectNobodys(app: TestApp, views: ViewReader): Promise<void> {
  const { body } = await app.get<{ deliveries: { id: string; events: { event: string }[] }[] }>(
    "/v1/deliveries?outcome=anonymous&limit=1000",
  );
  expect(
    sorted(
      views.rows("SELECT id, delivery FROM events WHERE profile IS NULL AND provisional IS NULL"),
    ),
  ).toEqual(
    sorted(body.deliveries.map(({ id, events }) => ({ id: events[0]!.event, delivery: id }))),
  );
}

function expectLinks(views: ViewReader, people: readonly Told[]): void {
  const told = new Map<string, object>();
  for (const { nodes, links } of people)
    for (const { a, b, ...link } of links) {
      const ends = [a, b].toSorted();
      told.set(ends.join(" "), {
        ends: ends.map((end) => [end, nodes.get(end)]),
        outcome: link.outcome,
        rule: link.rule ?? null,
        trust: link.trust,
        events: link.events,
        first_seen_at: link.firstSeenAt,
        last_seen_at: link.lastSeenAt,
      });
    }
  const rows = views.rows("SELECT * FROM links").map((row) => ({
    ends: [
      [row["a"], row["profile_a"]],
      [row["b"], row["profile_b"]],
    ].toSorted(([left], [right]) => (String(left) < String(right) ? -1 : 1)),
    outcome: row["outcome"],
    rule: row["rule"],
    trust: row["trust"],
    events: row["events"],
    first_seen_at: row["first_seen_at"],
    last_seen_at: row["last_seen_at"],
  }));
  expect(sorted(rows)).toEqual(sorted([...told.values()]));
}

async function expectChanges(app: TestApp, views: ViewReader): Promise<Row[]> {
  const { body } = await app.get<{
    changes: (Readonly<Record<string, unknown>> & { link?: { a: string; b: string } })[];
  }>("/v1/changes?limit=1000");
  const rows = views.rows("SELECT * FROM changes ORDER BY sequence");
  expect(
    rows.map(({ at_ms: _milliseconds, from_profiles: from, cause, ...row }) => ({
      ...row,
      from_profiles: JSON.parse(String(from)),
      cause: JSON.parse(String(cause)),
    })),
  ).toEqual(
    body.changes.map(({ sequence, kind, at, into, from, cause, link, rule, identifier }) => ({
      sequence,
      kind,
      at,
      into_profile: into,
      from_profiles: from,
      cause,
      link_a: link?.a ?? null,
      link_b: link?.b ?? null,
      rule: rule ?? null,
      identifier: identifier ?? null,
    })),
  );
  return rows;
}

/** Every time is told twice, as text and as a number, and both are the same. */
function expectSameTimes(views: ViewReader): number {
  let compared = 0;
  for (const view of VIEWS)
    for (const row of views.rows(`SELECT * FROM ${view}`))
      for (const [column, value] of Object.entries(row)) {
        if (!column.endsWith("_ms")) continue;
        expect(row[column.slice(0, -"_ms".length)]).toBe(formatTime(Number(value)));
        compared++;
      }
  return compared;
}

interface Play {
  readonly rules: PlainRules;
  readonly events: ReturnType<typeof eventsOf> extends fc.Arbitrary<infer Events> ? Events : never;
  readonly decisions: readonly object[];
}

const plays: fc.Arbitrary<Play> = fc.tuple(eventsOf(24), rulesOf).chain(([events, rules]) =>
  decisionsOf(events).map((decisions) => ({
    events,
    rules,
    decisions: decisions.map(({ kind, override, ...ends }) => ({
      kind,
      ...ends,
      ...(kind === "join" ? { override } : {}),
      reason: "a test",
    })),
  })),
);

test("each view tells what the query API tells, after any events, rules, joins and splits", async () => {
  const folder = temporaryFolder();
  const seen = new Map<unknown, number>();
  let number = 0;
  await fc.assert(
    fc.asyncProperty(plays, async ({ events, rules, decisions }) => {
      const file = join(folder, `${number++}.db`);
      await withViews(file, ruledConfig(rules), async (app, views) => {
        const half = Math.ceil(events.length / 2);
        for (const event of events.slice(0, half)) await app.service.post(event.source, event);
        for (const decision of decisions) await app.post("/v1/decisions", decision);
        // Whoever draws identifiers hardly ever draws none.
        await app.service.post("form", { id: "nobody's", ids: {} });
        for (const event of events.slice(half)) await app.service.post(event.source, event);
        for (const decision of decisions) await app.post("/v1/decisions", decision);
        const people = await everybody(app, new Set(events.flatMap(identifiersOf)));
        expectProfiles(views, people);
        expectTraits(views, people);
        expectJourneys(views, people);
        await expectNobodys(app, views);
        expectLinks(views, people);
        const { body: stats } = await app.get<{ generic: number }>("/v1/stats");
        expect(views.rows("SELECT sum(generic) AS generic FROM identifiers")).toEqual([
          { generic: people.length === 0 ? null : stats.generic },
        ]);
        for (const { kind } of await expectChanges(app, views))
          seen.set(kind, (seen.get(kind) ?? 0) + 1);
        expectSameTimes(views);
      });
    }),
    { numRuns: 80 },
  );
  for (const kind of ["merge", "split", "refusal", "generic"])
    expect(seen.get(kind) ?? 0).toBeGreaterThan(0);
});

/** 0000-01-01T00:00:00.000Z and 9999-12-31T23:59:59.999Z, beyond which no time is taken. */
const time = fc.oneof(
  fc.integer({ min: -62_167_219_200_000, max: 253_402_300_799_999 }),
  fc.integer({ min: -1_000_000, max: 1_000_000 }),
  fc.constantFrom(-62_167_219_200_000, 253_402_300_799_999, -1, 0, 1, 999, 59_999, 59_999_999),
);

test("times are those of HTTP to the millisecond, from the year 0 to 9999", async () => {
  const file = join(temporaryFolder(), "selfsame.db");
  const config = ruledConfig({ namespaces: {} });
  await withViews(file, config, async (app, views) => {
    await app.service.post("crm", {
      id: "e",
      t: 1,
      ids: { chat: "U", email: "a@x" },
      traits: { name: "Ann" },
    });
    await app.service.post("crm", { id: "f", t: 1, ids: { chat: "U2" } });
    await app.service.post("crm", { id: "g", t: 1, ids: { chat: "U2", email: "a@x" } });
    const writer = new Database(file);
    const updates = [
      "UPDATE event_rows SET occurred_at = ?1, received_at = ?2",
      "UPDATE mentions SET occurred_at = ?1",
      "UPDATE trait_rows SET at = ?2",
      "UPDATE identifier_rows SET first_received_at = ?1",
      "UPDATE change_rows SET at = ?2",
    ].map((sql) => writer.prepare(sql.replaceAll("?1", ":one").replaceAll("?2", ":two")));
    const write = writer.transaction((values: { one: bigint; two: bigint }) => {
      for (const update of updates) {
        const used = Object.entries(values).filter(([name]) => update.source.includes(`:${name}`));
        update.run(Object.fromEntries(used));
      }
    });
    fc.assert(
      fc.property(time, time, (one, two) => {
        write({ one: BigInt(one), two: BigInt(two) });
        expect(expectSameTimes(views)).toBeGreaterThan(20);
      }),
      { numRuns: 2000 },
    );
    writer.close();
  });
});
