/**
 * The simplest model of who is who: all events at hand, sets merged until nothing changes, traits by sorting. It shares
 * no code with the engine, so that the two agreeing means something.
 */
import type { PersonRecord } from "../../src/store/store.ts";
import type { ScriptEvent } from "./script.ts";

/** A person as plain sorted data, free of ids and of when anything was received. */
export interface PlainPerson {
  readonly members: readonly string[];
  readonly traits: Readonly<Record<string, unknown>>;
  /** `source/id` in the order they occurred. */
  readonly journey: readonly string[];
}

const NAMESPACES = ["chat", "email", "user_id", "device"] as const;
const JUNK = new Set<unknown>([null, undefined, "", "null", 0]);

function identifiersOf({ ids }: ScriptEvent): string[] {
  return NAMESPACES.filter((namespace) => !JUNK.has(ids[namespace])).map(
    (namespace) => `${namespace}:${ids[namespace]}`,
  );
}

function isFollowed(pair: readonly string[], sources: ReadonlySet<string>): boolean {
  if (pair.some((text) => text.startsWith("email:noreply@"))) return false;
  const throughEmail = pair.some((text) => text.startsWith("email:"));
  return !throughEmail || sources.has("crm") || sources.has("shop");
}

export function naivePeople(script: readonly ScriptEvent[]): PlainPerson[] {
  const sourcesByPair = new Map<string, Set<string>>();
  const groups: Set<string>[] = [];
  for (const event of script) {
    const [home, ...others] = identifiersOf(event);
    if (home === undefined) continue;
    for (const text of [home, ...others])
      if (!groups.some((group) => group.has(text))) groups.push(new Set([text]));
    for (const other of others) {
      const key = JSON.stringify([home, other].toSorted());
      sourcesByPair.set(key, (sourcesByPair.get(key) ?? new Set()).add(event.source));
    }
  }
  for (const [key, sources] of sourcesByPair) {
    const pair = JSON.parse(key) as string[];
    if (!isFollowed(pair, sources)) continue;
    const [left, right] = pair.map((text) => groups.find((group) => group.has(text))!);
    if (left === right) continue;
    for (const text of right!) left!.add(text);
    groups.splice(groups.indexOf(right!), 1);
  }
  return groups.map((group) => plainPerson(group, script)).toSorted(byMembers);
}

function plainPerson(group: ReadonlySet<string>, script: readonly ScriptEvent[]): PlainPerson {
  const events = script
    .filter((event) => group.has(identifiersOf(event)[0] ?? ""))
    .toSorted(
      (left, right) =>
        left.t - right.t || compare(left.source, right.source) || compare(left.id, right.id),
    );
  const traits: Record<string, unknown> = {};
  for (const event of events)
    for (const [name, value] of Object.entries(event.traits ?? {}))
      if (value !== null && value !== "") traits[name] = value;
  return {
    members: [...group].toSorted(),
    traits,
    journey: events.map(({ source, id }) => `${source}/${id}`),
  };
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function byMembers(left: PlainPerson, right: PlainPerson): number {
  return compare(left.members[0]!, right.members[0]!);
}

/** What a store holds, in the same plain form. */
export async function plainPeople(people: AsyncIterable<PersonRecord>): Promise<PlainPerson[]> {
  const plain: PlainPerson[] = [];
  for await (const person of people) {
    const events = [];
    for await (const event of person.events) events.push(event);
    events.sort(
      (left, right) =>
        left.occurredAt - right.occurredAt ||
        compare(left.source, right.source) ||
        compare(left.key, right.key),
    );
    const traits: Record<string, unknown> = {};
    const inOrder = person.traits.toSorted(
      ({ stamp: left }, { stamp: right }) =>
        left.at - right.at || compare(left.source, right.source) || compare(left.key, right.key),
    );
    for (const { name, value } of inOrder) traits[name] = JSON.parse(value);
    plain.push({
      members: person.members.map(({ namespace, value }) => `${namespace}:${value}`).toSorted(),
      traits,
      journey: events.map(({ source, key }) => `${source}/${key}`),
    });
  }
  return plain.toSorted(byMembers);
}
