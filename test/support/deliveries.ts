/**
 * Deliveries of two systems about the same people: a chat that posts JSON as Slack does, and a shop's form. Each has
 * its own event id and event time. A person is met by a chat id, a visitor id and an e-mail address, at first apart;
 * deliveries that name two of them merge profiles, and now and then one puts two people together.
 */
import * as fc from "fast-check";

export interface Delivery {
  readonly source: string;
  /** The sender's own event id. */
  readonly key: string;
  readonly contentType: string;
  readonly body: string;
}

export const DELIVERIES_CONFIG = `
sources:
  chat:
    replaceProfileId: [event.user.id, event.user]
    idScope: team_id
    eventType: event.type
    eventId: event_id
    occurredAt: event_time
    identifiers: { email: event.user.profile.email }
    traits: { name: event.user.profile.real_name }
    respond: full
  form:
    replaceProfileId: "data[visitor]"
    idSpace: visitor
    eventType: type
    eventId: id
    occurredAt: fired_at
    identifiers: { email: "data[email]" }
    traits: { city: "data[merges][CITY]", name: "data[merges][NAME]" }
    respond: full
`;

const START = Date.UTC(2026, 0, 1);
const MINUTE = 60_000;
/** People come and go: delivery 1000 speaks of other people than delivery 1, so that merges never cease. */
const DELIVERIES_PER_PERSON = 6;
const PEOPLE_AT_A_TIME = 40;

const choice = fc.record({
  kind: fc.oneof(
    { weight: 4, arbitrary: fc.constant("message" as const) },
    { weight: 2, arbitrary: fc.constant("profile" as const) },
    { weight: 4, arbitrary: fc.constant("visit" as const) },
    { weight: 2, arbitrary: fc.constant("signup" as const) },
    { weight: 1, arbitrary: fc.constant("partner" as const) },
  ),
  person: fc.nat({ max: PEOPLE_AT_A_TIME - 1 }),
  // Few distinct times, so that some are equal and the order needs its tie-break.
  minute: fc.nat({ max: 500 }),
  name: fc.constantFrom("Ann", "Bo", "Zoë", "日本"),
  city: fc.constantFrom("Rome", "", "Łódź"),
});

type Choice = typeof choice extends fc.Arbitrary<infer Value> ? Value : never;

/** The same deliveries for the same seed; the first of them are the same for any count. */
export function deliveriesOf(seed: number, count: number): Delivery[] {
  return fc.sample(fc.noBias(choice), { seed, numRuns: count }).map(deliveryOf);
}

function deliveryOf({ kind, person: offset, minute, name, city }: Choice, index: number): Delivery {
  const person = Math.floor(index / DELIVERIES_PER_PERSON) + offset;
  const at = START + minute * MINUTE;
  const key = `Ev${index}`;
  const email = (number: number) => `P${number}@Example.com`;
  switch (kind) {
    case "message":
      return chat(key, at, { type: "message", user: `U${person}`, text: "hello" });
    case "profile": {
      const profile = { email: email(person), real_name: name };
      return chat(key, at, { type: "user_change", user: { id: `U${person}`, profile } });
    }
    case "visit":
      return form(key, at, { visitor: `v${person}`, city });
    case "signup":
      return form(key, at, { visitor: `v${person}`, city, name, email: email(person) });
    case "partner":
      return form(key, at, { visitor: `v${person}`, city, email: email(person + 1) });
  }
}

function chat(key: string, at: number, event: object): Delivery {
  const body = { event_id: key, event_time: at / 1000, team_id: "T1", event };
  return { source: "chat", key, contentType: "application/json", body: JSON.stringify(body) };
}

interface FormFields {
  readonly visitor: string;
  readonly city: string;
  readonly name?: string;
  readonly email?: string;
}

function form(key: string, at: number, { visitor, city, name, email }: FormFields): Delivery {
  const fields = new URLSearchParams({
    type: email === undefined ? "visit" : "subscribe",
    id: key,
    fired_at: new Date(at).toISOString(),
    "data[visitor]": visitor,
    "data[merges][CITY]": city,
    ...(name === undefined ? {} : { "data[merges][NAME]": name }),
    ...(email === undefined ? {} : { "data[email]": email }),
  });
  return {
    source: "form",
    key,
    contentType: "application/x-www-form-urlencoded",
    body: fields.toString(),
  };
}
