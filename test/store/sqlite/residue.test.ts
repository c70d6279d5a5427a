/** The database file holds no byte of whoever was erased, whatever was written and rewritten before. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import fc from "fast-check";
import { expect, test } from "vitest";
import { SqliteStore } from "../../../src/store/sqlite/sqlite-store.ts";
import { openTestService, type TestService } from "../../support/service.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const CONFIG = `
sources:
  crm:
    replaceProfileId: id
    eventId: e
    occurredAt: t
    identifiers: { email: mail, device: device }
    traits: { name: name, note: note, city: city }
  strict: { replaceProfileId: user, eventId: e, withoutId: quarantine }
  open: { replaceProfileId: user, eventId: e }
`;

const PEOPLE = 60;
const EVENTS = 4000;

interface Drawn {
  readonly person: number;
  readonly length: number;
  readonly hasMail: boolean;
  readonly kind: number;
}

const drawn: fc.Arbitrary<Drawn> = fc.record({
  person: fc.nat({ max: PEOPLE - 1 }),
  length: fc.oneof(fc.nat({ max: 40 }), fc.nat({ max: 900 }), fc.nat({ max: 6000 })),
  hasMail: fc.boolean(),
  kind: fc.nat({ max: 39 }),
});

/** What stands in everything that is about a person, and in nothing else. */
const mark = (person: number) => `zq${String(person).padStart(3, "0")}qz`;

function bodyOf({ person, length, hasMail }: Drawn, number: number): Record<string, unknown> {
  const own = mark(person);
  return {
    e: `${own}-${number}`,
    t: number % 977,
    id: `user-${own}`,
    ...(hasMail ? { mail: `${own}@example.com` } : { device: `device-${own}-${number % 7}` }),
    name: `Name ${own} ${number}`,
    ...(number % 3 === 0 ? { note: `${own} `.repeat(length / 50) } : {}),
    city: `${own}-${"c".repeat(length % 90)}`,
    text: `${own} ${"x".repeat(length)} ${own}`,
  };
}

/** From number `first` on; what cannot be mapped is among them where `unmapped`. */
async function fill(
  service: TestService,
  events: readonly Drawn[],
  first: number,
  unmapped: boolean,
): Promise<void> {
  const AT_ONCE = 50;
  for (let from = 0; from < events.length; from += AT_ONCE)
    await Promise.all(
      events.slice(from, from + AT_ONCE).map((event, index) => {
        const number = first + from + index;
        const own = mark(event.person);
        if (unmapped && event.kind === 0)
          return service.post("strict", { e: number, deep: [`user-${own}`] });
        if (unmapped && event.kind === 1)
          return service.post("open", { e: number, who: `${own}@example.com` });
        return service.post("crm", bodyOf(event, number));
      }),
    );
}

/** How often the marks stand in the files, by file. */
function found(file: string, people: readonly number[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const suffix of ["", "-wal", "-shm"]) {
    if (!existsSync(file + suffix)) continue;
    const bytes = readFileSync(file + suffix).toString("latin1");
    const count = people.reduce((sum, one) => sum + bytes.split(mark(one)).length - 1, 0);
    if (count > 0) counts[suffix] = count;
  }
  return counts;
}

/** Half of the people with all their events, over one commit after the other, and half of those again later. */
async function eraseMany(file: string, events: readonly Drawn[]): Promise<void> {
  const store = new SqliteStore(file);
  const service = await openTestService(CONFIG, store);
  const half = events.length / 2;
  await fill(service, events.slice(0, half), 0, true);
  const erased: number[] = [];
  for (let person = 0; person < PEOPLE; person += 5) {
    const receipt = await service.erasures.erase({
      person: `crm:user-${mark(person)}`,
      suppress: true,
      dryRun: false,
      by: undefined,
    });
    if (receipt === undefined) continue;
    expect(receipt.storage).toBe("clean");
    erased.push(person);
    expect(found(file, erased)).toEqual({});
  }
  expect(erased.length).toBeGreaterThan(PEOPLE / 6);
  // The canary: of the others the files are full.
  expect(found(file, [1])).not.toEqual({});
  await fill(service, events.slice(half), half, false);
  expect(found(file, erased)).toEqual({});
  await service.close();
  expect(found(file, erased)).toEqual({});
}

/** By a seed, so that a failure is told in a line. */
const eventsOf = (seed: number) => fc.sample(drawn, { seed, numRuns: EVENTS });

test("I12: no byte of an erased person stands in the file, the log or the index of it", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer(), (seed) =>
      eraseMany(join(temporaryFolder(), "a.db"), eventsOf(seed)),
    ),
    { numRuns: 1, endOnFailure: true },
  );
});

test("I12: nor where rows were deleted before without being overwritten", async () => {
  const file = join(temporaryFolder(), "b.db");
  await new SqliteStore(file).close();
  const client = new Database(file);
  client.pragma("secure_delete = OFF");
  client.exec("CREATE TABLE scrap (id INTEGER PRIMARY KEY, text TEXT)");
  const insert = client.prepare("INSERT INTO scrap (text) VALUES (?)");
  for (let number = 0; number < 3000; number++) insert.run(`${mark(number % PEOPLE)} was here`);
  client.exec("DELETE FROM scrap");
  client.close();
  expect(found(file, [0])).not.toEqual({});
  await fc.assert(
    fc.asyncProperty(fc.integer(), (seed) => eraseMany(file, eventsOf(seed))),
    { numRuns: 1, endOnFailure: true },
  );
});
