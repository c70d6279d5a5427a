/**
 * A form that stands open on a website. Its script adds the visitor's cookie; the rest is what somebody typed, which
 * need not be true, and so the source is only believed to claim it.
 */
import type { SimulatedPerson } from "../cast.ts";
import { jsonDelivery, secondsText, type Deed } from "./deed.ts";

export const WEBSITE_CONFIG = `\
  website:
    replaceProfileId: visitor
    idSpace: visitor
    eventType: { value: form.submitted }
    eventId: submission
    occurredAt: at
    identifiers: { email: email, phone: phone, user_id: user_id }
    trust: claimed
    respond: full
`;

export interface TypedFields {
  readonly email?: string | undefined;
  readonly phone?: string | undefined;
  readonly account?: string | undefined;
}

/** Posted by this person, whosever address it names. */
export function websitePost(
  person: SimulatedPerson,
  visitor: string,
  { email, phone, account }: TypedFields,
): Deed {
  return (at, random) => {
    const id = random.faker.string.uuid();
    const body = { submission: id, at: secondsText(at), visitor, email, phone, user_id: account };
    const { number } = person;
    return jsonDelivery({
      source: "website",
      headers: {},
      body,
      event: id,
      occurredAt: at,
      person: number,
    });
  };
}
