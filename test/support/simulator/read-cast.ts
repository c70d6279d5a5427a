/** What the service makes of each distinct delivery of a cast, by the cast's own configuration and without a store. */
import { takeIn, type Intent } from "../../../src/intake.ts";
import { eventName, type Cast, type SimulatedDelivery } from "./cast.ts";
import { incoming, settingsOf } from "./play.ts";

type Resolvable = Extract<Intent, { kind: "resolve" }>;

export interface ReadDelivery {
  readonly delivery: SimulatedDelivery;
  readonly intent: Resolvable;
}

/** Every delivery once, without its copies. */
export function distinctDeliveries({ deliveries }: Pick<Cast, "deliveries">): SimulatedDelivery[] {
  return [...new Map(deliveries.map((delivery) => [eventName(delivery), delivery])).values()];
}

/** Throws where a delivery is no event that can be resolved. */
export function readCast(cast: Cast): ReadDelivery[] {
  const { sources } = settingsOf(cast);
  return distinctDeliveries(cast).map((delivery) => {
    const source = sources.get(delivery.source)!;
    const received = { ...incoming(delivery), source, id: "dl_", receivedAt: 0 };
    const intake = takeIn({ ...received, urlEventType: undefined }, (text) => text);
    const intent = "intents" in intake ? intake.intents[0] : undefined;
    if (intent?.kind !== "resolve") throw new Error(`not to be resolved: ${delivery.body}`);
    return { delivery, intent };
  });
}
