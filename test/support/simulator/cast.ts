/**
 * What the simulator hands out: deliveries shaped like real senders', and the truth about them that no sender tells.
 * These shapes know nothing of how a cast is made, nor of the engine that it is played to.
 */
import type { Milliseconds } from "../../../src/identity/types.ts";

/** A person as only the simulator knows them: every id that any system has of them. No two people share one. */
export interface SimulatedPerson {
  /** From 0: the place in `Cast.people`. */
  readonly number: number;
  readonly firstName: string;
  readonly lastName: string;
  readonly fullName: string;
  readonly company: Company;
  /** One or two; they differ between people. */
  readonly emails: readonly [string, ...string[]];
  /** E.164. */
  readonly phone: string | undefined;
  readonly slack: SlackAccount | undefined;
  readonly stripeCustomer: string | undefined;
  readonly shopifyCustomer: number | undefined;
  readonly github: GithubAccount | undefined;
  /** Whether this person also writes from the mailbox that the whole office uses. */
  readonly usesOffice: boolean;
}

export interface Company {
  readonly name: string;
  readonly domain: string;
}

export interface SlackAccount {
  readonly team: string;
  readonly user: string;
}

export interface GithubAccount {
  readonly id: number;
  readonly login: string;
}

/** One HTTP request that a sender makes; every one of them holds one event. */
export interface SimulatedDelivery {
  readonly source: string;
  readonly contentType: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The sender's own id of the event, by which a redelivery is known; unique within the source. */
  readonly event: string;
  /** The time that the event itself tells. */
  readonly occurredAt: Milliseconds;
  /** Whose event it is; null where nothing in it can tell. */
  readonly person: number | null;
}

export interface Cast {
  /** The text of a configuration file with all sources and, where people share anything, the identity rules. */
  readonly config: string;
  /** In the order in which they arrive. */
  readonly deliveries: readonly SimulatedDelivery[];
  readonly people: readonly SimulatedPerson[];
}

/** How an event is named where sources meet: their keys are unique only within each. */
export function eventName({ source, event }: Pick<SimulatedDelivery, "source" | "event">): string {
  return `${source} ${event}`;
}

/** Whose each event is, by its name; events that nothing in them can assign are left out. */
export function truthOf(deliveries: readonly SimulatedDelivery[]): Map<string, number> {
  return new Map(
    deliveries.flatMap((delivery) =>
      delivery.person === null ? [] : [[eventName(delivery), delivery.person] as const],
    ),
  );
}
