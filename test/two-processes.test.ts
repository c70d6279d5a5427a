import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { SqliteStore } from "../src/store/sqlite/sqlite-store.ts";
import { naivePeople, plainPeople } from "./support/naive-people.ts";
import { SCRIPT_CONFIG, scriptOf } from "./support/script.ts";
import { openTestService, type TestService } from "./support/service.ts";
import { temporaryFolder } from "./support/temporary.ts";

/** A service whose loads come back some turns of the event loop late, so that others commit before it does. */
function openDelayed(file: string, nextDelay: () => number): Promise<TestService> {
  const store = new SqliteStore(file);
  const load = store.load.bind(store);
  store.load = async (request) => {
    const loaded = await load(request);
    for (let turn = nextDelay(); turn > 0; turn--) await new Promise(setImmediate);
    return loaded;
  };
  return openTestService(SCRIPT_CONFIG, store, { batchEventsMax: 2 });
}

test("I1, I4: two services on one file, in any interleaving and each delivery sent twice, make the same people", async () => {
  const folder = temporaryFolder();
  let run = 0;
  const sides = fc.array(fc.boolean(), { minLength: 24, maxLength: 24 });
  const delays = fc.array(fc.nat({ max: 6 }), { minLength: 1, maxLength: 10 });
  await fc.assert(
    fc.asyncProperty(scriptOf(12), sides, delays, async (script, side, turns) => {
      const file = join(folder, `${run++}.db`);
      let loads = 0;
      const nextDelay = () => turns[loads++ % turns.length]!;
      const services = [
        await openDelayed(file, nextDelay),
        await openDelayed(file, nextDelay),
      ] as const;
      try {
        const receipts = await Promise.all(
          [...script, ...script].map((event, index) =>
            services[side[index]! ? 1 : 0].post(event.source, event),
          ),
        );
        const outcomes = receipts.map(([receipt]) => receipt!.outcome);
        expect(outcomes.filter((outcome) => outcome === "duplicate")).toHaveLength(script.length);
        for (const { store } of services)
          expect(await plainPeople(store.people())).toEqual(naivePeople(script));
      } finally {
        for (const service of services) await service.close();
      }
    }),
    { numRuns: 40 },
  );
});
