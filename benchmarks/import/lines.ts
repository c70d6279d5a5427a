/** Lines of a shop's event log, and the configuration of a source that takes them. */
import type { Size } from "../benchmark.ts";
import { Random } from "../random.ts";

export interface Lines {
  readonly lines: readonly string[];
  /** How many different events they hold. */
  readonly events: number;
  /** How many people that are, counted by what was drawn and not by any way of merging. */
  readonly people: number;
}

export const LINES: Readonly<Record<Size, number>> = { full: 200_000, quick: 20_000, tiny: 500 };

export const SOURCE = "shop";

export const CONFIGURATION = `
sources:
  ${SOURCE}:
    replaceProfileId: user.id
    identifiers:
      visitor: visitor
      email: user.email
    eventType: type
    eventId: id
    occurredAt: at
    traits:
      name: user.name
      plan: user.plan
`;

const EVENTS_PER_PERSON = 5;
const SHARE_OF_REDELIVERIES = 0.02;
const START = Date.UTC(2026, 0, 1);

/** What has been seen of a person: a visitor, a customer, and the visit that shows that they are one. */
interface Seen {
  visitor: boolean;
  user: boolean;
  both: boolean;
}

export function drawLines(count: number, seed: number): Lines {
  const random = new Random(seed);
  const everybody: Seen[] = Array.from({ length: Math.ceil(count / EVENTS_PER_PERSON) }, () => ({
    visitor: false,
    user: false,
    both: false,
  }));
  const lines: string[] = [];
  let events = 0;
  while (lines.length < count) {
    if (lines.length > 0 && random.chance(SHARE_OF_REDELIVERIES)) {
      lines.push(lines[random.below(lines.length)]!);
      continue;
    }
    const person = random.below(everybody.length);
    lines.push(drawLine(events++, person, everybody[person]!, random));
  }
  return { lines, events, people: countPeople(everybody) };
}

/** Three in ten come before anybody has logged in, one in ten is the login, the others know the customer. */
function drawLine(number: number, person: number, seen: Seen, random: Random): string {
  const moment = random.fraction();
  const hasVisitor = moment < 0.4;
  const hasUser = moment >= 0.3;
  seen.visitor ||= hasVisitor;
  seen.user ||= hasUser;
  seen.both ||= hasVisitor && hasUser;
  const user = {
    id: `u-${person}`,
    // Every other event of a customer gives the address too.
    ...(random.chance(0.5) ? { email: `person.${person}@example.com` } : {}),
    name: `Person ${person}`,
    plan: random.chance(0.1) ? "team" : "free",
  };
  return JSON.stringify({
    id: `evt-${number}`,
    type: hasVisitor && hasUser ? "logged_in" : "page_viewed",
    at: new Date(START + number * 1000).toISOString(),
    ...(hasVisitor ? { visitor: `v-${person}-${(person * 7919).toString(36)}` } : {}),
    ...(hasUser ? { user } : {}),
    page: { url: `https://shop.example/products/${random.below(1000)}`, referrer: null },
    amount: random.below(10_000) / 100,
  });
}

function countPeople(everybody: readonly Seen[]): number {
  return everybody.reduce(
    (people, { visitor, user, both }) => people + (both ? 1 : Number(visitor) + Number(user)),
    0,
  );
}
