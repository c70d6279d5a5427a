import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { SqliteStore } from "../src/store/sqlite/sqlite-store.ts";
import { naivePeople, plainPeople } from "./support/naive-people.ts";
import { SCRIPT_CONFIG, scriptOf } from "./support/script.ts";
import { openTestService, type TestService } from "./support/service.ts";
import { temporaryFolder } from "./support/temporary.ts";

test("I1, I4: two services on one file, at once and each with half of the deliveries twice, make the same people", async () => {
  const folder = temporaryFolder();
  let run = 0;
  const playing = fc.tuple(scriptOf(20), fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }));
  await fc.assert(
    fc.asyncProperty(playing, async ([script, sides]) => {
      const file = join(folder, `${run++}.db`);
      const services: TestService[] = [];
      for (let index = 0; index < 2; index++)
        services.push(
          await openTestService(SCRIPT_CONFIG, new SqliteStore(file), { batchEventsMax: 2 }),
        );
      try {
        const receipts = await Promise.all(
          [...script, ...script].map((event, index) =>
            services[sides[index]! ? 1 : 0]!.post(event.source, event),
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
    { numRuns: 20 },
  );
});
