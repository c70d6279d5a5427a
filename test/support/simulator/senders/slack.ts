/**
 * Slack's Events API. Messages and reactions name a member by an id alone; the address stands only in the events about
 * the member, in which `event.user` is an object instead of a string.
 */
import type { Milliseconds } from "../../../../src/identity/types.ts";
import type { SimulatedDelivery, SimulatedPerson, SlackAccount } from "../cast.ts";
import type { Random } from "../random.ts";
import { jsonDelivery, unixSeconds, type Deed } from "./deed.ts";

export const SLACK_CONFIG = `\
  slack:
    replaceProfileId: [event.user.id, event.user]
    idScope: team_id
    eventType: event.type
    eventId: event_id
    occurredAt: event_time
    identifiers: { email: event.user.profile.email }
    traits: { name: event.user.profile.real_name }
    respond: full
`;

const TEXTS = [
  "Who has the keys to the sample room?",
  "The new checkout feels a lot faster",
  "Can somebody review my pull request?",
  "Where is the invoice for last month?",
  "Is the guest network down again?",
  "Lunch at one?",
  "The parcel arrived, all in one piece",
  "Where do I change my delivery address?",
] as const;
const REACTIONS = ["thumbsup", "tada", "eyes", "heart"] as const;
const CHANNELS = ["C02GENERAL", "C02HELP", "C02RANDOM"] as const;
const JUNK_USERS = ["undefined", "null", "[object Object]", "", null] as const;

export function slackMessage(person: SimulatedPerson, account: SlackAccount): Deed {
  return (at, random) =>
    envelope(at, random, account.team, person.number, message(random, account.user));
}

export function slackReaction(person: SimulatedPerson, account: SlackAccount): Deed {
  return (at, random) =>
    envelope(at, random, account.team, person.number, {
      type: "reaction_added",
      user: account.user,
      reaction: random.pick(REACTIONS),
      item: { type: "message", channel: random.pick(CHANNELS) },
    });
}

/** The event that ties a member to an address: on joining, or whenever the member fills in the profile. */
export function slackProfile(
  person: SimulatedPerson,
  account: SlackAccount,
  type: "team_join" | "user_change",
  email: string,
): Deed {
  const user = {
    id: account.user,
    team_id: account.team,
    name: person.emails[0].split("@")[0],
    profile: { real_name: person.fullName, display_name: person.firstName, email },
  };
  return (at, random) => envelope(at, random, account.team, person.number, { type, user });
}

/** A message of nobody: posted by a bot, or by an integration that lost the user's id. */
export const slackJunk: Deed = (at, random) => {
  const event = random.chance(0.5)
    ? {
        type: "message",
        subtype: "bot_message",
        bot_id: "B04DEPLOY",
        text: "Deployed to production",
      }
    : message(random, random.pick(JUNK_USERS));
  return envelope(at, random, "T03HARBOR", null, event);
};

function message(random: Random, user: string | null) {
  return { type: "message", user, text: random.pick(TEXTS), channel: random.pick(CHANNELS) };
}

function envelope(
  at: Milliseconds,
  random: Random,
  team: string,
  person: number | null,
  event: object,
): SimulatedDelivery {
  const id = `Ev${random.capitals(9)}`;
  const body = {
    type: "event_callback",
    team_id: team,
    api_app_id: "A02SELFSAME",
    event_id: id,
    event_time: unixSeconds(at),
    event,
  };
  return jsonDelivery({ source: "slack", headers: {}, body, event: id, occurredAt: at, person });
}
