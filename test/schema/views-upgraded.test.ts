/** The SQL views of a database that an earlier version wrote. */
import { expect, onTestFinished, test } from "vitest";
import { SqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import { ann, bo, card, mail } from "../support/commits.ts";
import { fill, firstVersion } from "../support/first-version.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { ViewReader } from "../support/views.ts";

test("the views tell what the first version wrote", async () => {
  const { file, client } = firstVersion(temporaryFolder());
  fill(client);
  const trait = client.prepare("INSERT INTO traits VALUES (?, ?, ?, ?, 1, 'crm', ?, 'ev_0')");
  trait.run(1, "name", '"Ann"', 500, "e0");
  trait.run(2, "name", '"Anna"', 700, "e1");
  trait.run(3, "score", "1.50", 600, "e3");
  client.exec(
    "INSERT INTO events VALUES (6, 'ev_5', 'crm', 'e5', 'm', 1, 1, 1, NULL, 'dl_2', '{}')",
  );
  client.close();
  await new SqliteStore(file).close();
  const views = new ViewReader(file);
  onTestFinished(() => views.close());

  const times = "first_seen_at_ms AS first, last_seen_at_ms AS last";
  expect(
    views.rows(
      `SELECT id, identifier_count, event_count, ${times} FROM profiles ORDER BY first, last`,
    ),
  ).toEqual([
    { id: bo.id, identifier_count: 2, event_count: 1, first: 400, last: 600 },
    { id: ann.id, identifier_count: 2, event_count: 4, first: 400, last: 800 },
  ]);
  expect(
    views.rows(
      `SELECT provisional, profile, generic, ${times} FROM identifiers ORDER BY identifier`,
    ),
  ).toEqual([
    { provisional: card.id, profile: bo.id, generic: 0, first: 600, last: 600 },
    { provisional: ann.id, profile: ann.id, generic: 0, first: 400, last: 800 },
    { provisional: bo.id, profile: bo.id, generic: 0, first: 400, last: 600 },
    { provisional: mail.id, profile: ann.id, generic: 0, first: 500, last: 800 },
  ]);
  expect(views.rows("SELECT id, profile FROM events ORDER BY id")).toEqual([
    { id: "ev_0", profile: ann.id },
    { id: "ev_1", profile: ann.id },
    { id: "ev_2", profile: ann.id },
    { id: "ev_3", profile: bo.id },
    { id: "ev_4", profile: ann.id },
    { id: "ev_5", profile: null },
  ]);
  expect(
    views.rows("SELECT event FROM journeys WHERE profile = ? ORDER BY occurred_at_ms", ann.id),
  ).toEqual([{ event: "ev_4" }, { event: "ev_0" }, { event: "ev_1" }, { event: "ev_2" }]);
  expect(views.rows("SELECT profile, name, text FROM traits ORDER BY name")).toEqual([
    { profile: ann.id, name: "name", text: "Anna" },
    { profile: bo.id, name: "score", text: "1.50" },
  ]);
  expect(views.rows("SELECT outcome, trust, events FROM links ORDER BY first_seen_at_ms")).toEqual([
    { outcome: "followed", trust: "claimed", events: 1 },
    { outcome: "followed", trust: "verified", events: 3 },
    { outcome: "followed", trust: "claimed", events: 1 },
  ]);
  expect(views.rows("SELECT kind, at, into_profile, from_profiles FROM changes")).toEqual([
    {
      kind: "merge",
      at: "1970-01-01T00:00:00.005Z",
      into_profile: ann.id,
      from_profiles: JSON.stringify([mail.id]),
    },
  ]);
});
