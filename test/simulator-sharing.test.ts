/** A cast in which people share mailboxes, numbers and more keeps its word: no order of events excuses a wrong merge. */
import { describe, expect, test } from "vitest";
import { identifierText } from "../src/identity/identifier.ts";
import {
  evidenceOf,
  linksByEnd,
  namespaceOf,
  otherEnd,
  type Evidence,
} from "./support/simulator/evidence.ts";
import { GENERIC_AFTER, IDENTITY_RULES } from "./support/simulator/identity-rules.ts";
import { NOREPLY } from "./support/simulator/senders/github.ts";
import { readCast } from "./support/simulator/read-cast.ts";
import { simulate } from "./support/simulator/simulate.ts";

const SEED = 20_260_305;
const BASE = { seed: SEED, people: 120, deliveries: 4000, sharedMailbox: false };
const SHARING = { mailboxes: [3, 5, 30, 60], recycledPhones: 12, formAttackers: 10 };
const OPTIONS = { ...BASE, ...SHARING, secondAccounts: 6 };

const cast = simulate(OPTIONS);
const read = readCast(cast);

/** Links that no blocked value and no lack of trust keeps out. */
const believed = evidenceOf(read).filter(
  ({ ends, isVerified }) =>
    !ends.includes(`email:${NOREPLY}`) &&
    (isVerified || !ends.some((end) => namespaceOf(end) === "email")),
);
const generic = new Set(
  [...linksByEnd(believed)]
    .filter(([end, links]) => namespaceOf(end) === "email" && largestNamespace(end, links) > 8)
    .map(([end]) => end),
);
const followable = believed.filter(({ ends }) => !ends.some((end) => generic.has(end)));
const byEnd = linksByEnd(followable);

function largestNamespace(end: string, links: readonly Evidence[]): number {
  const counts = new Map<string, number>();
  for (const link of links) {
    const namespace = namespaceOf(otherEnd(link, end));
    counts.set(namespace, (counts.get(namespace) ?? 0) + 1);
  }
  return Math.max(...counts.values());
}

function peopleBehind(links: readonly Evidence[]): Set<number | null> {
  return new Set(links.flatMap(({ people }) => [...people]));
}

const shared = new Map([...byEnd].filter(([, links]) => peopleBehind(links).size > 1));

function sharedIn(namespace: string): string[] {
  return [...shared.keys()].filter((end) => namespaceOf(end) === namespace);
}

describe(`people who share (seed ${SEED})`, () => {
  test("are the same to the byte for the same seed, and as many deliveries as asked for", () => {
    expect(simulate(OPTIONS)).toEqual(cast);
    expect(cast.deliveries).toHaveLength(4000);
  });

  test("have rules, which people who share nothing have not", () => {
    expect(cast.config).toContain(IDENTITY_RULES);
    const plain = simulate(BASE);
    expect(plain.config).not.toContain("identity:");
    expect(simulate({ ...BASE, mailboxes: [], formAttackers: 0 })).toEqual(plain);
  });

  test("are refused where they are too few", () => {
    expect(() => simulate({ ...OPTIONS, mailboxes: [121] })).toThrow(/too few/);
  });

  test("share small mailboxes and generic ones, numbers, and nothing else", () => {
    expect(GENERIC_AFTER).toBe(8);
    expect(sharedIn("email")).toHaveLength(2);
    expect(generic.size).toBe(2);
    expect(sharedIn("phone")).toHaveLength(12);
    expect(shared.size).toBe(14);
  });

  test("hold one account each, or two of their own, and nobody another's", () => {
    const accounts = [...byEnd].filter(([end]) => namespaceOf(end) === "user_id");
    expect(accounts).toHaveLength(126);
    expect(accounts.filter(([, links]) => peopleBehind(links).size !== 1)).toEqual([]);
  });

  test("name what they share beside nothing but what a verified link of its own ties to their account", () => {
    const tiedTo = (end: string) =>
      byEnd
        .get(end)!
        .filter((link) => link.isVerified && namespaceOf(otherEnd(link, end)) === "user_id");
    const companions = [...shared].flatMap(([end, links]) =>
      links.map((link) => otherEnd(link, end)),
    );
    const untied = companions.filter(
      (end) => shared.has(end) || (namespaceOf(end) !== "user_id" && tiedTo(end).length === 0),
    );
    expect(untied).toEqual([]);
    expect(new Set(companions.map(namespaceOf))).toEqual(
      new Set(["user_id", "helpdesk", "visitor", "shopify"]),
    );
  });

  test("have no event that is kept under what they share, unless nothing can tell whose it is", () => {
    const keptUnder = read.filter(({ intent: { event } }) => {
      const home = event.home === null ? "" : identifierText(event.home);
      return shared.has(home) || generic.has(home);
    });
    expect(keptUnder.length).toBeGreaterThan(20);
    expect(keptUnder.filter(({ delivery }) => delivery.person !== null)).toEqual([]);
  });

  test("post recycled numbers one after the other, each owner in their own time", () => {
    for (const phone of sharedIn("phone")) {
      const posts = read
        .filter(({ intent: { event } }) => event.others.some((id) => identifierText(id) === phone))
        .map(({ delivery }) => delivery)
        .filter(({ person }) => person !== null)
        .toSorted((left, right) => left.occurredAt - right.occurredAt);
      const owners = posts.map(({ person }) => person);
      const handovers = owners.filter((owner, index) => index > 0 && owner !== owners[index - 1]);
      expect(handovers).toHaveLength(1);
      expect(new Set(posts.map(({ source }) => source)).size).toBeGreaterThan(2);
    }
  });

  test("are named in an open form beside ids of others, one address by more than make a value generic", () => {
    const victims = new Map<string, Set<number | null>>();
    for (const { delivery, intent } of read) {
      if (delivery.source !== "website") continue;
      for (const identifier of intent.event.others) {
        if (identifier.namespace !== "email") continue;
        const isOwn = cast.people[delivery.person!]!.emails.includes(identifier.value);
        if (isOwn) continue;
        const known = victims.get(identifier.value) ?? new Set();
        victims.set(identifier.value, known.add(delivery.person));
      }
    }
    expect(victims.size).toBeGreaterThan(10);
    expect(Math.max(...[...victims.values()].map(({ size }) => size))).toBeGreaterThan(8);
  });
});
