/** Deliveries as the memory store tells them: put together anew from all there is, each time they are asked for. */
import {
  overallOutcome,
  type DeliveriesPage,
  type DeliveriesRequest,
  type DeliveryEvent,
  type DeliveryRecord,
  type KeptRecord,
} from "../deliveries.ts";
import type { StoredEvent } from "./history.ts";

type Head = Pick<DeliveryRecord, "id" | "source" | "receivedAt">;

/** The last received first. */
export function deliveryRecords(
  stored: Iterable<StoredEvent>,
  kept: readonly KeptRecord[],
): DeliveryRecord[] {
  const found = new Map<string, { readonly head: Head; readonly events: DeliveryEvent[] }>();
  const add = (head: Head, event: DeliveryEvent) => {
    const delivery = found.get(head.id) ?? { head, events: [] };
    delivery.events.push(event);
    found.set(head.id, delivery);
  };
  for (const { record, home } of stored) {
    const { id, delivery, source, receivedAt, type } = record;
    const outcome = home === undefined ? "anonymous" : "accepted";
    add({ id: delivery, source, receivedAt }, { id, outcome, type, reason: undefined });
  }
  for (const { delivery, events } of kept)
    for (const { id, reason } of events)
      add(
        { id: delivery.id, source: delivery.source, receivedAt: delivery.receivedAt },
        { id, outcome: "quarantined", type: undefined, reason },
      );
  return [...found.values()]
    .map(({ head, events }) => ({
      id: head.id,
      source: head.source,
      receivedAt: head.receivedAt,
      outcome: overallOutcome(events.map(({ outcome }) => outcome)),
      events,
    }))
    .toSorted((left, right) => (left.id > right.id ? -1 : 1));
}

export function pageOf(
  records: readonly DeliveryRecord[],
  { source, outcome, after, limit }: DeliveriesRequest,
): DeliveriesPage {
  const asked = records.filter(
    (record) =>
      (after === undefined || record.id < after) &&
      (source === undefined || record.source === source) &&
      (outcome === undefined || record.outcome === outcome),
  );
  const deliveries = asked.slice(0, limit);
  return {
    deliveries,
    next: asked.length > deliveries.length ? deliveries.at(-1)!.id : undefined,
  };
}
