/** Holds what an engine shows after a step against the `expect` of the file. */
import { expect } from "vitest";
import type { Engine, EventReceipt, FeedEntry, Pair, Person, Unfollowed } from "./candidate.ts";
import type { ExpectedChanges, Expectation } from "./format.ts";
import type { Way } from "./ways.ts";

export interface Seen {
  readonly people: readonly Person[];
  /** What the step added to the feed. */
  readonly news: readonly FeedEntry[];
  readonly receipts: readonly EventReceipt[];
}

export function groupsOf(people: readonly { readonly identifiers: readonly string[] }[]): string[] {
  return people.map(({ identifiers }) => identifiers.toSorted().join(" ")).toSorted();
}

export async function checkExpectation(
  expected: Expectation,
  seen: Seen,
  engine: Engine,
  way: Way,
  place: string,
): Promise<void> {
  if (expected.people !== undefined) checkPeople(expected.people, seen.people, place);
  if (expected.unfollowed !== undefined)
    checkUnfollowed(expected.unfollowed, await engine.unfollowed(), place);
  for (const explanation of expected.explain ?? [])
    await checkExplanation(explanation, engine, place);
  if (expected.outcomes !== undefined && way.isOnce)
    checkOutcomes(expected.outcomes, seen.receipts, place);
  if (expected.changes !== undefined) checkChanges(expected.changes, seen.news, place);
  if (expected.givenOrder !== undefined && way.isGivenOrder)
    await checkGivenOrder(expected.givenOrder, seen, engine, place);
}

function checkPeople(
  expected: NonNullable<Expectation["people"]>,
  people: readonly Person[],
  place: string,
): void {
  expect(groupsOf(people), `${place}: the people`).toEqual(groupsOf(expected));
  const byMember = new Map(
    people.flatMap((person) => person.identifiers.map((one) => [one, person] as const)),
  );
  for (const { identifiers, ...facts } of expected)
    expect(byMember.get(identifiers[0]!), `${place}: ${identifiers[0]}`).toMatchObject(facts);
  for (const { identifiers, traits } of expected)
    if (traits !== undefined)
      expect(byMember.get(identifiers[0]!)?.traits, `${place}: all traits`).toEqual(traits);
}

const pairText = (pair: Pair) => pair.toSorted().join(" - ");

function checkUnfollowed(
  expected: NonNullable<Expectation["unfollowed"]>,
  unfollowed: readonly Unfollowed[],
  place: string,
): void {
  const ruleOf = new Map(expected.map(({ link, rule }) => [pairText(link), rule]));
  // Where the file leaves the rule open, any will do.
  const told = unfollowed.map(({ link, rule }) => {
    const pair = pairText(link);
    return ruleOf.has(pair) && ruleOf.get(pair) === undefined ? pair : `${pair}: ${rule}`;
  });
  const written = expected.map(({ link, rule }) =>
    rule === undefined ? pairText(link) : `${pairText(link)}: ${rule}`,
  );
  expect([...new Set(told)].toSorted(), `${place}: links not followed`).toEqual(written.toSorted());
}

async function checkExplanation(
  { a, b, samePerson, path, because }: NonNullable<Expectation["explain"]>[number],
  engine: Engine,
  place: string,
): Promise<void> {
  const told = await engine.explain(a, b);
  const label = `${place}: explain ${a} ${b}`;
  expect(told.samePerson, label).toBe(samePerson);
  if (path !== undefined) expect(told.path.map(pairText), label).toEqual(path.map(pairText));
  if (because === undefined) return;
  const links = told.because.map(({ link, rule }) => `${pairText(link)}: ${rule}`);
  const wanted = because.map(({ link, rule }) => `${pairText(link)}: ${rule}`);
  if (wanted.length === 0) expect(links, label).toEqual([]);
  else expect(links, label).toEqual(expect.arrayContaining(wanted));
}

function checkOutcomes(
  expected: NonNullable<Expectation["outcomes"]>,
  receipts: readonly EventReceipt[],
  place: string,
): void {
  const counts: Record<string, number> = {};
  for (const { outcome } of receipts) counts[outcome] = (counts[outcome] ?? 0) + 1;
  expect(counts, `${place}: outcomes`).toEqual(expected);
}

function checkChanges(expected: ExpectedChanges, news: readonly FeedEntry[], place: string): void {
  for (const [kind, wanted] of Object.entries(expected)) {
    const told = news.filter((entry) => entry.kind === kind).map(plainEntry);
    expect(told, `${place}: changes of kind ${kind}`).toHaveLength(wanted.length);
    for (const entry of wanted)
      expect(told, `${place}: changes of kind ${kind}`).toContainEqual(
        expect.objectContaining(plainEntry(entry)),
      );
  }
}

/** Without order where there is none, and without what is undefined. */
function plainEntry(entry: Omit<FeedEntry, "kind">): object {
  const { from, link, ...rest } = entry;
  const plain = { ...rest, from: from?.toSorted(), link: link?.toSorted() };
  return Object.fromEntries(Object.entries(plain).filter(([, value]) => value !== undefined));
}

async function checkGivenOrder(
  { changes, founders = {}, receipt }: NonNullable<Expectation["givenOrder"]>,
  { people, news, receipts }: Seen,
  engine: Engine,
  place: string,
): Promise<void> {
  if (changes !== undefined) checkChanges(changes, news, place);
  for (const [identifier, founder] of Object.entries(founders)) {
    const person = people.find(({ identifiers }) => identifiers.includes(identifier));
    const told = person && (await engine.founderOf(person.id));
    expect(told, `${place}: the founder of ${identifier}'s person`).toBe(founder);
  }
  if (receipt !== undefined)
    expect(receipts.at(-1)?.identifiers, `${place}: the receipt`).toMatchObject(receipt);
}
