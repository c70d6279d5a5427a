/**
 * The truth about a simulated cast: every event of every person in the order of the journey, read off what the simulator
 * drew. It knows nothing of the service, of its extraction and of its way of telling people.
 */
import {
  truthOf,
  eventName,
  type Cast,
  type SimulatedDelivery,
} from "../../test/support/simulator/cast.ts";

export interface TrueEvent {
  readonly source: string;
  readonly type: string;
  readonly at: number;
  /** The sender's own id of the event. */
  readonly key: string;
  /** What a JSON body says; empty for a form. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** By the number of the person, in journey order: by time, then source, then the sender's id. */
export type Truth = readonly (readonly TrueEvent[])[];

export function readTruth(cast: Cast): Truth {
  const persons = truthOf(cast.deliveries);
  const people: TrueEvent[][] = cast.people.map(() => []);
  const seen = new Set<string>();
  for (const delivery of cast.deliveries) {
    const name = eventName(delivery);
    const person = persons.get(name);
    if (person === undefined || seen.has(name)) continue;
    seen.add(name);
    people[person]!.push(trueEvent(delivery));
  }
  for (const events of people) events.sort(compareEvents);
  return people;
}

function trueEvent(delivery: SimulatedDelivery): TrueEvent {
  const { source, occurredAt: at, event: key, contentType } = delivery;
  const body =
    contentType === "application/json"
      ? (JSON.parse(delivery.body) as Readonly<Record<string, unknown>>)
      : {};
  return { source, at, key, body, type: typeOf(delivery, body) };
}

/** Where each sender says what happened. */
function typeOf({ source, headers }: SimulatedDelivery, body: TrueEvent["body"]): string {
  switch (source) {
    case "slack":
      return (body["event"] as { readonly type: string }).type;
    case "shopify":
      return headers["x-shopify-topic"]!;
    case "github":
      return headers["x-github-event"]!;
    case "stripe":
      return body["type"] as string;
    default:
      return "form.submitted";
  }
}

function compareEvents(left: TrueEvent, right: TrueEvent): number {
  return left.at - right.at || compare(left.source, right.source) || compare(left.key, right.key);
}

function compare(left: string, right: string): number {
  return left < right ? -1 : Number(left > right);
}
