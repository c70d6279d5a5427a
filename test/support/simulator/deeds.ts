/**
 * What people do. The proving deeds are what makes a perfect resolution possible: each ties one of a person's ids to
 * the others. The everyday deeds name what the person has anyway, and tell nothing new.
 */
import type { SimulatedPerson } from "./cast.ts";
import type { Random } from "./random.ts";
import type { Deed } from "./senders/deed.ts";
import { formPost } from "./senders/form.ts";
import {
  githubIssue,
  githubMerge,
  githubPrivatePush,
  githubPush,
  githubStar,
} from "./senders/github.ts";
import { shopifyOrder } from "./senders/shopify.ts";
import { slackMessage, slackProfile, slackReaction } from "./senders/slack.ts";
import {
  stripeCheckout,
  stripeEmailChange,
  stripeGuestCharge,
  stripeInvoice,
} from "./senders/stripe.ts";

/** Deeds that happen one after the other, with anything else between. */
export interface Proof {
  readonly deeds: readonly Deed[];
  /** Whether nothing of this person can have happened before the first. */
  readonly comesFirst: boolean;
}

const OFFICE_POSTS = 2;

/** The fewest deeds that tie all ids of a person together, and whatever the person must do by role. */
export function provingDeeds(random: Random, person: SimulatedPerson): Proof[] {
  const { emails, phone, slack, github } = person;
  const proofs = accountProofs(person);
  if (slack !== undefined) {
    const joins = random.chance(0.5);
    const type = joins ? "team_join" : "user_change";
    const deeds = [slackProfile(person, slack, type, random.pick(emails))];
    proofs.push({ deeds, comesFirst: joins });
  }
  const anytime = (...deeds: Deed[]) => proofs.push({ deeds, comesFirst: false });
  if (github !== undefined) anytime(githubPush(person, github, random.pick(emails)));
  if (phone !== undefined) anytime(formPost(person, { email: emails[0], phone }));
  if (person.usesOffice) {
    const mailbox = { email: officeMailbox(person), phone };
    for (let post = 0; post < OFFICE_POSTS; post++) anytime(formPost(person, mailbox));
  }
  if (proofs.length === 0) anytime(formPost(person, { email: emails[0] }));
  return proofs;
}

/** Accounts with the bank and the shop: by one of them, a person's second address is known to be the same person's. */
function accountProofs(person: SimulatedPerson): Proof[] {
  const { emails, stripeCustomer: stripe, shopifyCustomer: shopify } = person;
  const [email, secondEmail] = emails;
  const proofs: Proof[] = [];
  if (stripe !== undefined) {
    const deeds = [stripeCheckout(person, stripe, email)];
    if (secondEmail !== undefined)
      deeds.push(stripeEmailChange(person, stripe, email, secondEmail));
    proofs.push({ deeds, comesFirst: false });
  }
  if (shopify !== undefined) {
    const deeds = [shopifyOrder(person, shopify, "orders/create", { email })];
    if (secondEmail !== undefined && stripe === undefined)
      deeds.push(formPost(person, { email: secondEmail, shopifyCustomer: shopify }));
    proofs.push({ deeds, comesFirst: false });
  }
  return proofs;
}

/** The address that everybody in the office reads and writes from. */
export function officeMailbox({ company }: SimulatedPerson): string {
  return `info@${company.domain}`;
}

/** What fills a person's days: the same deed several times where it is done more often. */
export function everydayDeeds(random: Random, person: SimulatedPerson): readonly [Deed, ...Deed[]] {
  const { emails, phone, slack, stripeCustomer, shopifyCustomer, github } = person;
  const email = random.pick(emails);
  const deeds: [Deed, ...Deed[]] = [
    formPost(person, { email }),
    phone === undefined ? stripeGuestCharge(person, email) : formPost(person, { phone }),
  ];
  if (slack !== undefined) {
    const message = slackMessage(person, slack);
    deeds.push(message, message, message, slackReaction(person, slack));
  }
  if (stripeCustomer !== undefined) deeds.push(stripeInvoice(person, stripeCustomer));
  if (shopifyCustomer !== undefined)
    deeds.push(
      shopifyOrder(person, shopifyCustomer, "orders/create", { email, phone }),
      shopifyOrder(person, shopifyCustomer, "orders/paid", {}),
      shopifyOrder(person, shopifyCustomer, "orders/fulfilled", {}),
    );
  if (github !== undefined)
    deeds.push(
      githubMerge(person, github),
      githubPrivatePush(person, github),
      githubIssue(person, github),
      githubStar(person, github),
    );
  return deeds;
}
