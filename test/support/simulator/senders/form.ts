/**
 * A form on a website, posted by the browser. Anybody can type anything, so addresses come in several spellings, and
 * fields that a script should have filled in come as what that script had instead.
 */
import type { SimulatedPerson } from "../cast.ts";
import type { Random } from "../random.ts";
import { secondsText, type Deed } from "./deed.ts";

export const FORM_CONFIG = `\
  form:
    eventType: { value: form.submitted }
    eventId: submission_id
    occurredAt: submitted_at
    identifiers: { email: email, phone: phone, shopify: customer_id }
    traits: { name: name }
    trust: claimed
    respond: full
`;

const TOPICS = ["newsletter", "contact", "returns", "book a demo"] as const;
const JUNK = ["", "null", "undefined", "[object Object]", "0"] as const;

export interface FormFields {
  readonly email?: string | undefined;
  readonly phone?: string | undefined;
  readonly shopifyCustomer?: number | undefined;
}

export function formPost(person: SimulatedPerson, fields: FormFields): Deed {
  return submission(person, fields);
}

/** A form whose script failed: everything that could tell who posted it is lost. */
export const formJunk: Deed = submission(undefined, {});

function submission(person: SimulatedPerson | undefined, fields: FormFields): Deed {
  return (at, random) => {
    const id = random.faker.string.uuid();
    const { email, phone, shopifyCustomer } = fields;
    const body = new URLSearchParams({
      submission_id: id,
      submitted_at: secondsText(at),
      topic: random.pick(TOPICS),
      name: person?.fullName ?? "",
      email: email === undefined ? random.pick(JUNK) : emailAsTyped(random, email),
      phone: phone === undefined ? random.pick(JUNK) : phoneAsTyped(random, phone),
      customer_id: shopifyCustomer === undefined ? random.pick(JUNK) : String(shopifyCustomer),
    });
    return {
      source: "form",
      contentType: "application/x-www-form-urlencoded",
      headers: {},
      body: body.toString(),
      event: id,
      occurredAt: at,
      person: person?.number ?? null,
    };
  };
}

function emailAsTyped(random: Random, email: string): string {
  const capitalised = email.replaceAll(/(?<=^|\.)[a-z](?=.*@)/g, (letter) => letter.toUpperCase());
  return random.pick([email, email, capitalised, ` ${email}`, email.toUpperCase()]);
}

function phoneAsTyped(random: Random, phone: string): string {
  const [, area, exchange, line] = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(phone)!;
  return random.pick([phone, `+1 ${area} ${exchange} ${line}`, `+1 (${area}) ${exchange}-${line}`]);
}
