/** What every store owes of a snapshot: everything once, in one order, as of one moment. */
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { compareStamps } from "../../src/identity/stamp.ts";
import type { Snapshot, Store } from "../../src/store/store.ts";
import {
  ann,
  bo,
  card,
  commitNow,
  commitOf,
  created,
  event,
  fresh,
  linkOf,
  mail,
  people,
  phone,
} from "../support/commits.ts";
import { DELIVERIES_CONFIG, deliveriesOf } from "../support/deliveries.ts";
import { openTestService } from "../support/service.ts";
import { storeKinds, type TestStore } from "../support/stores.ts";

async function listOf<Row>(rows: AsyncIterable<Row>): Promise<Row[]> {
  const list: Row[] = [];
  for await (const row of rows) list.push(row);
  return list;
}

/** All rows of all streams, one stream after the other. */
async function contentsOf(store: Store) {
  const snapshot = await store.snapshot();
  try {
    return {
      counts: snapshot.counts,
      profiles: await listOf(snapshot.profiles()),
      journeys: await listOf(snapshot.journeys()),
      links: await listOf(snapshot.links()),
    };
  } finally {
    await snapshot.close();
  }
}

const keysOf = (journeys: Awaited<ReturnType<typeof contentsOf>>["journeys"]) =>
  journeys.map(({ event: { key } }) => key);

describe.each(storeKinds)("$name", (kind) => {
  let opened: TestStore;
  let store: Store;
  beforeEach(() => {
    opened = kind.open();
    store = opened.store;
  });
  afterEach(() => opened.dispose());

  test("an empty store has no rows and no rules", async () => {
    expect(await contentsOf(store)).toEqual({
      counts: { profiles: 0, events: 0, links: 0 },
      profiles: [],
      journeys: [],
      links: [],
    });
    const snapshot = await store.snapshot();
    expect(snapshot.rules).toBeUndefined();
    await snapshot.close();
  });

  test("people come in the order of their founders, whatever was merged into whom", async () => {
    await people(store, [bo], [ann, phone], [mail], [card]);
    // The one that was received last takes in the first: the label moves, the founder does not.
    await commitNow(
      store,
      commitOf({
        absorptions: [{ into: card.id, from: [bo.id] }],
        links: [linkOf(bo, card)],
        events: [event("e9", bo, [card])],
      }),
    );
    const { profiles, counts } = await contentsOf(store);
    expect(profiles.map(({ id }) => id)).toEqual([bo.id, ann.id, mail.id]);
    expect(counts).toEqual({ profiles: 3, events: 5, links: 2 });
  });

  test("a journey is merged over its person's identifiers by time, then source, then key", async () => {
    await people(store, [ann, mail, phone], [bo]);
    await commitNow(
      store,
      commitOf({
        events: [
          event("c", ann, [], 3000),
          event("f", mail, [], 3000),
          event("a", phone, [], 3000),
          event("d", mail, [], 2000),
          event("b", phone, [], 4000),
          event("g", bo, [], 10),
          event("nobody", null, [], 10),
        ],
      }),
    );
    const { journeys, counts } = await contentsOf(store);
    expect(keysOf(journeys)).toEqual([ann.id, "d", "a", "c", "f", "b", "g", bo.id]);
    expect(counts.events).toBe(8);
    expect(journeys.slice(1, 4).map(({ event: { provisional } }) => provisional)).toEqual([
      mail.id,
      phone.id,
      ann.id,
    ]);
    expect(new Set(journeys.slice(0, 6).map(({ profile }) => profile))).toEqual(new Set([ann.id]));
  });

  test("a link is told once, with how often and when it was seen from either end, and why it is not followed", async () => {
    const blocked = { rule: "blocked", subject: "email:a@x" } as const;
    await commitNow(
      store,
      commitOf({
        identifiers: [created(bo, fresh(1)), created(mail, fresh(2)), created(ann, fresh(1))],
        links: [linkOf(mail, ann, { objection: blocked, trust: "claimed" }), linkOf(bo, ann)],
        events: [
          event("e1", mail, [ann], 2000),
          event("e2", ann, [mail], 500),
          event("e3", ann, [bo], 700),
        ],
      }),
    );
    const { links } = await contentsOf(store);
    expect(
      links.map(({ a, b, profiles: _profiles, ...rest }) => ({
        ends: new Set([a.id, b.id]),
        ...rest,
      })),
    ).toEqual([
      {
        ends: new Set([bo.id, ann.id]),
        trust: "verified",
        objection: undefined,
        events: 1,
        firstSeenAt: 700,
        lastSeenAt: 700,
      },
      {
        ends: new Set([mail.id, ann.id]),
        trust: "claimed",
        objection: blocked,
        events: 2,
        firstSeenAt: 500,
        lastSeenAt: 2000,
      },
    ]);
    for (const { a, b, profiles } of links) {
      expect(a.id < b.id).toBe(true);
      expect(profiles).toEqual([a, b].map(({ id }) => (id === mail.id ? mail.id : bo.id)));
    }
  });

  test("all streams see the moment of the snapshot, and a stream may be left early", async () => {
    await people(store, [ann, mail], [bo]);
    const before = await contentsOf(store);
    const snapshot: Snapshot = await store.snapshot();
    for await (const { id } of snapshot.profiles()) {
      expect(id).toBe(ann.id);
      break;
    }
    for await (const { profile } of snapshot.journeys()) {
      expect(profile).toBe(ann.id);
      break;
    }
    await commitNow(
      store,
      commitOf({
        absorptions: [{ into: ann.id, from: [bo.id] }],
        links: [linkOf(mail, bo)],
        events: [event("late", bo, [mail])],
      }),
    );
    expect(await listOf(snapshot.profiles())).toEqual(before.profiles);
    expect(await listOf(snapshot.journeys())).toEqual(before.journeys);
    expect(await listOf(snapshot.links())).toEqual(before.links);
    await snapshot.close();
    expect((await contentsOf(store)).counts).toEqual({ profiles: 1, events: 3, links: 2 });
  });

  test("a snapshot holds what the reads of single people say, whatever was received", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (seed) => {
        const fresh = kind.open();
        try {
          const service = await openTestService(DELIVERIES_CONFIG, fresh.store);
          for (const { source, contentType, body } of deliveriesOf(seed, 120))
            await service.engine.receive({
              source,
              contentType,
              headers: new Map(),
              query: new URLSearchParams(),
              body: Buffer.from(body),
            });
          await expectAgreement(fresh.store);
        } finally {
          await fresh.dispose();
        }
      }),
      { numRuns: 5 },
    );
  });
});

async function expectAgreement(store: Store): Promise<void> {
  const { counts, profiles, journeys, links } = await contentsOf(store);
  expect(counts).toEqual({
    profiles: profiles.length,
    events: journeys.length,
    links: links.length,
  });
  expect(profiles.length).toBe((await store.totals()).profiles);
  const inTurn = journeys.filter(({ profile }, index) => journeys[index - 1]?.profile !== profile);
  expect(inTurn.map(({ profile }) => profile)).toEqual(profiles.map(({ id }) => id));
  for (const profile of profiles) {
    expect(await store.profile(profile.id)).toEqual(profile);
    const page = await store.journey({
      profile: profile.id,
      order: "asc",
      limit: 1000,
      bytesMax: 1e9,
    });
    const events = journeys.filter((row) => row.profile === profile.id).map((row) => row.event);
    expect(events).toEqual(page!.events);
    expect(events).toEqual(
      events.toSorted((left, right) =>
        compareStamps({ at: left.occurredAt, ...left }, { at: right.occurredAt, ...right }),
      ),
    );
  }
  for (const link of links) {
    const [record] = await store.linksOf([[link.a.id, link.b.id]]);
    const { evidence: _evidence, evidenceAt: _at, ...counted } = record!;
    expect(link).toEqual(counted);
  }
}
