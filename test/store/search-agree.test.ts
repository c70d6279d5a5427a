/** Whoever is searched for, every store finds the same people in the same order, and those whom looking at everybody finds. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { MemoryStore } from "../../src/store/memory.ts";
import { SEEDS } from "../support/ids.ts";
import {
  anyFilter,
  naiveMatches,
  paged,
  postAll,
  SEARCH_CONFIG,
  worldOf,
} from "../support/searches.ts";
import { openTestService } from "../support/service.ts";
import { storeKinds } from "../support/stores.ts";

const others = storeKinds.filter(({ name }) => name !== "memory");

test.each(others)("$name finds whom memory finds, in pages of any size", async (kind) => {
  await fc.assert(
    fc.asyncProperty(
      worldOf(14),
      fc.option(fc.nat({ max: 99 }), { nil: undefined }),
      fc.array(anyFilter, { minLength: 5, maxLength: 10 }),
      fc.integer({ min: 1, max: 4 }),
      async (world, splitPick, filters, limit) => {
        const opened = kind.open();
        const services = [
          await openTestService(SEARCH_CONFIG, new MemoryStore(SEEDS)),
          await openTestService(SEARCH_CONFIG, opened.store),
        ] as const;
        try {
          for (const service of services) {
            await postAll(service, world);
            if (splitPick !== undefined) await splitOne(service, splitPick);
          }
          const [reference, other] = services;
          for (const filter of [undefined, ...filters]) {
            const expected = await paged(reference, filter, limit);
            expect(await paged(other, filter, limit)).toEqual(expected);
            expect(await paged(other, filter, 1000)).toEqual(expected);
            const found = await naiveMatches(reference.store, filter ?? { and: [] });
            expect(inAnyOrder(expected)).toEqual(inAnyOrder(found));
          }
        } finally {
          for (const service of services) await service.close();
          await opened.dispose();
        }
      },
    ),
    { numRuns: 150 },
  );
});

function byText(left: readonly string[], right: readonly string[]): number {
  return left.join() < right.join() ? -1 : 1;
}

function inAnyOrder(people: readonly (readonly string[])[]) {
  return people.toSorted(byText);
}

/** Two identifiers of one person, where there is one who has two. */
async function splitOne(
  { store, decisions }: Awaited<ReturnType<typeof openTestService>>,
  pick: number,
): Promise<void> {
  const several: string[][] = [];
  for await (const { members } of store.people())
    if (members.length > 1)
      several.push(members.map(({ namespace, value }) => `${namespace}:${value}`).toSorted());
  if (several.length === 0) return;
  const [a, b] = several.sort(byText)[pick % several.length]! as [string, string];
  const request = {
    kind: "split" as const,
    a,
    b,
    reason: "two people",
    by: undefined,
    dryRun: false,
  };
  expect(await decisions.decide(request)).toMatchObject({ kind: "decided" });
}
