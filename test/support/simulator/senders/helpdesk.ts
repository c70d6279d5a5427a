/** A help desk: tickets come from a mailbox, by requesters whom the desk numbers itself and sometimes knows as users. */
import type { SimulatedPerson } from "../cast.ts";
import { jsonDelivery, secondsText, type Deed } from "./deed.ts";

export const HELPDESK_CONFIG = `\
  helpdesk:
    replaceProfileId: requester.id
    eventType: { value: ticket.opened }
    eventId: ticket
    occurredAt: opened_at
    identifiers: { user_id: requester.user_id, email: from }
    respond: full
`;

const SUBJECTS = [
  "Where is our parcel?",
  "We need another invoice",
  "Wrong size, how do we return it?",
] as const;

/** The requester that the desk knows as a user, or the one that it knows from mails alone. */
export function requesterOf({ number }: SimulatedPerson, kind: "user" | "mail"): number {
  return 700_000 + 2 * number + (kind === "user" ? 0 : 1);
}

export function ticket(
  person: SimulatedPerson,
  requester: number,
  from: string,
  account?: string,
): Deed {
  return ticketOf(person.number, { id: requester, user_id: account }, from);
}

/** A ticket that only the mailbox has signed. */
export function unsignedTicket(from: string): Deed {
  return ticketOf(null, {}, from);
}

function ticketOf(person: number | null, requester: object, from: string): Deed {
  return (at, random) => {
    const id = random.faker.string.uuid();
    const body = {
      ticket: id,
      opened_at: secondsText(at),
      requester,
      from,
      subject: random.pick(SUBJECTS),
    };
    return jsonDelivery({
      source: "helpdesk",
      headers: {},
      body,
      event: id,
      occurredAt: at,
      person,
    });
  };
}
