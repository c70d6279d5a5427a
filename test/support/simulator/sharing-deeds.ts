/**
 * What people do with what they share. Every event is kept under an id that is one person's alone, or nothing can tell
 * whose it is; and nothing is named beside a shared value but an account or what is tied to one (`identity-rules.ts`).
 */
import type { Milliseconds } from "../../../src/identity/types.ts";
import type { SimulatedDelivery, SimulatedPerson } from "./cast.ts";
import type { Random } from "./random.ts";
import { accountOf, APP_CONFIG, appEvent, visitorOf } from "./senders/app.ts";
import type { Deed } from "./senders/deed.ts";
import { formPost } from "./senders/form.ts";
import { HELPDESK_CONFIG, requesterOf, ticket, unsignedTicket } from "./senders/helpdesk.ts";
import { shopifyOrder } from "./senders/shopify.ts";
import { sms, SMS_CONFIG, unknownSms } from "./senders/sms.ts";
import { WEBSITE_CONFIG, websitePost } from "./senders/website.ts";
import type { Attack, RecycledPhone, SharedMailbox, Sharing } from "./sharing.ts";
import { anyTime, timeBefore, timeSince } from "./times.ts";

export const SHARING_CONFIG = `${APP_CONFIG}${HELPDESK_CONFIG}${SMS_CONFIG}${WEBSITE_CONFIG}`;

/** How many also write from a browser that never signs in. */
const STRANGE_BROWSER_SHARE = 0.3;
const MAILS_EACH = 2;

/** The browser that has signed in, which is what ties it to the account. */
function browserOf(person: SimulatedPerson): string {
  return visitorOf(person, "home");
}

export function sharingDeliveries(
  random: Random,
  people: readonly SimulatedPerson[],
  since: readonly Milliseconds[],
  { mailboxes, phones, attacks, twice }: Sharing,
): SimulatedDelivery[] {
  const later = (person: SimulatedPerson, deeds: readonly Deed[]) =>
    deeds.map((deed) => deed(timeSince(random, since[person.number]!), random));
  return [
    ...people.flatMap((person) => later(person, tyingDeeds(random, person))),
    ...mailboxes.flatMap((mailbox) => [
      ...mailbox.members.flatMap((member) => later(member, mailboxDeeds(member, mailbox))),
      unsignedTicket(mailbox.address)(anyTime(random), random),
    ]),
    ...phones.flatMap((phone) => phoneDeliveries(random, since, phone)),
    ...attacks.flatMap((attack) => later(attack.attacker, [attackDeed(attack)])),
    ...twice.flatMap((person) => later(person, secondAccountDeeds(person))),
  ];
}

/** The ties that come before anything shared, and a browser that only claims whose it is. */
function tyingDeeds(random: Random, person: SimulatedPerson): Deed[] {
  const account = accountOf(person);
  const { shopifyCustomer } = person;
  const [email] = person.emails;
  const deeds = [
    appEvent(person, account, "user.registered", { email, shopifyCustomer }),
    appEvent(person, account, "user.signed_in", { visitor: browserOf(person) }),
  ];
  if (random.chance(STRANGE_BROWSER_SHARE))
    deeds.push(websitePost(person, visitorOf(person, "library"), { email }));
  return deeds;
}

/** Only a mailbox that joins nobody may be named beside a requester that nothing else ties to the person. */
function mailboxDeeds(member: SimulatedPerson, { address, isGeneric }: SharedMailbox): Deed[] {
  const account = accountOf(member);
  const deeds = [
    appEvent(member, account, "user.address_added", { email: address }),
    ticket(member, requesterOf(member, "user"), address, account),
  ];
  const mail = ticket(member, requesterOf(member, "mail"), address);
  if (isGeneric) for (let count = 0; count < MAILS_EACH; count++) deeds.push(mail);
  return deeds;
}

/** Both owners use the number in every way there is, each in their time. */
function phoneDeliveries(
  random: Random,
  since: readonly Milliseconds[],
  { phone, first, second, handover }: RecycledPhone,
): SimulatedDelivery[] {
  return [
    ...[...phoneDeeds(first, phone), unknownSms(phone)].map((deed) =>
      deed(timeBefore(random, since[first.number]!, handover), random),
    ),
    ...[...phoneDeeds(second, phone), unknownSms(phone)].map((deed) =>
      deed(timeSince(random, handover), random),
    ),
  ];
}

function phoneDeeds(owner: SimulatedPerson, phone: string): Deed[] {
  const { emails, shopifyCustomer } = owner;
  const [email] = emails;
  const deeds = [
    sms(owner, phone, accountOf(owner)),
    websitePost(owner, browserOf(owner), { phone }),
    formPost(owner, { email, phone }),
  ];
  if (shopifyCustomer !== undefined)
    deeds.push(shopifyOrder(owner, shopifyCustomer, "orders/create", { email, phone }));
  return deeds;
}

/** Somebody else's address beside the attacker's own browser and account. */
function attackDeed({ attacker, victim }: Attack): Deed {
  const account = accountOf(attacker);
  return websitePost(attacker, browserOf(attacker), { email: victim.emails[0], account });
}

function secondAccountDeeds(person: SimulatedPerson): Deed[] {
  const account = accountOf(person, 1);
  const [email] = person.emails;
  return [
    appEvent(person, account, "user.registered", { email }),
    appEvent(person, account, "user.signed_in", { visitor: visitorOf(person, "phone") }),
  ];
}
