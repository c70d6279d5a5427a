/** The SQL views as tools use them: found by indexes, beside a service that runs, and for reading alone. */
import { join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, test } from "vitest";
import { SqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import { postJson } from "../support/sender.ts";
import { serviceFiles, startService } from "../support/service-process.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { VIEWS, ViewReader } from "../support/views.ts";

async function emptyDatabase(): Promise<string> {
  const file = join(temporaryFolder(), "selfsame.db");
  await new SqliteStore(file).close();
  return file;
}

/** The steps that walk a whole table; a walk over what a subquery found is none. */
function walks(plan: readonly string[]): string[] {
  return plan.filter((step) => /^SCAN (?!\(subquery|events$|[A-Z])/.test(step));
}

describe("by an index is found", () => {
  test.each([
    "SELECT * FROM profiles WHERE id = 'pr_1'",
    "SELECT * FROM identifiers WHERE profile = 'pr_1'",
    "SELECT * FROM identifiers WHERE provisional = 'pr_1'",
    "SELECT * FROM journeys WHERE profile = 'pr_1'",
    "SELECT * FROM journeys WHERE profile = 'pr_1' AND occurred_at_ms >= 5 ORDER BY occurred_at_ms",
    "SELECT * FROM journeys WHERE event = 'ev_1'",
    "SELECT * FROM journeys WHERE provisional = 'pr_1'",
    "SELECT * FROM events WHERE id = 'ev_1'",
    "SELECT * FROM events WHERE delivery = 'dl_1'",
    "SELECT * FROM traits WHERE profile = 'pr_1'",
    "SELECT * FROM traits WHERE name = 'plan'",
    "SELECT * FROM links WHERE profile_a = 'pr_1'",
    "SELECT * FROM links WHERE profile_b = 'pr_1'",
    "SELECT * FROM links WHERE rule = 'limit'",
    "SELECT * FROM changes WHERE sequence > 5",
    "SELECT * FROM identifiers AS i JOIN journeys AS j ON j.profile = i.profile WHERE i.provisional = 'pr_1'",
  ])("%s", async (sql) => {
    const views = new ViewReader(await emptyDatabase());
    const plan = views.plan(sql);
    expect(walks(plan)).toEqual([]);
    expect(plan.join("\n")).toMatch(/^SEARCH \w+ USING/m);
    views.close();
  });

  test("an event of somebody, where `events` is asked; those of nobody are then not looked at", async () => {
    const views = new ViewReader(await emptyDatabase());
    // What is nobody's has no profile, which SQLite knows before it looks at a row.
    expect(walks(views.plan("SELECT * FROM events WHERE profile = 'pr_1'"))).toEqual([
      "SCAN e USING INDEX events_anonymous",
    ]);
    const first = views
      .plan("SELECT * FROM events WHERE profile = 'pr_1' AND occurred_at_ms < 5")
      .find((step) => step.includes("events_by_home"));
    expect(first).toBe("SEARCH e USING INDEX events_by_home (home=? AND occurred_at<?)");
    views.close();
  });

  test("questions over everybody, from the index of events alone", async () => {
    const views = new ViewReader(await emptyDatabase());
    for (const sql of [
      "SELECT source, type, count(*), count(DISTINCT profile) FROM journeys GROUP BY source, type",
      "SELECT profile, min(occurred_at_ms) FROM journeys WHERE type = 'a' GROUP BY profile",
    ])
      expect(walks(views.plan(sql))).toEqual(["SCAN e USING COVERING INDEX events_by_home"]);
    views.close();
  });

  test("the canary: a walk over a table is one", async () => {
    const views = new ViewReader(await emptyDatabase());
    expect(walks(views.plan("SELECT * FROM journeys WHERE payload = '1'"))).toHaveLength(1);
    expect(walks(views.plan("SELECT * FROM identifiers WHERE value = '1'"))).toHaveLength(1);
    views.close();
  });
});

test("a view cannot be written to, not even by who may write the database", async () => {
  const writer = new Database(await emptyDatabase());
  for (const view of VIEWS) {
    const [{ name: column }] = writer
      .prepare("SELECT name FROM pragma_table_info(?)")
      .all(view) as [{ name: string }];
    for (const sql of [
      `INSERT INTO ${view} ("${column}") VALUES (1)`,
      `UPDATE ${view} SET "${column}" = 1`,
      `DELETE FROM ${view}`,
    ])
      expect(() => writer.exec(sql)).toThrow(`cannot modify ${view} because it is a view`);
  }
  writer.close();
});

test("any tool reads them while the service runs, each statement as of one moment, and changes nothing", async () => {
  const files = serviceFiles(
    temporaryFolder(),
    "sources: { crm: { replaceProfileId: id, identifiers: { email: email } } }\n",
  );
  const service = await startService(files);
  const views = new ViewReader(files.database);
  const count = () => views.rows("SELECT count(*) AS n FROM journeys")[0]!["n"];
  expect(count()).toBe(0);
  await postJson(service.url, "crm", { id: 1, email: "ann@x" });
  await postJson(service.url, "crm", { id: 2, email: "ann@x" });
  expect(count()).toBe(2);
  expect(views.rows("SELECT identifier_count, event_count FROM profiles")).toEqual([
    { identifier_count: 3, event_count: 2 },
  ]);
  // Whoever reads keeps nobody from writing, and sees of that nothing before it is done.
  views.client.exec("BEGIN");
  expect(count()).toBe(2);
  await postJson(service.url, "crm", { id: 3 });
  expect(count()).toBe(2);
  views.client.exec("COMMIT");
  expect(count()).toBe(3);
  expect(() => views.client.exec("DELETE FROM event_rows")).toThrow("readonly");
  views.close();
});
