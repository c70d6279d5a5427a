/** The people of a cast: names, addresses and accounts, each of them one person's alone. */
import type { Company, GithubAccount, SimulatedPerson, SlackAccount } from "./cast.ts";
import type { Random } from "./random.ts";

/** Numbers 555-0100 to 555-0199 belong to nobody in any of these areas; they are kept for fiction. */
const AREAS = [
  201, 202, 206, 212, 213, 214, 215, 216, 301, 303, 304, 305, 307, 312, 313, 314, 316, 401, 402,
  404, 405, 406, 412, 414, 415, 501, 502, 503, 504, 505, 512, 513, 515, 602, 603, 605, 612, 615,
  616, 617,
] as const;
const FICTIONAL_PER_AREA = 100;

/** People beyond these have no phone. */
export const PHONES_MAX = AREAS.length * FICTIONAL_PER_AREA;

/** There are names for about ten times as many; drawing one that nobody has takes longer the fewer are left. */
export const PEOPLE_MAX = 200_000;

/** Two workspaces, in which the same user id stands for two different people. */
const SLACK_TEAMS = ["T03HARBOR", "T07GUESTS"] as const;
const GUESTS_SHARE = 0.2;

const COLLEAGUES = 5;
/** Of more companies than this some are branches of one name, for there are not that many names. */
const COMPANIES_WITHOUT_BRANCHES = 1000;
const TRADES = ["Labs", "Works", "Studio", "Freight", "Foods", "Press"] as const;
const TWO_ADDRESSES_SHARE = 0.35;
/** How many write from the office mailbox: enough that it visibly joins strangers. */
const OFFICE_SHARE = 0.06;
const OFFICE_MIN = 3;

export function castPeople(
  random: Random,
  count: number,
  sharedMailbox: boolean,
): SimulatedPerson[] {
  const numbers = Array.from({ length: count }, (_, number) => number);
  const twoAddresses = new Set(random.sample(numbers, atLeast(1, TWO_ADDRESSES_SHARE * count)));
  const inOffice = new Set(
    sharedMailbox ? random.sample(numbers, atLeast(OFFICE_MIN, OFFICE_SHARE * count)) : [],
  );
  const companies = makeCompanies(random, Math.ceil(count / COLLEAGUES));
  const accounts = new Accounts(random);
  const taken = new Set<string>();
  return numbers.map((number) => {
    const name = makeName(random, taken);
    const company = inOffice.has(number) ? companies[0]! : companies[number % companies.length]!;
    const home = `${name.local}@example.org`;
    const work = `${name.local}@${company.domain}`;
    const slack = random.chance(0.65) ? accounts.slack() : undefined;
    const stripeCustomer = random.chance(0.5) ? accounts.stripe() : undefined;
    // Only an account that both addresses were seen with can prove that they are one person's.
    const needsShop = twoAddresses.has(number) && stripeCustomer === undefined;
    const shopifyCustomer = needsShop || random.chance(0.6) ? accounts.shopify() : undefined;
    const github = random.chance(0.3) ? accounts.github(name.local) : undefined;
    const hasPhone = inOffice.has(number) || random.chance(0.6);
    return {
      number,
      firstName: name.first,
      lastName: name.last,
      fullName: `${name.first} ${name.last}`,
      company,
      emails: twoAddresses.has(number) ? [home, work] : [home],
      phone: hasPhone && number < PHONES_MAX ? phoneOf(number) : undefined,
      slack,
      stripeCustomer,
      shopifyCustomer,
      github,
      usesOffice: inOffice.has(number),
    };
  });
}

function atLeast(least: number, count: number): number {
  return Math.max(least, Math.round(count));
}

function makeName(random: Random, taken: Set<string>) {
  for (;;) {
    const { person } = random.faker;
    const first = person.firstName();
    const last = person.lastName();
    const local = `${slug(first)}.${slug(last)}`;
    if (taken.has(local)) continue;
    taken.add(local);
    return { first, last, local };
  }
}

function slug(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z]/g, "");
}

function makeCompanies(random: Random, count: number): Company[] {
  const byDomain = new Map<string, Company>();
  while (byDomain.size < count) {
    const name = `${random.faker.person.lastName()} ${random.pick(TRADES)}`;
    const isBranch = count > COMPANIES_WITHOUT_BRANCHES && byDomain.has(`${slug(name)}.example`);
    const domain = `${slug(name)}${isBranch ? byDomain.size : ""}.example`;
    byDomain.set(domain, { name, domain });
  }
  return [...byDomain.values()];
}

export function phoneOf(number: number): string {
  const area = AREAS[Math.floor(number / FICTIONAL_PER_AREA)]!;
  return `+1${area}55501${String(number % FICTIONAL_PER_AREA).padStart(2, "0")}`;
}

/** Hands out accounts, none of them twice. */
class Accounts {
  readonly #random: Random;
  readonly #members = new Map<string, number>();
  #lastShopify = 7_128_394_000_000;
  #lastGithub = 4_100_000;

  constructor(random: Random) {
    this.#random = random;
  }

  /** The n-th member of every workspace has the same user id: it tells a person only together with the workspace. */
  slack(): SlackAccount {
    const team = SLACK_TEAMS[this.#random.chance(GUESTS_SHARE) ? 1 : 0];
    const member = (this.#members.get(team) ?? 0) + 1;
    this.#members.set(team, member);
    return { team, user: `U${(60_466_176 + member * 524_287).toString(36).toUpperCase()}` };
  }

  stripe(): string {
    return `cus_${this.#random.letters(14)}`;
  }

  shopify(): number {
    this.#lastShopify += this.#random.between(1, 9_999);
    return this.#lastShopify;
  }

  github(login: string): GithubAccount {
    this.#lastGithub += this.#random.between(1, 9_999);
    return { id: this.#lastGithub, login: login.replace(".", "-") };
  }
}
