import { describe, expect, test } from "vitest";
import { truthOf, type Cast } from "./support/simulator/cast.ts";
import { freshStore, type DatabaseKind } from "./support/simulator/databases.ts";
import { openServiceFor, play } from "./support/simulator/play.ts";
import { scorePeople } from "./support/simulator/score-people.ts";
import { simulate } from "./support/simulator/simulate.ts";

async function scoreOf(cast: Cast, kind: DatabaseKind) {
  const store = freshStore(kind);
  const service = await openServiceFor(cast, store);
  await play(service, cast.deliveries);
  const score = await scorePeople(store.people(), truthOf(cast.deliveries));
  await service.close();
  return score;
}

describe.each(["memory", "SQLite"] as const)("people resolved in %s", (kind) => {
  test.each([1, 2, 3])("are exactly the true people (seed %i)", async (seed) => {
    const cast = simulate({ seed, people: 60, deliveries: 1200, sharedMailbox: false });
    expect(await scoreOf(cast, kind)).toEqual({
      precision: 1,
      recall: 1,
      peopleFound: 60,
      truePeople: 60,
    });
  });

  // Without rules of one's own, a mailbox of a few looks like anybody's address, and its writers become one person. What
  // rules can do where every writer has an account is in resolution-rules.test.ts.
  test.each([1, 2, 3])(
    "are too few where an office shares a mailbox, but nobody is torn apart (seed %i)",
    async (seed) => {
      const cast = simulate({ seed, people: 60, deliveries: 1200, sharedMailbox: true });
      const inOffice = cast.people.filter(({ usesOffice }) => usesOffice).length;
      const score = await scoreOf(cast, kind);
      expect(score).toMatchObject({ recall: 1, peopleFound: 60 - inOffice + 1, truePeople: 60 });
      expect(score.precision).toBeLessThan(1);
    },
  );
});

// The canary: without the events that prove two ids to be one person's, the same measurement falls.
test("recall falls where Slack never tells an address (seed 1)", async () => {
  const cast = simulate({ seed: 1, people: 60, deliveries: 1200, sharedMailbox: false });
  const untold = cast.deliveries.filter(
    ({ body }) => !/"type":"(user_change|team_join)"/.test(body),
  );
  const score = await scoreOf({ ...cast, deliveries: untold }, "memory");
  expect(score.precision).toBe(1);
  expect(score.recall).toBeLessThan(1);
});
