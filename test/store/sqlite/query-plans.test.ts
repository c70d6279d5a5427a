/**
 * How SQLite carries out the statements of the store. They are those that a real store prepares, seen as it prepares
 * them, so that none is left out: each finds its rows by an index, but for those below that say why they do not.
 */
import { join } from "node:path";
import Database from "better-sqlite3";
import { beforeAll, describe, expect, test } from "vitest";
import { SqliteStore } from "../../../src/store/sqlite/sqlite-store.ts";
import { openTestService } from "../../support/service.ts";
import { removableFolder, temporaryFolder } from "../../support/temporary.ts";

const CONFIG = `
sources: { crm: { replaceProfileId: id, identifiers: { email: email }, traits: { name: name } } }
`;

/** The steps of each statement, by its text without line breaks. */
type Plans = ReadonlyMap<string, readonly string[]>;

function planOf(client: Database.Database, sql: string): string[] {
  const explain = client.prepare<unknown[], { readonly detail: string }>(
    `EXPLAIN QUERY PLAN ${sql}`,
  );
  const names = [...sql.matchAll(/:([a-z]\w*)/gi)].map(([, name]) => [name!, null] as const);
  const places = sql.match(/\?/g)?.map(() => null) ?? [];
  const rows = names.length > 0 ? explain.all(Object.fromEntries(names)) : explain.all(...places);
  return rows.map(({ detail }) => detail);
}

/** The plans of all statements that are prepared, on whatever connection, while the work is done. */
async function plansDuring(work: () => Promise<void>): Promise<Plans> {
  const plans = new Map<string, readonly string[]>();
  const { prototype } = Database as unknown as { readonly prototype: Database.Database };
  // oxlint-disable-next-line typescript/unbound-method -- called with the connection below
  const prepare = prototype.prepare;
  let explaining = false;
  prototype.prepare = function (this: Database.Database, sql: string) {
    const isAsked = !explaining && /^\s*(SELECT|INSERT|UPDATE|DELETE)/i.test(sql);
    // As it is prepared: only this connection knows the temporary tables that a statement may name.
    if (isAsked) {
      explaining = true;
      try {
        plans.set(sql.replaceAll(/\s+/g, " ").trim(), planOf(this, sql));
      } finally {
        explaining = false;
      }
    }
    return prepare.call(this, sql);
  } as typeof prepare;
  try {
    await work();
  } finally {
    prototype.prepare = prepare;
  }
  return plans;
}

async function drain(rows: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of rows);
}

/** Everything that a store prepares, at once or when it is first needed. */
async function useStore(file: string): Promise<void> {
  const service = await openTestService(CONFIG, new SqliteStore(file));
  const { store } = service;
  await service.post("crm", { id: 1, email: "ann@x", name: "Ann" });
  await service.post("crm", { id: 2, email: "bo@x", name: "Bo" });
  expect(await service.queries.journey("email:ann@x", { order: "asc", limit: 1 })).toBeDefined();
  for await (const { events } of store.people()) await drain(events);
  for (const request of [{}, { types: ["a"], sources: ["crm"], traits: ["name"] }])
    await drain(store.histories(request));
  const snapshot = await store.snapshot();
  await drain(snapshot.profiles());
  await drain(snapshot.journeys());
  await drain(snapshot.links());
  await snapshot.close();
  const erasure = { person: "email:bo@x", suppress: true, dryRun: false, by: undefined };
  expect(await service.erasures.erase(erasure)).toBeDefined();
  await service.close();
}

/** Names in a statement that stand for what is small or found already: temporary tables and parts in brackets. */
function passingNames(sql: string): ReadonlySet<string> {
  const names = [...sql.matchAll(/temp\.(\w+)(?: AS (\w+))?|\) AS (\w+)/g)];
  return new Set(
    names.flatMap(([, table, alias, part]) => [
      ...(table === undefined ? [] : [table, `temp.${table}`]),
      ...[alias ?? part ?? []].flat(),
    ]),
  );
}

const WALK = /^SCAN (?!\(subquery|CONSTANT ROW|json_each |\d+-ROW VALUES)([\w.]+)/;

/** The steps that walk a whole table or a whole index; to make an index for the statement alone is to walk, too. */
function walks(sql: string, steps: readonly string[]): string[] {
  const passing = passingNames(sql);
  return steps.filter((step) => {
    if (step.includes(" AUTOMATIC ")) return true;
    const walked = WALK.exec(step)?.[1];
    return walked !== undefined && !passing.has(walked);
  });
}

/** How statements begin that walk on purpose, by the reason. */
const ON_PURPOSE: Readonly<Record<string, readonly string[]>> = {
  "of versions and of settings there are a few rows": [
    "SELECT name FROM sqlite_master",
    'SELECT id, hash, created_at FROM "__drizzle_migrations"',
    'select "key", "value" from "meta"',
    'select "source", "outcome", "deliveries", "events" from "tallies"',
    'select "number", "name", "hash", "scopes", "created_at", "expires_at", "revoked_at" from "api_keys" order by',
  ],
  "looks at the first row and at no other": [
    "SELECT 1 FROM quarantine LIMIT 1",
    "SELECT 1 FROM erased_events LIMIT 1",
    "SELECT 1 FROM suppressed LIMIT 1",
    "SELECT EXISTS (SELECT 1 FROM api_keys)",
    'select "version", "text", "at" from "rules" order by "rules"."version" desc limit ?',
  ],
  "walks in the order of the table from its end, as far as a page goes": [
    'SELECT id, at, "by", profiles, suppressed, removed',
  ],
  "everything is asked for, or counted": [
    "SELECT ordinal, profile, generic, component, id, namespace, value, neighbours FROM identifier_rows ORDER BY ordinal",
    "SELECT l.a, l.b, l.trust = 'verified', l.evidence_at, l.rule || ' ' || l.subject FROM link_rows AS l WHERE :label IS NULL",
    "SELECT count(DISTINCT profile) FROM identifier_rows",
    "SELECT (SELECT count(DISTINCT profile) FROM identifier_rows) AS profiles",
    "SELECT DISTINCT profile FROM identifier_rows ORDER BY profile",
    "SELECT profile FROM identifier_rows AS i WHERE ordinal = (SELECT min(ordinal)",
    "SELECT a, b, trust, rule, subject FROM link_rows ORDER BY a, b",
  ],
  "an erasure takes rulings along that were taken back, which no index holds; people rule seldom": [
    "SELECT ordinal, id, namespace, value, profile, component, neighbours, generic, founded FROM identifier_rows WHERE ordinal IN ( SELECT a FROM decisions",
    "SELECT count(*) FROM decisions WHERE a IN",
    "DELETE FROM decisions WHERE a IN",
  ],
};

/** What is done for every event and every read, by how it begins: the step that finds the rows. */
const FOUND_BY: readonly (readonly [statement: string, step: string])[] = [
  [
    "SELECT ordinal, namespace, value, profile, component, sources, neighbours, (SELECT min",
    "SEARCH i USING INDEX identifiers_id_unique (id=?)",
  ],
  [
    "SELECT ordinal, namespace, value, profile, component, sources, neighbours, (SELECT min",
    "SEARCH m USING COVERING INDEX identifiers_by_profile (profile=?)",
  ],
  [
    "SELECT id, namespace, value FROM identifier_rows WHERE ordinal = ?",
    "SEARCH identifier_rows USING INTEGER PRIMARY KEY (rowid=?)",
  ],
  [
    "SELECT trust, evidence_at AS evidenceAt, rule, subject FROM link_rows",
    "SEARCH link_rows USING INDEX links_by_b (b=? AND a=? AND eligible=?)",
  ],
  [
    'SELECT at, source, "key" FROM trait_rows',
    "SEARCH trait_rows USING PRIMARY KEY (identifier=? AND name=?)",
  ],
  [
    'SELECT source, "key", received_at AS receivedAt',
    "SEARCH event_rows USING INDEX events_id_unique (id=?)",
  ],
  ["SELECT max(ordinal) FROM identifier_rows", "SEARCH identifier_rows"],
  [
    "SELECT max(profile) FROM identifier_rows",
    "SEARCH identifier_rows USING COVERING INDEX identifiers_by_profile",
  ],
  [
    "UPDATE identifier_rows SET profile = ? WHERE profile = ?",
    "SEARCH identifier_rows USING INDEX identifiers_by_profile (profile=?)",
  ],
  [
    "UPDATE identifier_rows SET neighbours = ?",
    "SEARCH identifier_rows USING INTEGER PRIMARY KEY (rowid=?)",
  ],
  [
    "UPDATE link_rows SET eligible = ?",
    "SEARCH link_rows USING INDEX links_by_b (b=? AND a=? AND eligible=?)",
  ],
  ["UPDATE trait_rows SET at = ?", "SEARCH trait_rows USING PRIMARY KEY (identifier=? AND name=?)"],
  [
    "DELETE FROM event_rows WHERE id = ? AND home IS NULL",
    "SEARCH event_rows USING INDEX events_id_unique (id=?)",
  ],
  [
    "SELECT payload FROM event_rows WHERE id = ?",
    "SEARCH event_rows USING INDEX events_id_unique (id=?)",
  ],
  [
    "SELECT ordinal, id, namespace, value, founded, sources,",
    "SEARCH identifier_rows USING INDEX identifiers_by_profile (profile=?)",
  ],
  [
    "SELECT min(occurred_at), max(occurred_at) FROM mentions",
    "SEARCH mentions USING PRIMARY KEY (identifier=?)",
  ],
  [
    "SELECT number, occurred_at FROM event_rows",
    "SEARCH event_rows USING COVERING INDEX events_by_home (home=? AND occurred_at",
  ],
  [
    'select "sequence", "kind", "at", "into"',
    "SEARCH change_rows USING INTEGER PRIMARY KEY (rowid>?)",
  ],
  [
    "SELECT id, source, type, received_at AS receivedAt, home IS NOT NULL",
    "SEARCH event_rows USING INDEX events_by_delivery (delivery=?)",
  ],
  [
    "SELECT max(delivery) FROM event_rows",
    "SEARCH event_rows USING COVERING INDEX events_by_delivery (delivery<?)",
  ],
];

let plans: Plans;

beforeAll(async () => {
  const { folder, remove } = removableFolder();
  plans = await plansDuring(() => useStore(join(folder, "selfsame.db")));
  remove();
});

const walking = () => [...plans].filter(([sql, steps]) => walks(sql, steps).length > 0);
const beginnings = Object.values(ON_PURPOSE).flat();
const isOnPurpose = (sql: string) => beginnings.some((beginning) => sql.startsWith(beginning));

describe("a statement of the store", () => {
  test("finds its rows by an index, but for a few that are known", () => {
    expect(plans.size).toBeGreaterThan(100);
    expect(walking().filter(([sql]) => !isOnPurpose(sql))).toEqual([]);
  });

  test("is one of these few only as long as it walks", () => {
    const texts = walking().map(([sql]) => sql);
    const stale = beginnings.filter((beginning) => !texts.some((sql) => sql.startsWith(beginning)));
    expect(stale).toEqual([]);
  });

  test.each(FOUND_BY)("%s…: %s", (statement, step) => {
    const found = [...plans].filter(([sql]) => sql.startsWith(statement));
    expect(found.length).toBeGreaterThan(0);
    for (const [, steps] of found)
      expect(steps.filter((one) => one.startsWith(step))).toHaveLength(1);
  });

  test.each([
    "SELECT * FROM event_rows WHERE payload = ?",
    "SELECT i.id FROM temp.planted AS g CROSS JOIN identifier_rows AS i ON i.value = g.value",
    "UPDATE event_rows SET home = :home WHERE delivery || '' = :delivery",
    "DELETE FROM trait_rows WHERE name || '' = ?",
    "SELECT number FROM event_rows ORDER BY source",
  ])("the canary: a walk is seen, in %s", async (sql) => {
    const file = join(temporaryFolder(), "selfsame.db");
    const store = new SqliteStore(file);
    const client = new Database(file);
    client.exec("CREATE TEMP TABLE planted (value TEXT)");
    const seen = await plansDuring(async () => void client.prepare(sql));
    client.close();
    await store.close();
    expect([...seen].flatMap(([text, steps]) => walks(text, steps))).toHaveLength(1);
    expect([...seen.keys()].some(isOnPurpose)).toBe(false);
  });
});
