import { describe, expect, test } from "vitest";
import { eventName, type SimulatedDelivery } from "./support/simulator/cast.ts";
import { officeMailbox } from "./support/simulator/deeds.ts";
import { distinctDeliveries, readCast } from "./support/simulator/read-cast.ts";
import { NOREPLY } from "./support/simulator/senders/github.ts";
import { simulate } from "./support/simulator/simulate.ts";

const SEED = 20_260_202;
const OPTIONS = { seed: SEED, people: 200, deliveries: 5000, sharedMailbox: false };
const DAY = 86_400_000;

const cast = simulate(OPTIONS);
const distinct = distinctDeliveries(cast);

function occurrences(pattern: RegExp): SimulatedDelivery[] {
  return distinct.filter(({ body }) => pattern.test(body));
}

const read = readCast(cast);

/** Every delivery that comes after one whose event occurred later by more than `by`. */
function overtaken(by: number): SimulatedDelivery[] {
  let newest = -Infinity;
  const seen = new Set<string>();
  return cast.deliveries.filter((delivery) => {
    const isCopy = seen.has(eventName(delivery));
    seen.add(eventName(delivery));
    const isOvertaken = !isCopy && delivery.occurredAt < newest - by;
    newest = Math.max(newest, delivery.occurredAt);
    return isOvertaken;
  });
}

describe(`a simulated cast (seed ${SEED})`, () => {
  test("is the same to the byte for the same seed, and another for another", () => {
    expect(simulate(OPTIONS)).toEqual(cast);
    const other = simulate({ ...OPTIONS, seed: SEED + 1 });
    expect(other.deliveries).not.toEqual(cast.deliveries);
  });

  test("has exactly as many deliveries and people as asked for", () => {
    expect(cast.deliveries).toHaveLength(5000);
    expect(cast.people).toHaveLength(200);
    const small = simulate({ seed: SEED, people: 3, deliveries: 61, sharedMailbox: true });
    expect(small.deliveries).toHaveLength(61);
  });

  test("says so where too few deliveries are to tell too many people apart", () => {
    expect(() => simulate({ ...OPTIONS, deliveries: 100 })).toThrow(/at least \d+ deliveries/);
    expect(() => simulate({ ...OPTIONS, people: 1_000_000 })).toThrow(/people/);
  });

  test("tells in every event its own id and time, so that nothing depends on when it is received", () => {
    const told = read.map(({ intent: { event } }) => [
      event.key,
      event.timeGiven ? event.occurredAt : "when received",
      event.home === null,
    ]);
    expect(told).toEqual(
      distinct.map(({ event, occurredAt, person }) => [event, occurredAt, person === null]),
    );
  });

  test("gives no identifier, name or address to two people", () => {
    const identities = cast.people.flatMap((person) => [
      person.fullName,
      ...person.emails,
      ...(person.phone === undefined ? [] : [person.phone]),
      ...(person.slack === undefined ? [] : [`${person.slack.team}/${person.slack.user}`]),
      ...(person.stripeCustomer === undefined ? [] : [person.stripeCustomer]),
      ...(person.shopifyCustomer === undefined ? [] : [`shop ${person.shopifyCustomer}`]),
      ...(person.github === undefined ? [] : [`github ${person.github.id}`, person.github.login]),
    ]);
    expect(new Set(identities).size).toBe(identities.length);
  });

  test("redelivers some deliveries exactly", () => {
    expect(cast.deliveries.length - distinct.length).toBe(400);
    const byName = new Map(distinct.map((delivery) => [eventName(delivery), delivery]));
    expect(cast.deliveries.map((delivery) => byName.get(eventName(delivery)))).toEqual(
      cast.deliveries,
    );
  });

  test("delivers out of order, and some events days late", () => {
    expect(overtaken(0).length).toBeGreaterThan(500);
    expect(overtaken(DAY).length).toBeGreaterThan(100);
  });

  test("holds events in which nothing can tell whose they are", () => {
    expect(distinct.filter(({ person }) => person === null)).toHaveLength(200);
    expect(occurrences(/"subtype":"bot_message"/).length).toBeGreaterThan(10);
  });

  test.each(["null", "undefined", "[object Object]", "", "0"])(
    "holds the junk id %j where an id should stand",
    (junk) => {
      const junky = read.filter(({ intent }) =>
        intent.unusable.some(({ value }) => value === junk),
      );
      expect(junky.length).toBeGreaterThan(20);
      // Beside a good id it may stand too; then the event is somebody's.
      expect(junky.some(({ delivery }) => delivery.person !== null)).toBe(true);
    },
  );

  test("has people with two addresses that only one event proves to be one person's", () => {
    expect(cast.people.filter(({ emails }) => emails.length === 2)).toHaveLength(70);
    expect(occurrences(/"type":"customer.updated"/).length).toBeGreaterThan(10);
    const byAccount = occurrences(/customer_id=\d{6,}/);
    expect(byAccount.every(({ source }) => source === "form")).toBe(true);
    expect(byAccount.length).toBeGreaterThan(10);
  });

  test("has pushes whose only address is GitHub's own, and pushes with an alias", () => {
    const merges = occurrences(new RegExp(`"email":null.*"email":"${NOREPLY}"`));
    expect(merges.length).toBeGreaterThan(20);
    expect(occurrences(/\d+\+[a-z-]+@users\.noreply\.github\.com/).length).toBeGreaterThan(20);
  });

  test("has Slack members as text and as an object, and one user id in two workspaces", () => {
    expect(occurrences(/"type":"message","user":"U/).length).toBeGreaterThan(100);
    expect(occurrences(/"type":"user_change","user":\{/).length).toBeGreaterThan(10);
    expect(occurrences(/"type":"team_join","user":\{/).length).toBeGreaterThan(10);
    const members = cast.people.flatMap(({ slack }) => (slack === undefined ? [] : [slack]));
    expect(new Set(members.map(({ user }) => user)).size).toBeLessThan(members.length);
  });

  test("has an office mailbox that several people write from, but only if asked for one", () => {
    const shared = simulate({ ...OPTIONS, sharedMailbox: true });
    const office = shared.people.filter(({ usesOffice }) => usesOffice);
    expect(office).toHaveLength(12);
    const mailbox = encodeURIComponent(officeMailbox(office[0]!));
    const writers = shared.deliveries.filter(({ body }) => body.includes(`email=${mailbox}`));
    expect(new Set(writers.map(({ person }) => person)).size).toBeGreaterThan(5);
    expect(cast.people.some(({ usesOffice }) => usesOffice)).toBe(false);
    expect(cast.deliveries.some(({ body }) => body.includes("email=info%40"))).toBe(false);
  });
});
