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

/** `what` stands in the difference that a failure shows. */
export function holds(what: string, actual: unknown, expected: unknown): void {
  expect({ [what]: actual }).toEqual({ [what]: expected });
}

export function groupsOf(people: readonly { readonly identifiers: readonly string[] }[]): string[] {
  return people.map(({ identifiers }) => identifiers.toSorted().join(" ")).toSorted();
}

export async function checkExpectation(
  expected: Expectation,
  seen: Seen,
  engine: Engine,
  way: Way,
): Promise<void> {
  if (expected.people !== undefined) checkPeople(expected.people, seen.people);
  if (expected.unfollowed !== undefined)
    checkUnfollowed(expected.unfollowed, await engine.unfollowed());
  for (const explanation of expected.explain ?? []) await checkExplanation(explanation, engine);
  if (expected.outcomes !== undefined && way.isOnce)
    checkOutcomes(expected.outcomes, seen.receipts);
  if (expected.changes !== undefined) checkChanges(expected.changes, seen.news);
  if (expected.givenOrder !== undefined && way.isGivenOrder)
    await checkGivenOrder(expected.givenOrder, seen, engine);
}

function checkPeople(
  expected: NonNullable<Expectation["people"]>,
  people: readonly Person[],
): void {
  holds("people", groupsOf(people), groupsOf(expected));
  const byMember = new Map(
    people.flatMap((person) => person.identifiers.map((one) => [one, person] as const)),
  );
  for (const { identifiers, ...facts } of expected) {
    const [first] = identifiers;
    holds(`the person of ${first}`, byMember.get(first!), expect.objectContaining(facts));
  }
}

const pairText = (pair: Pair) => pair.toSorted().join(" - ");

function checkUnfollowed(
  expected: NonNullable<Expectation["unfollowed"]>,
  unfollowed: readonly Unfollowed[],
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
  holds("links not followed", [...new Set(told)].toSorted(), written.toSorted());
}

async function checkExplanation(
  { a, b, samePerson, path, because }: NonNullable<Expectation["explain"]>[number],
  engine: Engine,
): Promise<void> {
  const told = await engine.explain(a, b);
  const what = (part: string) => `${part} of explain ${a} ${b}`;
  holds(what("samePerson"), told.samePerson, samePerson);
  if (path !== undefined) holds(what("path"), told.path.map(pairText), path.map(pairText));
  if (because === undefined) return;
  const links = told.because.map(({ link, rule }) => `${pairText(link)}: ${rule}`);
  const wanted = because.map(({ link, rule }) => `${pairText(link)}: ${rule}`);
  holds(what("because"), links, wanted.length === 0 ? [] : expect.arrayContaining(wanted));
}

function checkOutcomes(
  expected: NonNullable<Expectation["outcomes"]>,
  receipts: readonly EventReceipt[],
): void {
  const counts: Record<string, number> = {};
  for (const { outcome } of receipts) counts[outcome] = (counts[outcome] ?? 0) + 1;
  holds("outcomes", counts, expected);
}

function checkChanges(expected: ExpectedChanges, news: readonly FeedEntry[]): void {
  for (const [kind, wanted] of Object.entries(expected)) {
    const told = news.filter((entry) => entry.kind === kind).map(plainEntry);
    const entries = wanted.map((entry) => expect.objectContaining(plainEntry(entry)) as unknown);
    holds(`number of changes of kind ${kind}`, told.length, entries.length);
    holds(`changes of kind ${kind}`, told, expect.arrayContaining(entries));
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
): Promise<void> {
  if (changes !== undefined) checkChanges(changes, news);
  for (const [identifier, founder] of Object.entries(founders)) {
    const person = people.find(({ identifiers }) => identifiers.includes(identifier));
    const told = person && (await engine.founderOf(person.id));
    holds(`the founder of the person of ${identifier}`, told, founder);
  }
  if (receipt !== undefined)
    holds("receipt", receipts.at(-1)?.identifiers, expect.objectContaining(receipt));
}
