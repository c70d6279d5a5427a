/** Text messages. The gateway looks up who has the number now, where it finds somebody, and numbers change hands. */
import type { SimulatedPerson } from "../cast.ts";
import { jsonDelivery, secondsText, type Deed } from "./deed.ts";

export const SMS_CONFIG = `\
  sms:
    replaceProfileId: contact.user_id
    idSpace: user_id
    eventType: { value: sms.received }
    eventId: message
    occurredAt: received_at
    identifiers: { phone: from }
    respond: full
`;

const TEXTS = ["Yes, Tuesday is fine", "STOP", "Please call me back", "On my way"] as const;

export function sms(person: SimulatedPerson, from: string, account: string): Deed {
  return smsOf(person.number, from, { user_id: account });
}

/** A message from a number that the gateway does not find: it may be anybody's who ever had it. */
export function unknownSms(from: string): Deed {
  return smsOf(null, from, undefined);
}

function smsOf(person: number | null, from: string, contact: object | undefined): Deed {
  return (at, random) => {
    const id = `SM${random.letters(24)}`;
    const body = {
      message: id,
      received_at: secondsText(at),
      from,
      contact,
      text: random.pick(TEXTS),
    };
    return jsonDelivery({ source: "sms", headers: {}, body, event: id, occurredAt: at, person });
  };
}
