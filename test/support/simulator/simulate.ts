/**
 * The simulator: a cast of people whose true identities are known, played as the deliveries of five senders, and of four
 * more where people share what should tell them apart. The same options give the same bytes. It knows nothing of how
 * the service decides who is who.
 *
 *     seed -> people -> what they do, and when -> junk between -> order of arrival, copies among it
 */
import type { Milliseconds } from "../../../src/identity/types.ts";
import { inOrderOfArrival } from "./arrivals.ts";
import type { Cast, SimulatedDelivery, SimulatedPerson } from "./cast.ts";
import { everydayDeeds, provingDeeds } from "./deeds.ts";
import { IDENTITY_RULES } from "./identity-rules.ts";
import { castPeople, PEOPLE_MAX } from "./people.ts";
import { Random } from "./random.ts";
import type { Deed } from "./senders/deed.ts";
import { FORM_CONFIG, formJunk } from "./senders/form.ts";
import { GITHUB_CONFIG } from "./senders/github.ts";
import { SHOPIFY_CONFIG, shopifyJunk } from "./senders/shopify.ts";
import { SLACK_CONFIG, slackJunk } from "./senders/slack.ts";
import { STRIPE_CONFIG, stripeJunk } from "./senders/stripe.ts";
import { sharingDeliveries, SHARING_CONFIG } from "./sharing-deeds.ts";
import { drawSharing, sharesAnything, type SharingOptions } from "./sharing.ts";
import { anyTime, firstTime, timeSince } from "./times.ts";

export interface SimulationOptions extends SharingOptions {
  readonly seed: number;
  readonly people: number;
  /** How many deliveries exactly, redeliveries among them. Default: 25 a person. */
  readonly deliveries?: number;
  /**
   * Whether a few people also write from one office mailbox, which no rule can tell from an address of their own: what
   * they write from it is kept under it. For mailboxes that rules can deal with see `mailboxes`.
   */
  readonly sharedMailbox: boolean;
}

const DELIVERIES_PER_PERSON = 25;
const COPIES_SHARE = 0.08;
const JUNK_SHARE = 0.04;

const CONFIG = `# Five systems, each of which knows people by an id of its own.
sources:
${SLACK_CONFIG}${FORM_CONFIG}${STRIPE_CONFIG}${SHOPIFY_CONFIG}${GITHUB_CONFIG}`;

/** Throws a RangeError where so few deliveries cannot hold so many people. */
export function simulate(options: SimulationOptions): Cast {
  const { seed, people: count, sharedMailbox } = options;
  if (count < 1 || count > PEOPLE_MAX)
    throw new RangeError(`a cast has 1 to ${PEOPLE_MAX} people, not ${count}`);
  const random = new Random(seed);
  const people = castPeople(random, count, sharedMailbox);
  const total = options.deliveries ?? DELIVERIES_PER_PERSON * count;
  const copies = Math.max(1, Math.round(COPIES_SHARE * total));
  const junk = Math.max(1, Math.round(JUNK_SHARE * total));
  const since = people.map(() => firstTime(random));
  const proving = provingDeliveries(random, people, since);
  const isSharing = sharesAnything(options);
  if (isSharing)
    proving.push(...sharingDeliveries(random, people, since, drawSharing(random, people, options)));
  const everyday = total - copies - junk - proving.length;
  if (everyday < 0)
    throw new RangeError(
      `${count} people need at least ${total - everyday} deliveries to be told apart, not ${total}`,
    );
  const deliveries = [
    ...proving,
    ...everydayDeliveries(random, people, since, everyday),
    ...junkDeliveries(random, junk),
  ];
  return {
    config: isSharing ? `${CONFIG}${SHARING_CONFIG}${IDENTITY_RULES}` : CONFIG,
    deliveries: inOrderOfArrival(random, deliveries, copies),
    people,
  };
}

function provingDeliveries(
  random: Random,
  people: readonly SimulatedPerson[],
  since: readonly Milliseconds[],
): SimulatedDelivery[] {
  return people.flatMap((person) =>
    provingDeeds(random, person).flatMap(({ deeds, comesFirst }) => {
      const start = since[person.number]!;
      const times = deeds.map(() => timeSince(random, start)).toSorted((one, other) => one - other);
      if (comesFirst) times[0] = start;
      return deeds.map((deed, index) => deed(times[index]!, random));
    }),
  );
}

function everydayDeliveries(
  random: Random,
  people: readonly SimulatedPerson[],
  since: readonly Milliseconds[],
  count: number,
): SimulatedDelivery[] {
  return Array.from({ length: count }, () => {
    const person = people[random.between(0, people.length - 1)]!;
    const deed = random.pick(everydayDeeds(random, person));
    return deed(timeSince(random, since[person.number]!), random);
  });
}

function junkDeliveries(random: Random, count: number): SimulatedDelivery[] {
  const kinds: readonly [Deed, ...Deed[]] = [slackJunk, formJunk, stripeJunk, shopifyJunk];
  return Array.from({ length: count }, () => random.pick(kinds)(anyTime(random), random));
}
