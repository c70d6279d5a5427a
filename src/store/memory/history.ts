/** What happened, as the memory store keeps it: events, and the traits they gave. */
import type { KnownEvent, TraitChange } from "../../identity/change-set.ts";
import { compareStamps } from "../../identity/stamp.ts";
import type { EventId, IdentifiedEvent, Link, ProfileId, Stamp } from "../../identity/types.ts";
import {
  EVIDENCE_MAX,
  type Commit,
  type EventRecord,
  type JourneyPage,
  type JourneyRequest,
  type KeptTrait,
  type LinkRecord,
} from "../store.ts";

export interface StoredEvent {
  /** Rises from one that is stored to the next. */
  readonly number: number;
  readonly record: EventRecord;
  /** Undefined for an event that names nobody. */
  readonly home: ProfileId | undefined;
}

export class History {
  readonly #events = new Map<EventId, StoredEvent>();
  /** The events that name an identifier, as their home or beside it. */
  readonly #naming = new Map<ProfileId, StoredEvent[]>();
  readonly #traits = new Map<ProfileId, Map<string, KeptTrait>>();
  #stored = 0;

  commit({ changes }: Commit): void {
    // An event that comes in place of an anonymous one comes last, as any other that is committed now.
    for (const id of changes.replaced) this.#events.delete(id);
    for (const event of changes.events) this.#keep(event);
    for (const trait of changes.traits) this.#keepTrait(trait);
  }

  #keep({ home, others, traits: _traits, trust: _trust, ...rest }: IdentifiedEvent): void {
    const record = { ...rest, provisional: home?.id ?? "" };
    const stored = { number: ++this.#stored, record, home: home?.id };
    this.#events.set(rest.id, stored);
    if (home === null) return;
    for (const { id } of [home, ...others]) {
      const list = this.#naming.get(id);
      if (list === undefined) this.#naming.set(id, [stored]);
      else list.push(stored);
    }
  }

  #keepTrait({ profile, ...kept }: TraitChange): void {
    const traits = this.#traits.get(profile) ?? new Map<string, KeptTrait>();
    this.#traits.set(profile, traits.set(kept.name, kept));
  }

  known(id: EventId): KnownEvent | undefined {
    const stored = this.#events.get(id);
    if (stored === undefined) return undefined;
    const { source, key, receivedAt, payload } = stored.record;
    const anonymousText = stored.home === undefined ? payload : undefined;
    return { source, key, receivedAt, quarantinedIn: undefined, anonymousText };
  }

  payload(id: EventId): string | undefined {
    return this.#events.get(id)?.record.payload;
  }

  /** In the order in which they were committed. */
  events(): Iterable<StoredEvent> {
    return this.#events.values();
  }

  /** The events that name an identifier, as their home or beside it. */
  naming(id: ProfileId): readonly StoredEvent[] {
    return this.#naming.get(id) ?? [];
  }

  /** Forgets events, with the traits that they gave, and identifiers that no other event names. */
  erase(events: ReadonlySet<StoredEvent>, identifiers: readonly ProfileId[]): void {
    const ids = new Set([...events].map(({ record }) => record.id));
    for (const id of ids) this.#events.delete(id);
    for (const [id, naming] of this.#naming)
      this.#naming.set(
        id,
        naming.filter((event) => !events.has(event)),
      );
    for (const traits of this.#traits.values())
      for (const [name, { event }] of traits) if (ids.has(event)) traits.delete(name);
    for (const id of identifiers) {
      this.#naming.delete(id);
      this.#traits.delete(id);
    }
  }

  event(id: EventId): StoredEvent | undefined {
    return this.#events.get(id);
  }

  trait(profile: ProfileId, name: string): KeptTrait | undefined {
    return this.#traits.get(profile)?.get(name);
  }

  traitsOf(profile: ProfileId): KeptTrait[] {
    return [...(this.#traits.get(profile)?.values() ?? [])];
  }

  /** The events that are kept under an identifier. */
  atHome(id: ProfileId): EventRecord[] {
    return this.#recordsNaming(id, (event) => event.home === id);
  }

  #recordsNaming(id: ProfileId, condition: (event: StoredEvent) => boolean): EventRecord[] {
    return (this.#naming.get(id) ?? []).filter(condition).map(({ record }) => record);
  }

  /** When the first and the last event that named an identifier occurred. */
  seen(id: ProfileId): Pick<LinkRecord, "firstSeenAt" | "lastSeenAt"> {
    return span(this.#recordsNaming(id, () => true));
  }

  /** The events that named both ends; every link has one. */
  evidence({ a, b }: Link): Omit<LinkRecord, keyof Link | "objection" | "profiles"> {
    const namingB = new Set(this.#naming.get(b.id));
    const both = this.#recordsNaming(
      a.id,
      (event) => namingB.has(event) && (event.home === a.id || event.home === b.id),
    );
    return {
      ...span(both),
      events: both.length,
      evidence: both
        .toSorted((left, right) => compareStamps(stampOf(left), stampOf(right)))
        .slice(0, EVIDENCE_MAX)
        .map((event) => event.id),
    };
  }

  /** The journey of the profile with these members, the founder first. */
  journey(members: readonly ProfileId[], request: JourneyRequest): JourneyPage {
    const direction = request.order === "asc" ? 1 : -1;
    const events = members
      .flatMap((id) => this.atHome(id))
      .filter((event) => isAskedFor(event, request))
      .toSorted((left, right) => direction * compareStamps(stampOf(left), stampOf(right)));
    const page: EventRecord[] = [];
    let bytes = 0;
    for (const event of events) {
      bytes += Buffer.byteLength(event.payload);
      if (page.length === request.limit || (page.length > 0 && bytes > request.bytesMax)) break;
      page.push(event);
    }
    return { profile: members[0]!, events: page, more: events.length > page.length };
  }
}

function isAskedFor(event: EventRecord, request: JourneyRequest): boolean {
  const direction = request.order === "asc" ? 1 : -1;
  return (
    (request.from === undefined || event.occurredAt >= request.from) &&
    (request.to === undefined || event.occurredAt < request.to) &&
    (request.type === undefined || event.type === request.type) &&
    (request.source === undefined || event.source === request.source) &&
    (request.after === undefined || direction * compareStamps(stampOf(event), request.after) > 0)
  );
}

export function stampOf(event: EventRecord): Stamp {
  return { at: event.occurredAt, source: event.source, key: event.key };
}

function span(events: readonly EventRecord[]) {
  const times = events.map(({ occurredAt }) => occurredAt);
  return {
    firstSeenAt: times.reduce((least, time) => Math.min(least, time)),
    lastSeenAt: times.reduce((greatest, time) => Math.max(greatest, time)),
  };
}
