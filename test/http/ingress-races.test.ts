/** Scenarios 23, 24 and 26: deliveries that arrive at the same moment, over real HTTP. */
import { expect, test } from "vitest";
import type { ProfileView } from "../../src/queries/people.ts";
import type { EventReceipt } from "../../src/receipt.ts";
import { digestOfDeliveries, readDatabase } from "../support/reference.ts";
import { ask, postJson } from "../support/sender.ts";
import { serviceFiles, startService } from "../support/service-process.ts";
import { temporaryFolder } from "../support/temporary.ts";

const CONFIG = `
sources:
  crm:
    eventId: id
    occurredAt: t
    identifiers: { user: ids.user, email: ids.email, device: ids.device }
    traits: { name: traits.name, city: traits.city }
    respond: full
`;

/** How many people race in each test, all at the same time, so that batches are cut anywhere. */
const PEOPLE = 60;
const people = Array.from({ length: PEOPLE }, (_, number) => ({
  user: `u${number}`,
  email: `p${number}@example.com`,
  device: `d${number}`,
}));
type Person = (typeof people)[number];

interface CrmEvent {
  readonly id: string;
  readonly t: number;
  readonly ids: Partial<Person>;
  readonly traits?: Readonly<Record<string, string>>;
}

interface Change {
  readonly kind: string;
  readonly into: string;
  readonly from: readonly string[];
  readonly cause: { readonly event: string };
}

/** A service, and a sender that remembers what it has posted. */
async function openRace() {
  const files = serviceFiles(temporaryFolder(), CONFIG);
  const service = await startService(files);
  const posted: CrmEvent[] = [];
  return {
    post: async (event: CrmEvent): Promise<EventReceipt> => {
      posted.push(event);
      const { events } = await postJson(service.url, "crm", event);
      return events[0]!;
    },
    profile: (ref: string) =>
      ask<ProfileView>(service.url, `/v1/profiles/${encodeURIComponent(ref)}`),
    async changes(): Promise<readonly Change[]> {
      return (await ask<{ changes: Change[] }>(service.url, "/v1/changes?limit=1000")).changes;
    },
    async journey(ref: string): Promise<readonly string[]> {
      const path = `/v1/profiles/${encodeURIComponent(ref)}/journey`;
      return (await ask<{ events: { id: string }[] }>(service.url, path)).events.map(
        ({ id }) => id,
      );
    },
    /** What is stored is what the same deliveries give one after the other. */
    async expectAsIfInTurn(): Promise<void> {
      const { digest } = await readDatabase(files.database);
      const inTurn = posted.map((event) => ({
        source: "crm",
        contentType: "application/json",
        body: JSON.stringify(event),
      }));
      expect(digest).toBe(await digestOfDeliveries(CONFIG, inTurn));
    },
  };
}

/** Every part of every person, each known by itself before the race. */
async function postApart(post: (event: CrmEvent) => Promise<EventReceipt>): Promise<void> {
  for (const namespace of ["user", "email", "device"] as const)
    await Promise.all(
      people.map((person, number) =>
        post({
          id: `${namespace} ${number}`,
          t: number,
          ids: { [namespace]: person[namespace] },
        }),
      ),
    );
}

test("scenario 23: the same delivery three times at once is one event and one change", async () => {
  const race = await openRace();
  await postApart(race.post);
  const events = people.map(({ user, email }, number) => ({
    id: `thrice ${number}`,
    t: 1000,
    ids: { user, email },
  }));
  const receipts = await Promise.all(
    events.map((event) => Promise.all([event, event, event].map(race.post))),
  );
  for (const [number, three] of receipts.entries()) {
    const told = three.map(({ outcome, reason }) => `${outcome}: ${reason ?? ""}`);
    const duplicate = "duplicate: an event of this id is stored already";
    expect(told.toSorted()).toEqual(["accepted: ", duplicate, duplicate]);
    expect(new Set(three.map(({ event }) => event)).size).toBe(1);
    const journey = await race.journey(`user:u${number}`);
    expect(journey.filter((id) => id === three[0]!.event).length).toBe(1);
  }
  const causes = (await race.changes()).map(({ cause }) => cause.event);
  expect(causes.toSorted()).toEqual(receipts.map(([first]) => first!.event).toSorted());
  await race.expectAsIfInTurn();
});

test("scenario 24: two deliveries at once with the same unknown id are one profile", async () => {
  const race = await openRace();
  const receipts = await Promise.all(
    people.map(({ user }, number) =>
      Promise.all(
        ["left", "right"].map((side, t) =>
          race.post({ id: `${side} ${number}`, t, ids: { user } }),
        ),
      ),
    ),
  );
  for (const [number, [left, right]] of receipts.entries()) {
    expect(left!.profile).toBe(right!.profile);
    const outcomes = [left, right].map((receipt) => receipt!.identifiers![0]!.outcome);
    expect(outcomes.toSorted()).toEqual(["created", "known"]);
    const profile = await race.profile(`user:u${number}`);
    expect([profile.id, profile.eventCount]).toEqual([left!.profile, 2]);
  }
  expect(await race.changes()).toEqual([]);
  await race.expectAsIfInTurn();
});

test("scenario 24: merges of A with B and of B with C at once give {A, B, C}", async () => {
  const race = await openRace();
  await postApart(race.post);
  const apart = await Promise.all(
    people.map((person) =>
      Promise.all([
        race.profile(`user:${person.user}`),
        race.profile(`email:${person.email}`),
        race.profile(`device:${person.device}`),
      ]),
    ),
  );
  await Promise.all(
    people.flatMap(({ user, email, device }, number) => [
      race.post({ id: `AB ${number}`, t: 1000, ids: { user, email } }),
      race.post({ id: `BC ${number}`, t: 1001, ids: { email, device } }),
    ]),
  );
  const changes = await race.changes();
  expect(changes.length).toBe(2 * PEOPLE);
  for (const [number, { user, email, device }] of people.entries()) {
    const [founder, ...absorbed] = apart[number]!.map(({ id }) => id);
    const refs = [`user:${user}`, `email:${email}`, `device:${device}`];
    for (const ref of refs) {
      const profile = await race.profile(ref);
      expect(profile.id).toBe(founder);
      expect(profile.identifiers.map(({ identifier }) => identifier)).toEqual(refs);
      expect(profile.formerIds).toEqual(absorbed);
      expect(profile.eventCount).toBe(5);
    }
    const told = changes.filter(({ into, from }) =>
      [into, ...from].some((id) => apart[number]!.some((before) => before.id === id)),
    );
    expect(told.flatMap(({ from }) => from).toSorted()).toEqual(absorbed.toSorted());
  }
  await race.expectAsIfInTurn();
});

test("scenario 26: a merge and traits of both sides at once: nothing is lost", async () => {
  const race = await openRace();
  await postApart(race.post);
  await Promise.all(
    people.flatMap(({ user, email }, number) => [
      race.post({ id: `city ${number}`, t: 1000, ids: { user }, traits: { city: "Rome" } }),
      race.post({ id: `merge ${number}`, t: 1001, ids: { user, email } }),
      race.post({ id: `name ${number}`, t: 1002, ids: { email }, traits: { name: "Ann" } }),
    ]),
  );
  for (const { user, email } of people) {
    const profile = await race.profile(`user:${user}`);
    expect(await race.profile(`email:${email}`)).toEqual(profile);
    expect(profile.eventCount).toBe(5);
    const traits = profile.traits as unknown as Record<string, { value: string }>;
    expect([traits["city"]?.value, traits["name"]?.value]).toEqual(["Rome", "Ann"]);
  }
  expect((await race.changes()).length).toBe(PEOPLE);
  await race.expectAsIfInTurn();
});
