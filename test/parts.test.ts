/** Large deliveries, which are settled in parts: nobody can tell, but that others have their turn in between. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { MemoryStore } from "../src/store/memory.ts";
import { StoreError, type Commit, type CommitOutcome, type Basis } from "../src/store/store.ts";
import { SEEDS } from "./support/ids.ts";
import { openTestService } from "./support/service.ts";

const CONFIG = `
sources:
  lists:
    events: list
    replaceProfileId: user
    eventId: id
    identifiers: { email: mail }
    traits: { name: name }
    withoutId: WITHOUT
    drop: [{ path: kind, equals: noise }]
  single: { replaceProfileId: user, eventId: id }
`;

/** Forty events share a batch, so of a list two are a part. */
const IN_PARTS = 40;
const WHOLE = 1000;

const element = fc.record({
  id: fc.constantFrom("e1", "e2", "e3", "e4", "e5", "e6"),
  user: fc.constantFrom("ann", "bob", "cem", null),
  mail: fc.constantFrom("a@x.org", "b@x.org", undefined),
  name: fc.constantFrom("Ann", "Bob"),
  kind: fc.constantFrom("noise", "visit", "visit"),
});

test("I1, I4, I7: a list settled in parts ends as it would have ended whole, and is counted once", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(element, { maxLength: 12 }), { maxLength: 4 }),
      fc.constantFrom("anonymous", "quarantine", "drop"),
      async (lists, withoutId) => {
        const outcomes = [];
        for (const batchEventsMax of [IN_PARTS, WHOLE]) {
          const store = new MemoryStore(SEEDS);
          const config = CONFIG.replace("WITHOUT", withoutId);
          const service = await openTestService(config, store, { batchEventsMax });
          const receipts = [];
          for (const list of lists) receipts.push(await service.post("lists", { list }));
          outcomes.push({
            receipts,
            tallies: (await store.tallies()).toSorted((left, right) =>
              left.outcome < right.outcome ? -1 : 1,
            ),
            digest: await service.digest(),
            deliveries: (await store.tallies()).reduce((sum, tally) => sum + tally.deliveries, 0),
          });
          await service.close();
        }
        expect(outcomes[0]).toEqual(outcomes[1]);
        expect(outcomes[0]!.deliveries).toBe(lists.length);
      },
    ),
  );
});

/** A store whose commits wait until the test lets them go, and then may fail. */
class GatedStore extends MemoryStore {
  readonly gates: ((isFull: boolean) => void)[] = [];
  isGated = false;

  override async commit(commit: Commit, basis: Basis): Promise<CommitOutcome> {
    if (this.isGated) {
      const isFull = await new Promise<boolean>((open) => this.gates.push(open));
      if (isFull) throw new StoreError("full", "the disk is full");
    }
    return super.commit(commit, basis);
  }

  async letGo(place: number, isFull = false): Promise<void> {
    while (this.gates.length <= place) await new Promise(setImmediate);
    this.gates[place]!(isFull);
  }
}

const SIX = { list: [1, 2, 3, 4, 5, 6].map((number) => ({ id: `e${number}`, user: "ann" })) };

async function gated() {
  const store = new GatedStore(SEEDS);
  const config = CONFIG.replace("WITHOUT", "anonymous");
  const service = await openTestService(config, store, { batchEventsMax: IN_PARTS });
  store.isGated = true;
  return { store, service };
}

test("between two parts of a delivery others have their turn", async () => {
  const { store, service } = await gated();
  const told: string[] = [];
  const large = service.post("lists", SIX).then(() => told.push("large"));
  await store.letGo(0);
  const single = service.post("single", { id: "s", user: "bob" }).then(() => told.push("single"));
  for (const place of [1, 2, 3]) await store.letGo(place);
  await Promise.all([large, single]);
  expect(told).toEqual(["single", "large"]);
  store.isGated = false;
  await service.close();
});

test("I2, I7: what fails between two parts is not acknowledged, and sent again it is completed and counted once more", async () => {
  const { store, service } = await gated();
  const failing = service.post("lists", SIX);
  await store.letGo(0);
  await store.letGo(1, true);
  await expect(failing).rejects.toThrow("store-unavailable");
  store.isGated = false;
  const again = await service.post("lists", SIX);
  expect(again.map(({ outcome }) => outcome)).toEqual([
    "duplicate",
    "duplicate",
    "accepted",
    "accepted",
    "accepted",
    "accepted",
  ]);
  await service.engine.ready();
  expect(await store.tallies()).toEqual(
    expect.arrayContaining([
      { source: "lists", outcome: "accepted", deliveries: 1, events: 6 },
      { source: "lists", outcome: "duplicate", deliveries: 0, events: 2 },
      { source: "lists", outcome: "rejected", deliveries: 1, events: 0 },
    ]),
  );
  await service.close();
});

test("a service that closes between two parts finishes the delivery first", async () => {
  const { store, service } = await gated();
  const large = service.post("lists", SIX);
  await store.letGo(0);
  const closed = service.close();
  await store.letGo(1);
  await store.letGo(2);
  expect((await large).length).toBe(6);
  await closed;
});
