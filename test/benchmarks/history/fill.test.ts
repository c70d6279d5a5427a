/** What the filler puts into a database is what the service makes of the same deliveries. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { fillHistory } from "../../../benchmarks/history/fill.ts";
import { CONFIGURATION, EVENTS_EACH, shopEvent } from "../../../benchmarks/history/people.ts";
import { DATABASE, receive, withService } from "../../../benchmarks/in-process.ts";
import Database from "better-sqlite3";
import type { Service } from "../../../src/service.ts";

const PEOPLE = 40;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fill-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function factsOf({ queries, rulebook }: Service) {
  const { differing } = await rulebook.rebuild({ check: true });
  const stats = await queries.stats();
  const profile = (await queries.profile("shop:u-7"))!;
  const { links } = (await queries.graph("shop:u-7"))!;
  return {
    digest: await queries.digest(),
    differing,
    stats,
    seen: [profile.firstSeenAt, profile.lastSeenAt],
    traits: profile.traits.map(({ name, value, at }) => [name, value, at]),
    // Which end is told first follows from the ids.
    links: links.map(({ a, b, trust, outcome, events }) => [
      [a, b].toSorted((left, right) => (left < right ? -1 : 1)),
      trust,
      outcome,
      events,
    ]),
    identifiers: profile.identifiers.map(({ identifier, sources }) => [identifier, sources]),
  };
}

/** Rows by table, and the indexes. */
function shapeOf(inside: string) {
  const database = new Database(join(inside, DATABASE), { readonly: true });
  try {
    const tables = database
      .prepare<[], string>("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
      .pluck()
      .all();
    return {
      indexes: database
        .prepare("SELECT name, sql FROM sqlite_master WHERE type = 'index' ORDER BY name")
        .all(),
      counts: tables.map((table) => [
        table,
        database.prepare(`SELECT count(*) FROM "${table}"`).pluck().get(),
      ]),
    };
  } finally {
    database.close();
  }
}

test("a filled history is the one that the service stores, and a rebuild finds nothing to change", async () => {
  const [filled, received] = [mkdtempSync(join(folder, "a-")), mkdtempSync(join(folder, "b-"))];
  await fillHistory(filled, PEOPLE);
  const expected = await withService(received, CONFIGURATION, {}, async (service) => {
    for (let person = 0; person < PEOPLE; person++)
      for (let number = 0; number < EVENTS_EACH; number++)
        await receive(service, { source: "shop", body: shopEvent(person, number).body });
    return factsOf(service);
  });
  const facts = await withService(filled, CONFIGURATION, {}, factsOf);
  expect(facts).toStrictEqual(expected);
  expect(facts.differing).toStrictEqual({ identifiers: 0, neighbours: 0, links: 0 });
  expect(facts.digest.events).toBe(PEOPLE * EVENTS_EACH);
  expect(shapeOf(filled)).toStrictEqual(shapeOf(received));
});

test("what is filled is known to the service: a redelivery is a duplicate, a new event is not", async () => {
  await fillHistory(folder, PEOPLE);
  await withService(folder, CONFIGURATION, {}, async (service) => {
    const again = receive(service, { source: "shop", body: shopEvent(3, 1).body });
    await expect(again).rejects.toThrow("duplicate");
    await receive(service, { source: "shop", body: shopEvent(3, EVENTS_EACH).body });
    expect((await service.queries.profile("email:person.3@example.com"))!.eventCount).toBe(
      EVENTS_EACH + 1,
    );
  });
});
