/**
 * People with two identifiers and two events each, as many as one likes: what a shop sends of somebody who browsed once and
 * left an address with the order. Everything of a person follows from the person's number.
 */
import { formatTime } from "../../src/extract/time.ts";

export const SOURCE = "shop";

export const CONFIGURATION = `
sources:
  ${SOURCE}:
    replaceProfileId: user
    identifiers: { email: email }
    eventType: type
    eventId: id
    occurredAt: at
    traits: { plan: plan }
`;

export const EVENTS_EACH = 2;
export const IDENTIFIERS_EACH = 2;

const START = Date.UTC(2026, 0, 1);
const TYPES = ["page_viewed", "cart_filled", "ordered", "message_sent"] as const;
const PRODUCTS = 1009;

export interface ShopEvent {
  readonly id: string;
  readonly type: string;
  readonly at: number;
  readonly user: string;
  readonly email: string;
  readonly plan: string;
  readonly body: string;
}

/** The event of a person; `number` rises from 0 for each person, and beyond what the history holds it is a new one. */
export function shopEvent(person: number, number: number): ShopEvent {
  const facts = {
    id: `e${person}-${number}`,
    type: TYPES[(person + number) % TYPES.length]!,
    user: userOf(person),
    email: `person.${person}@example.com`,
    plan: number % 2 === 0 ? "free" : "team",
  };
  const at = START + (person * EVENTS_EACH + number) * 1000;
  const page = `https://shop.example/products/${(person * 31 + number) % PRODUCTS}`;
  return { ...facts, at, body: JSON.stringify({ ...facts, at: formatTime(at), page }) };
}

export function userOf(person: number): string {
  return `u-${person}`;
}
