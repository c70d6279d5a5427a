/**
 * From texts to ids and back: gives every identifier and event of a batch its id and loads what the store knows under
 * them. An id is a hash, and the text decides: where an id belongs to another text already, the next attempt is taken,
 * by every process alike.
 */
import { identifierText, sameIdentifier } from "./identity/identifier.ts";
import type { IdScheme } from "./identity/ids.ts";
import type { IdentifiedEvent, Identifier, Node, ProfileId } from "./identity/types.ts";
import type { Loaded, Store } from "./store/store.ts";

/** An event before its identifiers and itself have ids. */
export interface UnaddressedEvent extends Omit<IdentifiedEvent, "id" | "home" | "others"> {
  readonly home: Identifier | null;
  readonly others: readonly Identifier[];
}

/** What an event is known by. */
export type EventName = Pick<IdentifiedEvent, "source" | "key">;

export interface AddressedBatch extends Loaded {
  /** In the order given. */
  readonly events: readonly IdentifiedEvent[];
  /** The ids of the further event names asked for, in their order. */
  readonly otherEvents: readonly string[];
}

/** Hands out ids, and goes on to the next attempt for a text whose id turned out to be another's. */
class Addresses<Named> {
  readonly #attempts = new Map<string, number>();
  readonly #taken = new Map<string, string>();
  readonly #textOf: (named: Named) => string;
  readonly #idOf: (named: Named, attempt: number) => string;

  constructor(textOf: (named: Named) => string, idOf: (named: Named, attempt: number) => string) {
    this.#textOf = textOf;
    this.#idOf = idOf;
  }

  idOf(named: Named): string {
    const text = this.#textOf(named);
    for (;;) {
      const id = this.#idOf(named, this.#attempts.get(text) ?? 0);
      const holder = this.#taken.get(id);
      if (holder === undefined || holder === text) {
        this.#taken.set(id, text);
        return id;
      }
      this.#skip(text);
    }
  }

  /** Tells that the store keeps somebody under the id of `named`; true where that is somebody else. */
  collides(named: Named, stored: Named): boolean {
    const text = this.#textOf(named);
    const holder = this.#textOf(stored);
    if (text === holder) return false;
    this.#taken.set(this.idOf(named), holder);
    this.#skip(text);
    return true;
  }

  #skip(text: string): void {
    this.#attempts.set(text, (this.#attempts.get(text) ?? 0) + 1);
  }
}

/** Gives a batch its ids and loads its neighbourhood. Throws a StoreError where the store does. */
export async function addressBatch(
  store: Store,
  ids: IdScheme,
  events: readonly UnaddressedEvent[],
  otherEvents: readonly EventName[],
): Promise<AddressedBatch> {
  const identifiers = new Addresses<Identifier>(identifierText, ids.profileId);
  const names = new Addresses<EventName>(
    ({ source, key }) => `${source}\0${key}`,
    ({ source, key }, attempt) => ids.eventId(source, key, attempt),
  );
  for (;;) {
    const addressed = events.map((event) => address(event, identifiers, names));
    const others = otherEvents.map((name) => names.idOf(name));
    const nodes = distinctNodes(addressed);
    const loaded = await store.load({
      identifiers: nodes.keys(),
      pairs: addressed.flatMap(({ home, others: named }) =>
        home === null ? [] : named.map((other) => [home.id, other.id] as const),
      ),
      traits: addressed.flatMap(({ home, traits }) =>
        home === null ? [] : traits.map(({ name }) => [home.id, name] as const),
      ),
      events: [...addressed.map(({ id }) => id), ...others],
    });
    const { neighbourhood } = loaded;
    let collisions = 0;
    for (const [id, { identifier }] of neighbourhood.identifiers)
      if (identifiers.collides(nodes.get(id)!.identifier, identifier)) collisions++;
    for (const name of [...events, ...otherEvents]) {
      const stored = neighbourhood.events.get(names.idOf(name));
      if (stored !== undefined && names.collides(name, stored)) collisions++;
    }
    if (collisions === 0) return { ...loaded, events: addressed, otherEvents: others };
  }
}

function address(
  event: UnaddressedEvent,
  identifiers: Addresses<Identifier>,
  names: Addresses<EventName>,
): IdentifiedEvent {
  const node = (identifier: Identifier): Node => ({ id: identifiers.idOf(identifier), identifier });
  return {
    ...event,
    id: names.idOf(event),
    home: event.home === null ? null : node(event.home),
    others: event.others.map(node),
  };
}

function distinctNodes(events: readonly IdentifiedEvent[]): Map<ProfileId, Node> {
  const nodes = new Map<ProfileId, Node>();
  for (const { home, others } of events) {
    if (home === null) continue;
    nodes.set(home.id, home);
    for (const other of others) nodes.set(other.id, other);
  }
  return nodes;
}

/** The provisional id of an identifier that the store knows; undefined where it knows none. */
export async function findIdentifier(
  store: Store,
  ids: IdScheme,
  identifier: Identifier,
): Promise<ProfileId | undefined> {
  for (let attempt = 0; ; attempt++) {
    const id = ids.profileId(identifier, attempt);
    const stored = await store.identifier(id);
    if (stored === undefined) return undefined;
    if (sameIdentifier(stored, identifier)) return id;
  }
}
