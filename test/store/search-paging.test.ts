/** What holds of the pages of a search while people merge between them, as the head of src/store/search.ts says it. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { SearchFilterInput } from "../../schema/http/search-filter.ts";
import { MemoryStore } from "../../src/store/memory.ts";
import { SEEDS } from "../support/ids.ts";
import {
  growingFilter,
  linksOf,
  naiveMatches,
  paged,
  postAll,
  SEARCH_CONFIG,
  singleFilter,
  valueFilter,
  worldOf,
  type WorldEvent,
} from "../support/searches.ts";
import { openTestService, type TestService } from "../support/service.ts";

type People = readonly (readonly string[])[];

interface Told {
  readonly atStart: People;
  /** As they were when they were told. */
  readonly told: People;
  readonly service: TestService;
}

const EVENTS_BETWEEN = 2;

/** Pages through a world, with some of the later events posted after each page. */
async function page(
  world: readonly WorldEvent[],
  later: readonly WorldEvent[],
  filter: SearchFilterInput,
  limit: number,
): Promise<Told> {
  const service = await openTestService(SEARCH_CONFIG, new MemoryStore(SEEDS));
  await postAll(service, world);
  const atStart = await naiveMatches(service.store, filter);
  const left = [...later];
  const told = await paged(service, filter, limit, async () => {
    for (const event of left.splice(0, EVENTS_BETWEEN)) await postAll(service, [event]);
  });
  return { atStart, told, service };
}

/** The same people as whom they are part of now, by their founders. */
async function founders(service: TestService, people: People): Promise<string[]> {
  const views = await Promise.all(people.map(([first]) => service.queries.profile(first!)));
  return views.map((view) => view!.identifiers[0]!.identifier);
}

/** Identifiers of people who were told though a part of them was told before. Who merges later was two people then. */
function twice(told: People): string[] {
  const identifiers = told.flat();
  return identifiers.filter((one, index) => identifiers.indexOf(one) !== index);
}

const limits = fc.integer({ min: 1, max: 3 });

describe("while events of all kinds come in", () => {
  test("nobody is told twice by a filter without not and eq", async () => {
    await fc.assert(
      fc.asyncProperty(
        worldOf(16),
        worldOf(12),
        growingFilter,
        limits,
        async (world, later, filter, limit) => {
          const renamed = later.map((event) => ({ ...event, id: `later ${event.id}` }));
          const { told } = await page(world, renamed, filter, limit);
          expect(twice(told)).toEqual([]);
        },
      ),
      { numRuns: 400 },
    );
  });
});

describe("while people merge", () => {
  test("everybody who matched at first is told once, where one identifier alone makes the match", async () => {
    await fc.assert(
      fc.asyncProperty(
        worldOf(16),
        linksOf(12),
        singleFilter,
        limits,
        async (world, links, filter, limit) => {
          const { atStart, told, service } = await page(world, links, filter, limit);
          expect(twice(told)).toEqual([]);
          const names = await founders(service, told);
          const missing = (await founders(service, atStart)).filter(
            (name) => !names.includes(name),
          );
          expect(missing).toEqual([]);
        },
      ),
      { numRuns: 400 },
    );
  });

  test("nobody is told twice by the values of their traits", async () => {
    await fc.assert(
      fc.asyncProperty(
        worldOf(16),
        linksOf(12),
        valueFilter,
        limits,
        async (world, links, filter, limit) => {
          const { told } = await page(world, links, filter, limit);
          expect(twice(told)).toEqual([]);
        },
      ),
      { numRuns: 400 },
    );
  });

  const crm = (id: string, ids: WorldEvent["ids"], name?: string): WorldEvent => ({
    source: "crm",
    id,
    t: Number(id),
    type: "visit",
    ids,
    traits: name === undefined ? {} : { name: JSON.stringify(name) },
  });
  const named = (name: string): SearchFilterInput => ({
    attribute: { field: "name", operator: "eq", value: name },
  });

  test("a match to come is told, though it merges into somebody older who was passed and did not match", async () => {
    const world = [
      crm("1", { chat: "old" }, "Bo"),
      crm("2", { chat: "first" }, "Ann"),
      crm("3", { chat: "second" }, "Ann"),
    ];
    const merge = crm("4", { chat: "old", email: "s@x" });
    const merge2 = crm("5", { chat: "second", email: "s@x" });
    const { told } = await page(world, [merge, merge2], named("Ann"), 1);
    // At the end the newest name of both is Ann, and the founder was there before the first page.
    expect(told.map(([founder]) => founder)).toEqual(["chat:first", "chat:old"]);
  });

  test("of two matches that merge the second is not told again", async () => {
    const world = [crm("1", { chat: "first" }, "Ann"), crm("2", { chat: "second" }, "Ann")];
    const merge = [
      crm("3", { chat: "first", email: "s@x" }),
      crm("4", { chat: "second", email: "s@x" }),
    ];
    const { told } = await page(world, merge, named("Ann"), 1);
    expect(told.map(([founder]) => founder)).toEqual(["chat:first"]);
  });

  test("who loses a value, and still has the identifier of that value, is not told again", async () => {
    const phone = (id: string, ids: WorldEvent["ids"], device?: string): WorldEvent => ({
      ...crm(id, ids),
      traits: device === undefined ? {} : { device: JSON.stringify(device) },
    });
    const world = [
      phone("1", { chat: "first" }, "d1"),
      phone("2", { chat: "first", device: "d1" }),
      phone("3", { chat: "second" }, "d1"),
      phone("4", { chat: "third" }, "Bo"),
    ];
    const merge = [
      phone("5", { chat: "first", email: "s@x" }),
      phone("6", { chat: "third", email: "s@x" }),
    ];
    const filter: SearchFilterInput = {
      attribute: { field: "device", operator: "eq", value: "d1" },
    };
    const { told } = await page(world, merge, filter, 1);
    expect(told.map(([founder]) => founder)).toEqual(["chat:first", "chat:second"]);
  });

  test("the limit of it: a match of two parts is lost where somebody passed had one of them", async () => {
    const both: SearchFilterInput = {
      or: [
        { identifier: "chat:first" },
        {
          and: [
            { attribute: { field: "name", operator: "exists" } },
            { attribute: { field: "device", operator: "exists" } },
          ],
        },
      ],
    };
    const world = [
      crm("1", { device: "passed" }),
      crm("2", { chat: "named" }, "Ann"),
      crm("3", { chat: "first" }),
      crm("4", { chat: "named", device: "own" }),
    ];
    const merge = crm("5", { chat: "named", device: "passed" });
    const apart = await page(world, [], both, 1);
    expect(apart.told.map(([founder]) => founder)).toEqual(["chat:first", "chat:named"]);
    const merged = await page(world, [merge], both, 1);
    expect(merged.told.map(([founder]) => founder)).toEqual(["chat:first"]);
  });
});
