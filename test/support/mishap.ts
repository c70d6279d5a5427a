/**
 * Deliveries to sources whose configuration was wrong for a while: single objects, lists and forms, with and without ids
 * and times of their own; and the configurations. By the wrong one most of them are quarantined. Neither changes what an
 * event is called or what becomes of it once it is mapped, so that nothing but the quarantine makes a difference.
 */
import fc from "fast-check";
import type { IncomingDelivery } from "../../src/messages.ts";
import type { Service } from "../../src/service.ts";

/** Where the id of the person stands, and where somebody thought that it stands; some have another that is found. */
export const RIGHT_PATH = "user";
export const WRONG_PATH = "usr";

export function configOf(path: string): string {
  const common = `replaceProfileId: [card, ${path}], withoutId: quarantine`;
  return `
sources:
  crm: { ${common}, eventId: key, occurredAt: at, traits: { name: name } }
  plain: { ${common} }
  form: { ${common}, eventId: header:x-delivery, identifiers: { email: email } }
  list: { ${common}, events: items, identifiers: { email: email } }
`;
}

const FORM = "application/x-www-form-urlencoded";
const START = 1_767_225_600;

const USERS = ["u1", "u2", "", "u3", null, "u4"];

/** One thing that happened. What bears the same number is the same, so that nothing is told twice in two ways. */
function thing(number: number): object {
  return {
    user: USERS[number % USERS.length],
    name: number % 2 ? "Ann" : "Bo",
    at: START + (number % 5),
    ...(number % 4 ? {} : { card: `c${number % 3}`, email: `${number % 2}@x` }),
  };
}

interface Sent {
  readonly source: string;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: string;
  readonly urlEventType?: string | undefined;
}

const number = fc.nat({ max: 11 });
const numbers = fc.array(number, { maxLength: 4 });
const keyed = (one: number) => ({ key: `k${one}`, ...thing(one) });

/** Without a name of its own an event is known by all of its text, its type and what the query says. */
const unnamed = fc.record({
  query: fc.constantFrom("", "a=1", "a=2&token=s3cret"),
  urlEventType: fc.constantFrom(undefined, "signup"),
});

const sent: fc.Arbitrary<Sent> = fc.oneof(
  { weight: 3, arbitrary: number.map((one) => ({ source: "crm", body: keyed(one) })) },
  { weight: 2, arbitrary: numbers.map((all) => ({ source: "crm", body: all.map(keyed) })) },
  {
    weight: 2,
    arbitrary: fc.tuple(number, unnamed).map(([one, rest]) => ({
      source: "plain",
      body: thing(one),
      ...rest,
    })),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(numbers, unnamed).map(([all, rest]) => ({
      source: "plain",
      body: all.map(thing),
      ...rest,
    })),
  },
  {
    weight: 1,
    arbitrary: number.map((one) => ({
      source: "plain",
      body: [one, one + 1, one].map(thing),
      headers: { "webhook-id": `W${one}` },
    })),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(numbers, unnamed).map(([all, rest]) => ({
      source: "list",
      body: { items: all.map(thing) },
      ...rest,
    })),
  },
  {
    weight: 2,
    arbitrary: number.map((one) => ({
      source: "form",
      body: thing(one),
      headers: { "x-delivery": `d${one}` },
    })),
  },
  { weight: 1, arbitrary: number.map((one) => ({ source: "form", body: thing(one) })) },
  { weight: 1, arbitrary: fc.constantFrom(7, "text").map((body) => ({ source: "crm", body })) },
);

export const mishapDeliveries: fc.Arbitrary<IncomingDelivery> = sent.map(
  ({ source, body, headers = {}, query = "", urlEventType }) => ({
    source,
    urlEventType,
    contentType: source === "form" ? FORM : "application/json",
    headers: new Map(Object.entries(headers)),
    query: new URLSearchParams(query),
    body: Buffer.from(source === "form" ? formOf(body as object) : JSON.stringify(body)),
  }),
);

function formOf(fields: object): string {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) form.append(name, String(value ?? ""));
  return form.toString();
}

/** What became of everything received, as `source outcome events deliveries`. */
export async function countsOf({ queries }: Pick<Service, "queries">): Promise<readonly string[]> {
  const { outcomes } = await queries.stats();
  return outcomes
    .map(
      ({ source, outcome, deliveries, events }) => `${source} ${outcome} ${events} ${deliveries}`,
    )
    .toSorted();
}

/** The same of events alone, `source outcome events`. */
export async function eventCountsOf(service: Pick<Service, "queries">): Promise<readonly string[]> {
  return (await countsOf(service))
    .map((text) => text.replace(/ \d+$/, ""))
    .filter((text) => !text.endsWith(" 0"));
}
