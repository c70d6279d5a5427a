/**
 * From the bytes of deliveries to what they say: by the source's configuration, and by hand, as somebody would write it
 * who knows the sender. By hand nothing is checked: no depth, no encoding, no key twice, no value that is none.
 */
import { createHash } from "node:crypto";
import { parseConfig } from "../../src/config/config.ts";
import { takeIn, type Delivery } from "../../src/intake.ts";
import * as slack from "../http-ingest/deliveries.ts";
import * as shop from "../import/lines.ts";

export type WorkloadName = "slack" | "shop";
export type ContenderName = "take-in" | "by-hand";

/** What is compared of an event, in the same form for both. */
interface Said {
  readonly key: string;
  readonly type: string;
  readonly occurredAt: number;
  readonly identifiers: readonly string[];
  readonly traits: readonly string[];
  readonly payload: string;
}

/** What is timed: the result still has to be made comparable. */
export type Work = (bodies: readonly Buffer[]) => readonly (() => Said)[];

export function prepare(contender: ContenderName, workload: WorkloadName): Work {
  return contender === "by-hand" ? byHand(workload) : byConfiguration(workload);
}

const CONFIGURATIONS = {
  slack: { text: slack.CONFIGURATION, source: slack.SOURCE },
  shop: { text: shop.CONFIGURATION, source: shop.SOURCE },
};

function byConfiguration(workload: WorkloadName): Work {
  const { text, source: name } = CONFIGURATIONS[workload];
  const source = parseConfig(text, "benchmark.yaml", {}).sources.get(name)!;
  const fingerprint = (long: string) => createHash("sha256").update(long).digest("base64url");
  const request: Omit<Delivery, "body"> = {
    id: "dl_benchmark",
    source,
    receivedAt: 0,
    urlEventType: undefined,
    contentType: "application/json",
    headers: new Map(),
    query: new URLSearchParams(),
  };
  return (bodies) =>
    bodies.map((body) => {
      const intake = takeIn({ ...request, body }, fingerprint);
      return () => saidBy(intake);
    });
}

function saidBy(intake: ReturnType<typeof takeIn>): Said {
  const intent = "intents" in intake ? intake.intents[0] : undefined;
  if (intent?.kind !== "resolve") throw new Error("a body was not taken in");
  const { key, type, occurredAt, home, others, traits, payload } = intent.event;
  const identifiers = home === null ? [] : [home, ...others];
  return {
    key,
    type,
    occurredAt,
    identifiers: identifiers.map(({ namespace, value }) => `${namespace}:${value}`),
    traits: traits.map(({ name, value }) => `${name}=${value}`),
    payload,
  };
}

interface SlackBody {
  readonly team_id: string;
  readonly event: { readonly type: string; readonly user: string };
  readonly event_id: string;
  readonly event_time: number;
}

interface ShopBody {
  readonly id: string;
  readonly type: string;
  readonly at: string;
  readonly visitor?: string;
  readonly user?: {
    readonly id: string;
    readonly email?: string;
    readonly name: string;
    readonly plan: string;
  };
}

function byHand(workload: WorkloadName): Work {
  const read = workload === "slack" ? readSlack : readShop;
  return (bodies) =>
    bodies.map((body) => {
      const said = read(body.toString());
      return () => said;
    });
}

function readSlack(payload: string): Said {
  const {
    team_id: team,
    event,
    event_id: key,
    event_time: time,
  } = JSON.parse(payload) as SlackBody;
  const identifiers = [`slack:${team}/${event.user}`];
  return { key, type: event.type, occurredAt: time * 1000, identifiers, traits: [], payload };
}

function readShop(payload: string): Said {
  const { id: key, type, at, visitor, user } = JSON.parse(payload) as ShopBody;
  const identifiers: string[] = [];
  const traits: string[] = [];
  if (user !== undefined) identifiers.push(`shop:${user.id}`);
  if (visitor !== undefined) identifiers.push(`visitor:${visitor}`);
  if (user?.email !== undefined) identifiers.push(`email:${user.email.toLowerCase()}`);
  if (user !== undefined)
    traits.push(`name=${JSON.stringify(user.name)}`, `plan=${JSON.stringify(user.plan)}`);
  return { key, type, occurredAt: Date.parse(at), identifiers, traits, payload };
}
