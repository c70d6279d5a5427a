/** A client of the running service: what the demo knows of people it has asked for here, over HTTP like anybody else. */
import type { GraphView, StatsView } from "../../queries/queries.ts";
import type { ProfileView, TraitView } from "../../queries/people.ts";
import type { EventReceipt } from "../../receipt.ts";
import type { DemoDelivery } from "./cast.ts";

export interface Profile extends Omit<ProfileView, "traits"> {
  readonly traits: Readonly<
    Record<string, Pick<TraitView, "at" | "source"> & { readonly value: unknown }>
  >;
}

export interface JourneyEvent {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly occurredAt: string;
  readonly provisional: string;
  readonly payload: unknown;
}

interface Journey {
  readonly events: readonly JourneyEvent[];
}

/** More than the cast has events. */
const JOURNEY_LIMIT = 1000;

export class Client {
  readonly url: string;
  readonly #signal: AbortSignal;

  /** `signal` ends what is under way. */
  constructor(url: string, signal: AbortSignal) {
    this.url = url;
    this.#signal = signal;
  }

  /** Posts one webhook as its sender did, and returns what became of its one event. */
  async post(delivery: DemoDelivery): Promise<EventReceipt> {
    const answer = await this.#fetch(`/webhooks/${delivery.source}`, {
      method: "POST",
      headers: { ...delivery.headers, "content-type": delivery.contentType },
      body: delivery.body,
    });
    return (answer as { events: [EventReceipt] }).events[0];
  }

  async profile(reference: string): Promise<Profile> {
    return (await this.#fetch(profilePath(reference))) as Profile;
  }

  async journey(reference: string): Promise<readonly JourneyEvent[]> {
    const path = `${profilePath(reference)}/journey?limit=${JOURNEY_LIMIT}`;
    return ((await this.#fetch(path)) as Journey).events;
  }

  async graph(reference: string): Promise<GraphView> {
    return (await this.#fetch(`${profilePath(reference)}/graph`)) as GraphView;
  }

  async stats(): Promise<StatsView> {
    return (await this.#fetch("/v1/stats")) as StatsView;
  }

  async #fetch(path: string, request: RequestInit = {}): Promise<unknown> {
    const answer = await fetch(`${this.url}${path}`, { ...request, signal: this.#signal });
    if (!answer.ok)
      throw new Error(`${path} was answered ${answer.status}: ${await answer.text()}`);
    return answer.json();
  }
}

/** The path of whoever is known by a reference. What a path may hold as it is stays readable. */
export function profilePath(reference: string): string {
  const encoded = encodeURIComponent(reference).replaceAll("%3A", ":").replaceAll("%40", "@");
  return `/v1/profiles/${encoded}`;
}
