/**
 * What the people of a cast share although it should tell them apart, drawn before anything happens: mailboxes, phone
 * numbers that change hands, addresses that others put into an open form, and second accounts.
 */
import type { Milliseconds } from "../../../src/identity/types.ts";
import type { SimulatedPerson } from "./cast.ts";
import { GENERIC_AFTER } from "./identity-rules.ts";
import { PHONES_MAX, phoneOf } from "./people.ts";
import type { Random } from "./random.ts";
import { midnight } from "./times.ts";

export interface SharingOptions {
  /** How many people each of several mailboxes has, two or more. Default: no mailboxes. */
  readonly mailboxes?: readonly number[];
  /** How many phone numbers belong to one person first and to another one later. Default: 0. */
  readonly recycledPhones?: number;
  /** How many people name other people's addresses in the open form, beside ids of their own. Default: 0. */
  readonly formAttackers?: number;
  /** How many people open a second account under the address of the first. Default: 0. */
  readonly secondAccounts?: number;
}

export interface SharedMailbox {
  readonly address: string;
  readonly members: readonly SimulatedPerson[];
  /** Whether it has so many members that the rules take it for generic. */
  readonly isGeneric: boolean;
}

export interface RecycledPhone {
  /** E.164. */
  readonly phone: string;
  readonly first: SimulatedPerson;
  readonly second: SimulatedPerson;
  readonly handover: Milliseconds;
}

export interface Attack {
  readonly attacker: SimulatedPerson;
  readonly victim: SimulatedPerson;
}

export interface Sharing {
  readonly mailboxes: readonly SharedMailbox[];
  readonly phones: readonly RecycledPhone[];
  readonly attacks: readonly Attack[];
  readonly twice: readonly SimulatedPerson[];
}

const VICTIMS_EACH = 4;
const LOCAL_PARTS = ["info", "sales", "support", "orders"] as const;

export function sharesAnything(options: SharingOptions): boolean {
  const { mailboxes = [], recycledPhones = 0, formAttackers = 0, secondAccounts = 0 } = options;
  return mailboxes.length + recycledPhones + formAttackers + secondAccounts > 0;
}

/** Throws a RangeError where there are too few people for what they are to share. */
export function drawSharing(
  random: Random,
  people: readonly SimulatedPerson[],
  options: SharingOptions,
): Sharing {
  const { mailboxes = [], recycledPhones = 0, formAttackers = 0, secondAccounts = 0 } = options;
  if (people.length < Math.max(2, formAttackers + 1, secondAccounts, ...mailboxes))
    throw new RangeError(`${people.length} people are too few for what they are to share`);
  if (people.length + recycledPhones > PHONES_MAX)
    throw new RangeError(`there are only ${PHONES_MAX} phone numbers`);
  return {
    mailboxes: mailboxes.map((size, index) => drawMailbox(random, people, size, index)),
    phones: Array.from({ length: recycledPhones }, (_, index) => {
      const [first, second] = random.sample(people, 2) as [SimulatedPerson, SimulatedPerson];
      const phone = phoneOf(people.length + index);
      return { phone, first, second, handover: midnight(random) };
    }),
    attacks: drawAttacks(random, people, formAttackers),
    twice: random.sample(people, secondAccounts),
  };
}

function drawMailbox(
  random: Random,
  people: readonly SimulatedPerson[],
  size: number,
  index: number,
): SharedMailbox {
  const members = random.sample(people, size);
  const address = `${LOCAL_PARTS[index % LOCAL_PARTS.length]!}.${index}@${members[0]!.company.domain}`;
  return { address, members, isGeneric: size > GENERIC_AFTER };
}

/** All name the address of one person, so that claims alone would make it look generic, and those of a few others. */
function drawAttacks(random: Random, people: readonly SimulatedPerson[], count: number): Attack[] {
  const [first, ...others] = random.shuffle(people) as [SimulatedPerson, ...SimulatedPerson[]];
  const attackers = others.slice(0, count);
  return attackers.flatMap((attacker) => {
    const further = random.sample(
      others.filter((person) => person !== attacker),
      VICTIMS_EACH - 1,
    );
    return [first, ...further].map((victim) => ({ attacker, victim }));
  });
}
