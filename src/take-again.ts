/**
 * Taking a kept delivery again: what shall become of its quarantined events by the present configuration. It goes by
 * the id, the time and the address with which it came, so that its events are what they would have been from the start;
 * of its events that were not quarantined nothing is said.
 */
import type { Fingerprint } from "./extract/extract.ts";
import type { Source } from "./extract/source.ts";
import { takeIn, type Delivery, type Intent } from "./intake.ts";
import { takenIn, type TakenIn } from "./receipt.ts";
import type { KeptRecord, QuarantinedEvent } from "./store/deliveries.ts";

export function takeAgain(
  { delivery: kept, events }: KeptRecord,
  source: Source,
  fingerprint: Fingerprint,
): TakenIn {
  const delivery: Delivery = {
    id: kept.id,
    source,
    receivedAt: kept.receivedAt,
    urlEventType: kept.urlEventType,
    contentType: kept.contentType,
    headers: new Map(Object.entries(kept.headers)),
    query: new URLSearchParams(kept.query),
    body: kept.body,
  };
  const { intents, eventCount } = intentsOf(delivery, { delivery: kept, events }, fingerprint);
  return { ...takenIn(delivery, intents), again: { events, eventCount } };
}

function intentsOf(
  delivery: Delivery,
  { delivery: { eventCount }, events }: KeptRecord,
  fingerprint: Fingerprint,
): { readonly intents: readonly Intent[]; readonly eventCount: number } {
  const intake = takeIn(delivery, fingerprint);
  // That it was once let in is reason enough to keep it, whatever is wrong with it now.
  if ("fault" in intake) return { intents: staying(events, intake.fault.detail), eventCount };
  const { intents } = intake;
  const unread = wholeReason(intents);
  if (unread !== undefined) return { intents: staying(events, unread), eventCount };
  // To let it go for good is for a person to say, and not for a path that leads to nothing.
  if (intents.length === 0)
    return {
      intents: staying(events, "by the present configuration it holds no events"),
      eventCount,
    };
  // Where nothing of it is stored, all of it is taken, also if it holds other events now than it did before.
  if (events.length === eventCount) return { intents, eventCount: intents.length };
  if (intents.length !== eventCount) {
    const reason = `by the present configuration the delivery holds ${intents.length} events, where it held ${eventCount} when some of them were settled: which are left cannot be told`;
    return { intents: staying(events, reason), eventCount };
  }
  const places = new Set(events.map(({ place }) => place));
  return { intents: intents.filter((_, place) => places.has(place)), eventCount };
}

/** Why the events of a delivery cannot be told apart; undefined where they can. */
function wholeReason([first]: readonly Intent[]): string | undefined {
  const isWhole = first?.kind === "quarantine" && first.event.place === undefined;
  return isWhole ? first.event.reason : undefined;
}

/** The events as they lie in quarantine, with another reason. */
function staying(events: readonly QuarantinedEvent[], reason: string): Intent[] {
  return events.map(({ source, key, delivery, place }) => ({
    kind: "quarantine",
    event: { source, key, delivery, place, reason },
  }));
}
