/** What could not be mapped, as the memory store keeps it: deliveries as they came, and which of their events. */
import type { KnownEvent } from "../../identity/change-set.ts";
import type { EventId } from "../../identity/types.ts";
import type {
  KeptDelivery,
  KeptHold,
  KeptRecord,
  KeptRequest,
  KeptSummary,
  QuarantineChanges,
  QuarantinedEvent,
} from "../deliveries.ts";

export class Quarantine {
  readonly #deliveries = new Map<string, KeptDelivery>();
  readonly #events = new Map<EventId, QuarantinedEvent>();

  commit({ kept, quarantined, released, keptStates }: QuarantineChanges): void {
    const left = new Set(released.flatMap((id) => this.#events.get(id)?.delivery ?? []));
    for (const id of released) this.#events.delete(id);
    for (const { body, headers, ...rest } of kept)
      this.#deliveries.set(rest.id, { ...rest, headers: { ...headers }, body: body.slice() });
    for (const event of quarantined) this.#events.set(event.id, { ...event });
    for (const { id, eventCount, settled } of keptStates)
      this.#deliveries.set(id, { ...this.#deliveries.get(id)!, eventCount, settled });
    for (const id of left) if (this.#eventsOf(id).length === 0) this.#deliveries.delete(id);
  }

  known(id: EventId): KnownEvent | undefined {
    const event = this.#events.get(id);
    if (event === undefined) return undefined;
    const { source, key, delivery: quarantinedIn } = event;
    const { receivedAt } = this.#deliveries.get(quarantinedIn)!;
    return { source, key, receivedAt, quarantinedIn, anonymousText: undefined };
  }

  hold(id: string): KeptHold | undefined {
    const delivery = this.#deliveries.get(id);
    if (delivery === undefined) return undefined;
    const { source, eventCount, settled } = delivery;
    return { id, source, eventCount, settled, quarantined: this.#eventsOf(id).length };
  }

  record(id: string): KeptRecord | undefined {
    const delivery = this.#deliveries.get(id);
    return delivery && { delivery, events: this.#eventsOf(id) };
  }

  records(): KeptRecord[] {
    return [...this.#deliveries.values()].map((delivery) => ({
      delivery,
      events: this.#eventsOf(delivery.id),
    }));
  }

  page({ source, from, to, after = "", limit }: KeptRequest): KeptSummary[] {
    return [...this.#deliveries.values()]
      .filter(
        (delivery) =>
          delivery.id > after &&
          (source === undefined || delivery.source === source) &&
          (from === undefined || delivery.receivedAt >= from) &&
          (to === undefined || delivery.receivedAt < to),
      )
      .toSorted((left, right) => (left.id < right.id ? -1 : 1))
      .slice(0, limit)
      .map(({ id, source: own, receivedAt, eventCount, body }) => ({
        id,
        source: own,
        receivedAt,
        eventCount,
        bytes: body.byteLength,
      }));
  }

  #eventsOf(delivery: string): QuarantinedEvent[] {
    return [...this.#events.values()]
      .filter((event) => event.delivery === delivery)
      .toSorted((left, right) => (left.place ?? -1) - (right.place ?? -1));
  }
}
