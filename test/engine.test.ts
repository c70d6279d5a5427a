import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { naivePeople, plainPeople } from "./support/naive-people.ts";
import { SCRIPT_CONFIG, scriptOf, type ScriptEvent } from "./support/script.ts";
import { openTestService } from "./support/service.ts";
import { storeKinds, type StoreKind, type TestStore } from "./support/stores.ts";

const opened: TestStore[] = [];
afterEach(async () => {
  for (const test of opened.splice(0)) await test.dispose();
});

/** Plays deliveries one after the other, in chunks that arrive together, and returns the people and their digest. */
async function play(
  kind: StoreKind,
  deliveries: readonly (readonly ScriptEvent[])[],
  batchEventsMax: number,
) {
  const test = kind.open();
  opened.push(test);
  const service = await openTestService(SCRIPT_CONFIG, test.store, { batchEventsMax });
  for (const together of deliveries)
    await Promise.all(together.map((event) => service.post(event.source, event)));
  return {
    people: await plainPeople(test.store.people()),
    digest: await service.digest(),
    service,
  };
}

/** A script, an order with repetitions that holds every event, and how it is cut into chunks and batches. */
const playing = scriptOf(24).chain((script) =>
  fc.record({
    script: fc.constant(script),
    order: fc
      .tuple(
        fc.shuffledSubarray([...script.keys()], { minLength: script.length }),
        fc.array(fc.nat({ max: Math.max(0, script.length - 1) }), { maxLength: 8 }),
      )
      .map(([all, again]) => (script.length === 0 ? [] : [...all, ...again])),
    chunk: fc.integer({ min: 1, max: 30 }),
    batchEventsMax: fc.constantFrom(1, 2, 5, 500),
  }),
);

function chunks<Item>(items: readonly Item[], size: number): Item[][] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size));
}

describe.each(storeKinds)("$name", (kind) => {
  test("I1: any order, repetition and batching gives the people that a naive model gives", async () => {
    await fc.assert(
      fc.asyncProperty(playing, async ({ script, order, chunk, batchEventsMax }) => {
        const delivered = order.map((index) => script[index]!);
        const { people, digest } = await play(kind, chunks(delivered, chunk), batchEventsMax);
        expect(people).toEqual(naivePeople(script));
        const straight = await play(storeKinds[0]!, [script], 500);
        expect(digest).toBe(straight.digest);
        for (const test of opened.splice(0)) await test.dispose();
      }),
      { numRuns: kind.name === "memory" ? 300 : 60 },
    );
  });

  test("I4: playing everything again changes nothing and says duplicate", async () => {
    await fc.assert(
      fc.asyncProperty(scriptOf(15), async (script) => {
        const { service, digest } = await play(kind, [script], 500);
        const changes = await service.store.changes(0, 1000);
        for (const event of script)
          expect((await service.post(event.source, event))[0]!.outcome).toBe("duplicate");
        expect(await service.digest()).toBe(digest);
        expect(await service.store.changes(0, 1000)).toEqual(changes);
        for (const test of opened.splice(0)) await test.dispose();
      }),
      { numRuns: kind.name === "memory" ? 100 : 30 },
    );
  });

  test("I3: every profile id ever returned resolves to the profile that now holds it", async () => {
    await fc.assert(
      fc.asyncProperty(scriptOf(20), async (script) => {
        const { service } = await play(kind, [], 500);
        const homes = new Map<string, string>();
        const profiles = new Set<string>();
        for (const event of script) {
          for (const { provisional, profile, identifiers } of await service.post(
            event.source,
            event,
          )) {
            if (provisional === undefined || profile === undefined) continue;
            homes.set(provisional, identifiers![0]!.identifier);
            profiles.add(profile);
          }
        }
        for (const [id, home] of homes) {
          const byId = await service.queries.profile(id);
          expect(byId!.id).toBe((await service.queries.profile(home))!.id);
          expect(byId!.identifiers.map((member) => member.identifier)).toContain(home);
        }
        for (const id of profiles) {
          const now = (await service.queries.profile(id))!;
          expect([now.id, ...now.formerIds]).toContain(id);
        }
        for (const test of opened.splice(0)) await test.dispose();
      }),
      { numRuns: kind.name === "memory" ? 100 : 30 },
    );
  });

  test("I1: the canary: a digest differs when one event, one trait or one link differs", async () => {
    const event: ScriptEvent = {
      source: "crm",
      id: "e1",
      t: 1,
      ids: { chat: "U1", email: "a@x" },
      traits: { name: "Ann" },
    };
    const variants: readonly ScriptEvent[][] = [
      [event],
      [{ ...event, t: 2 }],
      [{ ...event, id: "e2" }],
      [{ ...event, traits: { name: "Bo" } }],
      [{ ...event, ids: { chat: "U1" } }],
      [event, { ...event, id: "e2" }],
      [],
    ];
    const digests = new Set<string>();
    for (const variant of variants) digests.add((await play(kind, [variant], 500)).digest);
    expect(digests.size).toBe(variants.length);
  });
});
