/** What was quarantined and is replayed is what it would have been had the configuration been right from the start. */
import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import type { IncomingDelivery } from "../src/messages.ts";
import type { Store } from "../src/store/store.ts";
import {
  configOf,
  countsOf,
  eventCountsOf,
  mishapDeliveries,
  RIGHT_PATH,
  WRONG_PATH,
} from "./support/mishap.ts";
import { openTestService, receivedEvents, type TestService } from "./support/service.ts";
import { storeKinds, type StoreKind, type TestStore } from "./support/stores.ts";

const RIGHT = configOf(RIGHT_PATH);
const WRONG = configOf(WRONG_PATH);

const opened: TestStore[] = [];
async function disposeAll() {
  for (const test of opened.splice(0)) await test.dispose();
}
afterEach(disposeAll);

function newStore(kind: StoreKind): Store {
  const test = kind.open();
  opened.push(test);
  return test.store;
}

async function receive(service: TestService, deliveries: readonly IncomingDelivery[]) {
  const receipts = await Promise.all(
    deliveries.map((delivery) => service.engine.receive(delivery)),
  );
  return receipts.map(receivedEvents);
}

async function quarantinedIds({ store }: TestService): Promise<string[]> {
  return (await store.keptDeliveries({ limit: 10_000 })).map(({ id }) => id);
}

async function replayAll(service: TestService, atOnce = 50): Promise<void> {
  const ids = await quarantinedIds(service);
  for (let start = 0; start < ids.length; start += atOnce)
    await service.quarantine.replay(ids.slice(start, start + atOnce));
}

async function stateOf(service: TestService) {
  return { digest: await service.digest(), counts: await countsOf(service) };
}

describe.each(storeKinds)("in $name", (kind) => {
  test("I7: 1,000 deliveries by a wrong configuration, replayed by the right one, are as from the start", async () => {
    const deliveries = fc.sample(mishapDeliveries, { numRuns: 1000, seed: 4711 });
    const reference = await openTestService(RIGHT, newStore(kind));
    await receive(reference, deliveries);
    const expected = await stateOf(reference);

    const store = newStore(kind);
    const wrong = await openTestService(WRONG, store);
    await receive(wrong, deliveries);
    // The canary: before the replay the two differ, and most lies in quarantine.
    expect(await stateOf(wrong)).not.toEqual(expected);
    expect((await quarantinedIds(wrong)).length).toBeGreaterThan(100);

    const corrected = await openTestService(RIGHT, store);
    await replayAll(corrected);
    expect(await stateOf(corrected)).toEqual(expected);
    const left = await quarantinedIds(corrected);
    expect(left).toEqual(left.toSorted());
    await replayAll(corrected);
    expect(await stateOf(corrected)).toEqual(expected);
    expect(await quarantinedIds(corrected)).toEqual(left);
  });

  type Step =
    | { readonly kind: "post"; readonly deliveries: readonly IncomingDelivery[] }
    | { readonly kind: "redeliver" | "replay"; readonly picks: readonly number[] }
    | { readonly kind: "configure"; readonly path: string };
  const picks = fc.array(fc.nat({ max: 99 }), { minLength: 1, maxLength: 5 });
  const step: fc.Arbitrary<Step> = fc.oneof(
    {
      weight: 4,
      arbitrary: fc
        .array(mishapDeliveries, { minLength: 1, maxLength: 6 })
        .map((deliveries) => ({ kind: "post" as const, deliveries })),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constantFrom("redeliver" as const, "replay" as const),
        picks,
      }),
    },
    {
      weight: 2,
      arbitrary: fc
        .constantFrom(RIGHT_PATH, WRONG_PATH)
        .map((path) => ({ kind: "configure" as const, path })),
    },
  );

  test("I7: whatever is broken, corrected, redelivered and replayed in between", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 14 }), async (steps) => {
        await disposeAll();
        const store = newStore(kind);
        const posted: IncomingDelivery[] = [];
        let service = await openTestService(WRONG, store, { clock: Date.now });
        const take = async (deliveries: readonly IncomingDelivery[]) => {
          posted.push(...deliveries);
          await receive(service, deliveries);
        };
        for (const taken of steps) {
          if (taken.kind === "configure")
            service = await openTestService(configOf(taken.path), store, { clock: Date.now });
          else if (taken.kind === "post") await take(taken.deliveries);
          else if (taken.kind === "redeliver" && posted.length > 0)
            await take(taken.picks.map((pick) => posted[pick % posted.length]!));
          else if (taken.kind === "replay") {
            const ids = await quarantinedIds(service);
            await Promise.all(
              taken.picks.map((pick) =>
                service.quarantine.replay(ids.length === 0 ? [] : [ids[pick % ids.length]!]),
              ),
            );
          }
          await expectAllCounted(service, posted);
        }
        const corrected = await openTestService(RIGHT, store);
        await replayAll(corrected, 3);
        await expectAllCounted(corrected, posted);

        const reference = await openTestService(RIGHT, newStore(kind));
        for (const delivery of posted) await receive(reference, [delivery]);
        // Which of two deliveries brought an event and which repeated it depends on which was mapped first; events do not.
        expect(await corrected.digest()).toEqual(await reference.digest());
        expect(await eventCountsOf(corrected)).toEqual(await eventCountsOf(reference));
      }),
      { numRuns: kind.name === "memory" ? 100 : 15 },
    );
  });
});

/** I7: what was received is counted, once; and what is counted as quarantined lies there. */
async function expectAllCounted(
  service: TestService,
  posted: readonly IncomingDelivery[],
): Promise<void> {
  const { received, outcomes } = await service.queries.stats();
  expect(received.deliveries).toBe(posted.length);
  const kept = await Promise.all(
    (await quarantinedIds(service)).map((id) => service.store.keptDelivery(id)),
  );
  const quarantined = outcomes.filter(({ outcome }) => outcome === "quarantined");
  const sum = (of: "deliveries" | "events") =>
    quarantined.reduce((total, tally) => total + tally[of], 0);
  expect(sum("deliveries")).toBe(kept.length);
  expect(sum("events")).toBe(kept.reduce((total, record) => total + record!.events.length, 0));
}
