import { join } from "node:path";
import { expect, test } from "vitest";
import type { HistoryRequest } from "../../../src/store/histories.ts";
import { openDatabase } from "../../../src/store/sqlite/database.ts";
import { historiesSql } from "../../../src/store/sqlite/histories.ts";
import { SqliteStore } from "../../../src/store/sqlite/sqlite-store.ts";
import { commitOf, created, event, fresh, node } from "../../support/commits.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const REQUESTS: readonly HistoryRequest[] = [
  {},
  { types: ["a", "b"], sources: ["c"], from: 1, to: 2, traits: ["city"] },
];

function planOf(request: HistoryRequest, change = (statement: string) => statement): string[] {
  const { client } = openDatabase(join(temporaryFolder(), "a.db"));
  try {
    const sql = change(historiesSql(request));
    const binding = { first: 0, last: 1, from: 0, to: 1, types: "[]", sources: "[]" };
    return client
      .prepare<[object], { readonly detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
      .all(binding)
      .map(({ detail }) => detail);
  } finally {
    client.close();
  }
}

test.each(REQUESTS)("is answered from two covering indexes and sorts nothing: %j", (request) => {
  const plan = planOf(request);
  expect(plan.slice(0, 2)).toEqual([
    expect.stringMatching(/^SEARCH i USING COVERING INDEX identifiers_by_profile \(profile>/),
    expect.stringMatching(
      /^SEARCH e USING COVERING INDEX events_by_home \(home=\? AND occurred_at>\? AND occurred_at<\?\)$/,
    ),
  ]);
  expect(plan.join("\n")).not.toMatch(/TEMP B-TREE/);
});

test("the canary: one more column is not in the index, another order is sorted", () => {
  const more = planOf({}, (sql) => sql.replace("e.number", 'e.number, e."key"'));
  expect(more[1]).toMatch(/^SEARCH e USING INDEX events_by_home/);
  const order = planOf({}, (sql) => sql.replace("ORDER BY", "ORDER BY e.occurred_at,"));
  expect(order.join("\n")).toMatch(/USE TEMP B-TREE FOR ORDER BY/);
});

test("people at the border of two statements are told once, and whole", async () => {
  const store = new SqliteStore(join(temporaryFolder(), "a.db"));
  try {
    // Three identifiers a person, so that the thousandth is in the middle of one.
    const members = Array.from({ length: 3003 }, (_, index) => node("chat", `${index}`));
    const { basis } = await store.load({ identifiers: [], pairs: [], traits: [], events: [] });
    const commit = commitOf({
      identifiers: members.map((member, index) => created(member, fresh(Math.floor(index / 3)))),
      events: members.map((member, index) => event(`e${index}`, member)),
    });
    expect(await store.commit(commit, basis)).toBe("committed");
    const seen = new Map<string, number>();
    for await (const { profile, events } of store.histories({})) {
      expect(seen.has(profile)).toBe(false);
      seen.set(profile, events.length);
    }
    expect(seen.size).toBe(1001);
    expect(new Set(seen.values())).toEqual(new Set([3]));
  } finally {
    await store.close();
  }
});
