/**
 * The digest: one hash of all people, so that two databases can be compared by a line of text. It covers members,
 * traits and journeys, and depends on nothing that differs between two ways of receiving the same events: not on the
 * order of arrival, not on canonical ids, not on when anything was received.
 */
import { createHash } from "node:crypto";
import { withoutRecurrence } from "../extract/recurrence.ts";
import { identifierText } from "../identity/identifier.ts";
import { newestTraits } from "../identity/traits.ts";
import type { EventRecord, PersonRecord } from "../store/store.ts";

export interface Digest {
  /** SHA-256, hexadecimal. */
  readonly digest: string;
  readonly profiles: number;
  readonly events: number;
}

function sha256(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex");
}

export async function digestOf(people: AsyncIterable<PersonRecord>): Promise<Digest> {
  const hashes: string[] = [];
  let events = 0;
  for await (const person of people) {
    const journey: string[] = [];
    for await (const event of person.events) journey.push(sha256(eventFacts(event)));
    events += journey.length;
    const members = person.members.map(identifierText).toSorted();
    hashes.push(sha256([members, traitFacts(person), journey.toSorted()]));
  }
  return { digest: sha256(hashes.toSorted()), profiles: hashes.length, events };
}

/** An event that gave no time of its own has none here: when it was received says nothing of the person. */
function eventFacts({ source, key, type, timeGiven, occurredAt, payload }: EventRecord): unknown {
  return [source, withoutRecurrence(key), type, timeGiven ? occurredAt : null, payload];
}

/**
 * Which of several values is the newest depends, for events without a time of their own, on when they were received;
 * such a trait counts by its name alone.
 */
function traitFacts({ traits }: PersonRecord): unknown[] {
  return newestTraits(traits).map(({ name, value, stamp, timeGiven }) =>
    timeGiven ? [name, value, stamp.at, stamp.source, stamp.key] : [name],
  );
}
