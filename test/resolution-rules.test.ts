/**
 * People who share mailboxes and numbers, and whose addresses strangers name: with the rules on, nobody is taken for
 * somebody else, and whoever is torn apart is so by a rule that the service can name.
 */
import { describe, expect, test } from "vitest";
import { truthOf, type Cast } from "./support/simulator/cast.ts";
import { freshStore } from "./support/simulator/databases.ts";
import { IDENTITY_RULES } from "./support/simulator/identity-rules.ts";
import { explainMisses, missesOf, pairsByRule } from "./support/simulator/misses.ts";
import { openServiceFor, play } from "./support/simulator/play.ts";
import { scorePeople } from "./support/simulator/score-people.ts";
import { simulate } from "./support/simulator/simulate.ts";

const PEOPLE = { people: 120, deliveries: 4000, sharedMailbox: false };
const SHARING = {
  // Two that stay below what makes a value generic, and two far above.
  mailboxes: [3, 5, 30, 60],
  recycledPhones: 12,
  // More than make a value generic: they all name one victim.
  formAttackers: 10,
  secondAccounts: 6,
};

async function resolved(cast: Cast) {
  const truth = truthOf(cast.deliveries);
  const store = freshStore("memory");
  const service = await openServiceFor(cast, store);
  await play(service, cast.deliveries);
  const score = await scorePeople(store.people(), truth);
  const misses = await explainMisses(await missesOf(store.people(), truth), (a, b) =>
    service.queries.explain(a, b),
  );
  await service.close();
  return { score, misses };
}

async function scoreOf(cast: Cast) {
  const store = freshStore("memory");
  const service = await openServiceFor(cast, store);
  await play(service, cast.deliveries);
  const score = await scorePeople(store.people(), truthOf(cast.deliveries));
  await service.close();
  return score;
}

/** How many pairs of events are one person's. */
function truePairs(cast: Cast): number {
  const events = new Map<number, number>();
  for (const person of truthOf(cast.deliveries).values())
    events.set(person, (events.get(person) ?? 0) + 1);
  return [...events.values()].reduce((sum, count) => sum + (count * (count - 1)) / 2, 0);
}

describe.each([1, 2, 3])("people who share, with the rules on (seed %i)", async (seed) => {
  const cast = simulate({ seed, ...PEOPLE, ...SHARING });

  test("are never taken for each other, and every pair that is missed is missed by a rule", async () => {
    const { score, misses } = await resolved(cast);
    const pairs = pairsByRule(misses);
    console.info(
      `seed ${seed}: precision ${score.precision}, recall ${score.recall.toFixed(4)}, missed pairs of events by rule:`,
      pairs,
    );
    expect(score.precision).toBe(1);
    expect(score.truePeople).toBe(PEOPLE.people);
    expect(misses.filter(({ because }) => because.length === 0)).toEqual([]);

    // Each rule that can tear somebody apart in this cast does, or nothing here would show that it is named.
    const rules = new Set(misses.flatMap(({ because }) => because.map(({ rule }) => rule)));
    expect([...rules].toSorted()).toEqual(["generic", "limit", "trust"]);
    const missed = Object.values(pairs).reduce((sum, count) => sum + count, 0);
    expect(1 - missed / truePairs(cast)).toBeCloseTo(score.recall, 10);
    expect(score.recall).toBeGreaterThan(0.7);
  });

  test("keep their own addresses, however many strangers name them", async () => {
    const own = new Set(
      cast.people.flatMap(({ emails }) => emails.map((email) => `email:${email}`)),
    );
    const { misses } = await resolved(cast);
    const byGeneric = misses.flatMap(({ because }) =>
      because.filter(({ rule }) => rule === "generic"),
    );
    expect(byGeneric.length).toBeGreaterThan(0);
    expect(byGeneric.filter(({ a, b }) => own.has(a) || own.has(b))).toEqual([]);
  });
});

// The canaries: without the rules, each kind of sharing alone makes one person of several.
test.each([
  ["a small mailbox", { mailboxes: [3] }],
  ["a large mailbox", { mailboxes: [30] }],
  ["recycled numbers", { recycledPhones: 5 }],
  ["an open form", { formAttackers: 2 }],
])("precision falls by %s alone, without the rules (seed 1)", async (_, sharing) => {
  const cast = simulate({
    seed: 1,
    people: 60,
    deliveries: 2000,
    sharedMailbox: false,
    ...sharing,
  });
  const config = cast.config.replace(IDENTITY_RULES, "");
  expect(config).not.toBe(cast.config);
  const score = await scoreOf({ ...cast, config });
  expect(score.precision).toBeLessThan(1);
});

test("a second account of one's own is torn off by the limit alone (seed 1)", async () => {
  const options = { seed: 1, people: 60, deliveries: 2000, sharedMailbox: false };
  const cast = simulate({ ...options, secondAccounts: 5 });
  const unlimited = cast.config.replace("user_id: { limit: 1,", "user_id: {");
  expect(unlimited).not.toBe(cast.config);
  const limited = await scoreOf(cast);
  const free = await scoreOf({ ...cast, config: unlimited });
  expect([limited.precision, free.precision]).toEqual([1, 1]);
  expect(limited.peopleFound).toBe(free.peopleFound + 5);
  expect(limited.recall).toBeLessThan(free.recall);
});
