/** How the SQLite store searches: by indexes, never by reading a table through, and within its bounds. */
import { join } from "node:path";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import type { SearchFilter } from "../../../src/store/search.ts";
import { openDatabase } from "../../../src/store/sqlite/database.ts";
import { prepareLookups, prepareProfileRead } from "../../../src/store/sqlite/reads.ts";
import { CANDIDATE_STATEMENTS } from "../../../src/store/sqlite/search-candidates.ts";
import {
  prepareSearch,
  WALK_STATEMENT,
  type SearchBounds,
} from "../../../src/store/sqlite/search.ts";
import { SEARCH_STATEMENTS } from "../../../src/store/sqlite/searched-people.ts";
import { SqliteStore } from "../../../src/store/sqlite/sqlite-store.ts";
import {
  anyFilter,
  postAll,
  SEARCH_CONFIG,
  worldOf,
  type WorldEvent,
} from "../../support/searches.ts";
import { openTestService, type TestService } from "../../support/service.ts";
import { temporaryFolder } from "../../support/temporary.ts";

interface World {
  readonly file: string;
  readonly service: TestService;
}

async function worldWith(events: readonly WorldEvent[]): Promise<World> {
  const file = join(temporaryFolder(), "selfsame.db");
  const service = await openTestService(SEARCH_CONFIG, new SqliteStore(file));
  onTestFinished(() => service.close());
  await postAll(service, events);
  return { file, service };
}

function openReader(file: string) {
  const database = openDatabase(file, { readonly: true });
  onTestFinished(() => void database.client.close());
  return database;
}

type Steps = readonly string[];

test("every statement of a search is answered from an index", async () => {
  const { client } = openReader((await worldWith([])).file);
  const planOf = (statement: string): Steps => {
    const named = Object.fromEntries(
      [...statement.matchAll(/:(\w+)/g)].map(([, name]) => [name!, null]),
    );
    const rows = client.prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${statement}`);
    const placeholders = statement.match(/\?/g)?.map(() => null) ?? [];
    return (placeholders.length > 0 ? rows.all(...placeholders) : rows.all(named)).map(
      ({ detail }) => detail,
    );
  };
  const isThrough = (detail: string) => /^SCAN|TEMP B-TREE/.test(detail);
  const plans = Object.entries({
    ...SEARCH_STATEMENTS,
    ...CANDIDATE_STATEMENTS,
    walk: WALK_STATEMENT,
  });
  for (const [name, statement] of plans) {
    // The rows to be counted are a table of their own that has been found already.
    const steps = planOf(statement).filter((step) => !step.startsWith("SCAN (subquery"));
    expect({ name, through: steps.filter(isThrough) }).toEqual({ name, through: [] });
  }
  expect(planOf(CANDIDATE_STATEMENTS.byText)[0]).toContain("traits_by_value (name=? AND <expr>=?)");
  expect(planOf(CANDIDATE_STATEMENTS.byNumber)[0]).toContain(
    "traits_by_value (name=? AND <expr>>?",
  );
  expect(planOf(SEARCH_STATEMENTS.events).join()).toContain("COVERING INDEX events_by_home");
  // The canary: what has no index is seen to be read through.
  expect(planOf("SELECT 1 FROM identifier_rows WHERE namespace = ?").some(isThrough)).toBe(true);
});

/** Page after page, by how many each found. */
function pages(file: string, filter: SearchFilter, limit: number, bounds?: SearchBounds) {
  const database = openReader(file);
  const lookups = prepareLookups(database);
  const search = prepareSearch(database, lookups, prepareProfileRead(database, lookups), bounds);
  const found: string[] = [];
  const lengths: number[] = [];
  for (let after: number | undefined = 0; after !== undefined;) {
    const page = search({ filter, after, limit, bytesMax: 1e9 });
    found.push(...page.profiles.map(({ id }) => id));
    lengths.push(page.profiles.length);
    after = page.next;
  }
  return { found, lengths };
}

const visit = (number: number, ids: WorldEvent["ids"], name: string): WorldEvent => ({
  source: "crm",
  id: `v${number}`,
  t: number,
  type: "visit",
  ids,
  traits: { name: JSON.stringify(name) },
});

test("a page that has looked at as much as it may ends short or empty, and says where the next one goes on", async () => {
  const events = Array.from({ length: 20 }, (_, number) =>
    visit(number, { chat: `U${number}` }, number === 17 ? "Ann" : "Bo"),
  );
  const { file } = await worldWith(events);
  const ann: SearchFilter = { kind: "equals", name: "name", value: '"Ann"', id: undefined };
  const bound = { walkedMax: 5, candidatesMax: 0 };
  expect(pages(file, ann, 10, bound).lengths).toEqual([0, 0, 0, 1, 0]);
  const bo: SearchFilter = { kind: "not", of: ann };
  expect(pages(file, bo, 10, bound).lengths).toEqual([5, 5, 5, 4, 0]);
  expect(pages(file, bo, 4, bound).lengths).toEqual([4, 4, 4, 4, 3]);
  expect(pages(file, ann, 10).lengths).toEqual([1]);
  expect(pages(file, bo, 10).lengths).toEqual([10, 9]);
});

test("a page ends before its profiles are too long, though never before its first", async () => {
  const long = "x".repeat(1000);
  const events = Array.from({ length: 4 }, (_, number) =>
    visit(number, { chat: `U${number}` }, long),
  );
  const { service } = await worldWith(events);
  const lengthsBy = async (bytesMax: number) => {
    const lengths: number[] = [];
    for (let after: number | undefined = 0; after !== undefined;) {
      const page = await service.store.search({
        filter: { kind: "everybody" },
        after,
        limit: 9,
        bytesMax,
      });
      lengths.push(page.profiles.length);
      after = page.next;
    }
    return lengths;
  };
  expect(await lengthsBy(1)).toEqual([1, 1, 1, 1]);
  expect(await lengthsBy(4500)).toEqual([3, 1]);
  expect(await lengthsBy(10_000)).toEqual([4]);
});

test("whoever is found does not depend on the bounds, nor on what the index names", async () => {
  await fc.assert(
    fc.asyncProperty(
      worldOf(14),
      fc.array(anyFilter, { minLength: 3, maxLength: 6 }),
      fc.record({ walkedMax: fc.integer({ min: 1, max: 9 }), candidatesMax: fc.nat({ max: 3 }) }),
      fc.integer({ min: 1, max: 3 }),
      async (world, filters, bounds, limit) => {
        const { file, service } = await worldWith(world);
        for (const filter of filters) {
          const asked = await service.search.request({ filter, after: 0, limit });
          if ("faults" in asked) return expect.unreachable();
          const { filter: compiled } = asked.request;
          expect(pages(file, compiled, limit, bounds).found).toEqual(
            pages(file, compiled, 1000).found,
          );
        }
      },
    ),
    { numRuns: 25 },
  );
});
