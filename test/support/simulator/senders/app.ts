/** The shop's own app: it knows its users by their accounts, of which everybody has one and some have two. */
import type { SimulatedPerson } from "../cast.ts";
import { jsonDelivery, secondsText, type Deed } from "./deed.ts";

export const APP_CONFIG = `\
  app:
    replaceProfileId: user.id
    idSpace: user_id
    eventId: id
    occurredAt: at
    identifiers: { email: user.email, shopify: user.shop_customer, visitor: visitor }
    traits: { name: user.name }
    respond: full
`;

export type AppEventType = "user.registered" | "user.address_added" | "user.signed_in";

export interface AppFields {
  readonly email?: string | undefined;
  readonly shopifyCustomer?: number | undefined;
  readonly visitor?: string | undefined;
}

const ACCOUNTS_PER_PERSON_MAX = 10;

/** The person's account: number 0 is the one that everybody has. */
export function accountOf({ number }: SimulatedPerson, account = 0): string {
  return `u-${1000 + ACCOUNTS_PER_PERSON_MAX * number + account}`;
}

/** What a browser of the person is known by as long as nobody deletes its cookies. */
export function visitorOf({ number }: SimulatedPerson, browser: string): string {
  return `vis-${number}-${browser}`;
}

export function appEvent(
  person: SimulatedPerson,
  account: string,
  type: AppEventType,
  { email, shopifyCustomer, visitor }: AppFields,
): Deed {
  return (at, random) => {
    const id = random.faker.string.uuid();
    const user = { id: account, name: person.fullName, email, shop_customer: shopifyCustomer };
    const body = { id, type, at: secondsText(at), user, visitor };
    const { number } = person;
    return jsonDelivery({
      source: "app",
      headers: {},
      body,
      event: id,
      occurredAt: at,
      person: number,
    });
  };
}
