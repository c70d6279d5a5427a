/**
 * People whose journeys are read, among so many others: who is read, and how much there is of each, is the same in every
 * crowd, and only the number of the others differs.
 */
import type { Posted } from "../in-process.ts";
import { Random } from "../random.ts";

export const CONFIGURATION = `
sources:
  shop:
    replaceProfileId: user
    identifiers: { email: email, visitor: visitor }
    eventType: type
    eventId: id
    occurredAt: at
    traits: { name: name, plan: plan }
`;

/** Whose profiles and journeys are read, where a benchmark does not ask for others. */
export const READ_PEOPLE = 100;
/** More than a page of theirs. */
const EVENTS_EACH = 60;
const EVENTS_PER_OTHER = 10;
const START = Date.UTC(2026, 0, 1);
const TYPES = ["page_viewed", "cart_filled", "ordered", "message_sent"] as const;

/** The order of arrival mixes everybody, so that a journey lies all over the file. Rejects fewer than are read. */
export function drawCrowd(events: number, seed: number, readPeople = READ_PEOPLE): Posted[] {
  const random = new Random(seed);
  const others = Math.ceil((events - readPeople * EVENTS_EACH) / EVENTS_PER_OTHER);
  if (others < 1) throw new RangeError(`${events} events are too few for those who are read`);
  const whose: number[] = [];
  for (let person = 0; person < readPeople + others; person++)
    for (let event = 0; event < (person < readPeople ? EVENTS_EACH : EVENTS_PER_OTHER); event++)
      whose.push(person);
  for (let place = whose.length - 1; place > 0; place--) {
    const other = random.below(place + 1);
    [whose[place], whose[other]] = [whose[other]!, whose[place]!];
  }
  return whose.map((person, number) => ({
    source: "shop",
    body: drawEvent(person, number, random),
  }));
}

function drawEvent(person: number, number: number, random: Random): string {
  const visitor = random.below(3);
  return JSON.stringify({
    id: `e${number}`,
    type: TYPES[random.below(TYPES.length)],
    at: new Date(START + number * 1000).toISOString(),
    user: userOf(person),
    // Two visits of each person, beside which the address stands now and then.
    ...(visitor < 2 ? { visitor: `v-${person}-${visitor}` } : {}),
    ...(random.chance(0.5) ? { email: `person.${person}@example.com` } : {}),
    name: `Person ${person}`,
    plan: random.chance(0.1) ? "team" : "free",
    page: `https://shop.example/products/${random.below(1000)}`,
  });
}

export function userOf(person: number): string {
  return `u-${person}`;
}
