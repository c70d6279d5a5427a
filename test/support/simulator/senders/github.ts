/**
 * GitHub. Every event names its sender by number; an address stands only in pushes, and there it is often GitHub's own
 * `noreply@github.com`, which is the committer of whatever was merged on the website, whoever did it.
 */
import type { Milliseconds } from "../../../../src/identity/types.ts";
import type { GithubAccount, SimulatedDelivery, SimulatedPerson } from "../cast.ts";
import type { Random } from "../random.ts";
import { jsonDelivery, secondsText, type Deed } from "./deed.ts";

export const GITHUB_CONFIG = `\
  github:
    replaceProfileId: sender.id
    eventType: header:x-github-event
    eventId: header:x-github-delivery
    occurredAt: [head_commit.timestamp, issue.updated_at, starred_at]
    identifiers: { email: [pusher.email, head_commit.committer.email] }
    traits: { githubLogin: sender.login }
    respond: full
`;

export const NOREPLY = "noreply@github.com";

const COMMITS = [
  "Show the delivery time in the basket",
  "Fix a typo in the returns page",
  "Round prices after the discount, not before",
  "Merge pull request #214 from harbour-goods/search",
  "Retry the invoice job when the printer sleeps",
] as const;
const ISSUES = [
  "The basket forgets its discount code",
  "Search finds nothing for umlauts",
  "Invoice e-mails arrive twice",
] as const;

/** A push from somebody's own machine, with an address of theirs. */
export function githubPush(person: SimulatedPerson, account: GithubAccount, email: string): Deed {
  return push(person, account, { name: account.login, email }, email);
}

/** A merge on the website: no pusher's address, and GitHub as the committer. */
export function githubMerge(person: SimulatedPerson, account: GithubAccount): Deed {
  return push(person, account, { name: account.login, email: null }, NOREPLY);
}

/** A push by somebody who keeps the address private: GitHub gives each such account an alias of its own. */
export function githubPrivatePush(person: SimulatedPerson, account: GithubAccount): Deed {
  const alias = `${account.id}+${account.login}@users.noreply.github.com`;
  return push(person, account, { name: account.login, email: alias }, NOREPLY);
}

export function githubIssue(person: SimulatedPerson, account: GithubAccount): Deed {
  return (at, random) =>
    githubEvent(at, random, person, account, "issues", {
      action: "opened",
      issue: {
        number: random.between(100, 999),
        title: random.pick(ISSUES),
        updated_at: secondsText(at),
      },
    });
}

export function githubStar(person: SimulatedPerson, account: GithubAccount): Deed {
  return (at, random) =>
    githubEvent(at, random, person, account, "star", {
      action: "created",
      starred_at: secondsText(at),
    });
}

function push(
  person: SimulatedPerson,
  account: GithubAccount,
  pusher: { readonly name: string; readonly email: string | null },
  committer: string,
): Deed {
  return (at, random) =>
    githubEvent(at, random, person, account, "push", {
      ref: "refs/heads/main",
      pusher,
      head_commit: {
        id: random.faker.git.commitSha(),
        message: random.pick(COMMITS),
        timestamp: secondsText(at),
        committer: { name: committer === NOREPLY ? "GitHub" : person.fullName, email: committer },
      },
    });
}

function githubEvent(
  at: Milliseconds,
  random: Random,
  person: SimulatedPerson,
  account: GithubAccount,
  type: string,
  facts: object,
): SimulatedDelivery {
  const id = random.faker.string.uuid();
  const headers = { "x-github-event": type, "x-github-delivery": id };
  const body = {
    ...facts,
    repository: { id: 55_120_771, full_name: "harbour-goods/storefront" },
    sender: { id: account.id, login: account.login, type: "User" },
  };
  return jsonDelivery({
    source: "github",
    headers,
    body,
    event: id,
    occurredAt: at,
    person: person.number,
  });
}
