/**
 * A Shopify shop. What happened, when, and which delivery it was stand in the headers; the body is the order. A sale
 * over the counter has no customer.
 */
import type { Milliseconds } from "../../../../src/identity/types.ts";
import type { SimulatedDelivery, SimulatedPerson } from "../cast.ts";
import type { Random } from "../random.ts";
import { jsonDelivery, secondsText, type Deed } from "./deed.ts";

export const SHOPIFY_CONFIG = `\
  shopify:
    replaceProfileId: customer.id
    eventType: header:x-shopify-topic
    eventId: header:x-shopify-event-id
    occurredAt: header:x-shopify-triggered-at
    identifiers: { email: [email, customer.email], phone: [phone, customer.phone] }
    traits: { name: customer.name, city: shipping_address.city }
    respond: full
`;

const TOPICS = ["orders/create", "orders/paid", "orders/fulfilled"] as const;
const JUNK_CUSTOMERS = [
  null,
  { id: null, email: null },
  { id: 0, email: "null" },
  { id: "undefined", email: "" },
] as const;

export type OrderTopic = (typeof TOPICS)[number];

export interface OrderFields {
  readonly email?: string | undefined;
  readonly phone?: string | undefined;
}

export function shopifyOrder(
  person: SimulatedPerson,
  customer: number,
  topic: OrderTopic,
  { email, phone }: OrderFields,
): Deed {
  return (at, random) =>
    shopEvent(at, random, person.number, topic, {
      ...order(random),
      email: email ?? "",
      phone: phone ?? null,
      customer: { id: customer, name: person.fullName, email: null, phone: null },
      shipping_address: { city: random.faker.location.city() },
    });
}

export const shopifyJunk: Deed = (at, random) =>
  shopEvent(at, random, null, "orders/create", {
    ...order(random),
    email: "",
    phone: null,
    customer: random.pick(JUNK_CUSTOMERS),
  });

function order(random: Random) {
  const title = random.faker.commerce.productName();
  const price = random.faker.commerce.price({ min: 9, max: 180 });
  const number = random.between(1001, 9999);
  return {
    id: random.between(5_000_000_000_000, 5_999_999_999_999),
    name: `#${number}`,
    total_price: price,
    currency: "EUR",
    line_items: [{ title, quantity: 1, price }],
  };
}

function shopEvent(
  at: Milliseconds,
  random: Random,
  person: number | null,
  topic: OrderTopic,
  body: object,
): SimulatedDelivery {
  const id = random.faker.string.uuid();
  const headers = {
    "x-shopify-topic": topic,
    "x-shopify-event-id": id,
    "x-shopify-triggered-at": secondsText(at),
    "x-shopify-shop-domain": "harbour-goods.myshopify.com",
  };
  return jsonDelivery({ source: "shopify", headers, body, event: id, occurredAt: at, person });
}
