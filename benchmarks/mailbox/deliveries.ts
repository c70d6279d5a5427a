/** Deliveries of people who all have accounts, and either one address for all of them or an address each. */
import type { Size } from "../benchmark.ts";
import type { Posted } from "../in-process.ts";
import { Random } from "../random.ts";

export type Addresses = "shared-mailbox" | "own-addresses";

interface Scale {
  readonly people: number;
  readonly deliveries: number;
}

/** Always more people than make an address generic by default. */
export const SCALES: Readonly<Record<Size, Scale>> = {
  full: { people: 1000, deliveries: 30_000 },
  quick: { people: 1000, deliveries: 6000 },
  tiny: { people: 150, deliveries: 400 },
};

const SOURCE = "shop";

export const CONFIGURATION = `
sources:
  ${SOURCE}:
    replaceProfileId: user
    idSpace: user_id
    eventType: type
    eventId: id
    occurredAt: at
    identifiers: { email: email }
`;

const MAILBOX = "info@company.example";
const START_SECONDS = Date.UTC(2026, 0, 1) / 1000;

/** Everybody once, in this order, and then anybody: the same people at the same places for both kinds of addresses. */
export function drawDeliveries(
  addresses: Addresses,
  { people, deliveries }: Scale,
  seed: number,
): Posted[] {
  const random = new Random(seed);
  return Array.from({ length: deliveries }, (_, index) => {
    const person = index < people ? index : random.below(people);
    const email = addresses === "shared-mailbox" ? MAILBOX : `person.${person}@company.example`;
    const body = JSON.stringify({
      id: `evt-${index}`,
      type: "order_placed",
      at: START_SECONDS + index,
      user: userOf(person),
      email,
      order: { number: random.below(1_000_000), total: random.below(10_000) / 100 },
    });
    return { source: SOURCE, body };
  });
}

export function userOf(person: number): string {
  return `u-${person}`;
}
