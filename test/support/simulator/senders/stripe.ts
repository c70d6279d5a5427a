/**
 * Stripe. Most objects name their customer; an event about the customer itself has that id where others have their
 * own. A payment by a guest has no customer, and an address only if the guest asked for a receipt.
 */
import type { Milliseconds } from "../../../../src/identity/types.ts";
import type { SimulatedDelivery, SimulatedPerson } from "../cast.ts";
import type { Random } from "../random.ts";
import { jsonDelivery, unixSeconds, type Deed } from "./deed.ts";

// The filter takes `data.object.id` for events about a customer only: of a charge it is the charge's own id.
export const STRIPE_CONFIG = `\
  stripe:
    replaceProfileId: [data.object.customer, "$.data[?@.object == 'customer'].id"]
    eventId: id
    occurredAt: created
    identifiers:
      email:
        - data.object.customer_details.email
        - data.object.receipt_email
        - data.object.customer_email
        - data.object.email
    traits: { name: [data.object.customer_details.name, data.object.name] }
    respond: full
`;

const JUNK = [null, "null", "undefined", "", 0] as const;
const CENTS_MIN = 900;
const CENTS_MAX = 24_000;

export function stripeCheckout(person: SimulatedPerson, customer: string, email: string): Deed {
  return (at, random) =>
    stripeEvent(at, random, person.number, "checkout.session.completed", {
      id: `cs_${random.letters(16)}`,
      object: "checkout.session",
      ...amount("amount_total", random),
      customer,
      customer_details: { email, name: person.fullName, phone: null },
    });
}

export function stripeInvoice(person: SimulatedPerson, customer: string): Deed {
  return (at, random) =>
    stripeEvent(at, random, person.number, "invoice.paid", {
      id: `in_${random.letters(16)}`,
      object: "invoice",
      ...amount("amount_paid", random),
      customer,
      customer_email: null,
    });
}

/** A payment with the customer left open: then only the receipt's address tells whose it is. */
export function stripeGuestCharge(person: SimulatedPerson, email: string): Deed {
  return (at, random) =>
    stripeEvent(at, random, person.number, "charge.succeeded", charge(random, null, email));
}

/** The customer has a new address: the event that proves that two addresses are one person's. */
export function stripeEmailChange(
  person: SimulatedPerson,
  customer: string,
  from: string,
  to: string,
): Deed {
  const object = { id: customer, object: "customer", email: to, name: person.fullName };
  return (at, random) =>
    stripeEvent(at, random, person.number, "customer.updated", object, { email: from });
}

export const stripeJunk: Deed = (at, random) =>
  stripeEvent(
    at,
    random,
    null,
    "charge.succeeded",
    charge(random, random.pick(JUNK), random.pick(JUNK)),
  );

function charge(random: Random, customer: unknown, email: unknown) {
  return {
    id: `ch_${random.letters(16)}`,
    object: "charge",
    ...amount("amount", random),
    customer,
    receipt_email: email,
  };
}

function amount(field: string, random: Random) {
  return { [field]: random.between(CENTS_MIN, CENTS_MAX), currency: "eur" };
}

function stripeEvent(
  at: Milliseconds,
  random: Random,
  person: number | null,
  type: string,
  object: object,
  previous?: object,
): SimulatedDelivery {
  const id = `evt_${random.letters(24)}`;
  const data = previous === undefined ? { object } : { object, previous_attributes: previous };
  const body = { id, object: "event", type, created: unixSeconds(at), data };
  return jsonDelivery({ source: "stripe", headers: {}, body, event: id, occurredAt: at, person });
}
