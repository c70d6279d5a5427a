/**
 * From texts to ids and back: gives every identifier and event of a batch its id and loads what the store knows under
 * them. An id is a hash, and the text decides: where an id belongs to another text already, the next attempt is taken,
 * by every process alike.
 */
import { recurrenceKey, recurrenceKeys } from "./extract/recurrence.ts";
import { isNamedNow, type KnownEvent } from "./identity/change-set.ts";
import { identifierText, sameIdentifier } from "./identity/identifier.ts";
import type { IdScheme } from "./identity/ids.ts";
import type {
  EventId,
  IdentifiedEvent,
  Identifier,
  Milliseconds,
  Node,
  ProfileId,
} from "./identity/types.ts";
import type { Loaded, Store } from "./store/store.ts";

/** An event before its identifiers and itself have ids. */
export interface UnaddressedEvent extends Omit<IdentifiedEvent, "id" | "home" | "others"> {
  readonly home: Identifier | null;
  readonly others: readonly Identifier[];
  /** Set where the key is a hash of the text, and the same text later than this is another event. */
  readonly repeatWindow?: Milliseconds | undefined;
}

/** What an event is known by. */
type EventName = Pick<IdentifiedEvent, "source" | "key">;

/** What an event is known by, where that may depend on when the same text came before. */
interface SoughtEvent extends EventName {
  readonly receivedAt?: Milliseconds | undefined;
  /** As of an unaddressed event. */
  readonly repeatWindow?: Milliseconds | undefined;
}

export interface AddressedName extends EventName {
  readonly id: EventId;
}

export interface AddressedBatch extends Loaded {
  /** In the order given. */
  readonly events: readonly IdentifiedEvent[];
  /** The further events asked for, in the order given. */
  readonly otherEvents: readonly AddressedName[];
}

/** Hands out ids, and goes on to the next attempt for a text whose id turned out to be another's. */
class Addresses<Named> {
  readonly #attempts = new Map<string, number>();
  readonly #ids = new Map<string, string>();
  /** The texts that have the ids. */
  readonly #holders = new Map<string, string>();
  readonly #textOf: (named: Named) => string;
  readonly #idOf: (named: Named, attempt: number) => string;

  constructor(textOf: (named: Named) => string, idOf: (named: Named, attempt: number) => string) {
    this.#textOf = textOf;
    this.#idOf = idOf;
  }

  idOf(named: Named): string {
    const text = this.#textOf(named);
    const given = this.#ids.get(text);
    if (given !== undefined) return given;
    for (;;) {
      const id = this.#idOf(named, this.#attempts.get(text) ?? 0);
      const holder = this.#holders.get(id);
      if (holder === undefined || holder === text) {
        this.#holders.set(id, text);
        this.#ids.set(text, id);
        return id;
      }
      this.#skip(text);
    }
  }

  /** Tells whom the store keeps under an id that was handed out; true where that is somebody else. */
  collides(id: string, stored: Named): boolean {
    const text = this.#holders.get(id);
    if (text === undefined) throw new Error(`nobody asked for ${id}`);
    const holder = this.#textOf(stored);
    if (text === holder) return false;
    this.#holders.set(id, holder);
    this.#ids.delete(text);
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
  otherEvents: readonly SoughtEvent[],
): Promise<AddressedBatch> {
  const identifiers = new Addresses<Identifier>(identifierText, ids.profileId);
  const names = new Addresses<EventName>(
    ({ source, key }) => `${source}\0${key}`,
    ({ source, key }, attempt) => ids.eventId(source, key, attempt),
  );
  const sought = [...events, ...otherEvents];
  const recurring = sought.flatMap(recurrenceNames);
  for (;;) {
    const addressed = events.map((event) => address(event, identifiers, names));
    const nodes = distinctNodes(addressed);
    const loaded = await store.load({
      identifiers: nodes.keys(),
      pairs: addressed.flatMap(({ home, others: named }) =>
        home === null ? [] : named.map((other) => [home.id, other.id] as const),
      ),
      traits: addressed.flatMap(({ home, traits }) =>
        home === null ? [] : traits.map(({ name }) => [home.id, name] as const),
      ),
      events: [
        ...addressed.map(({ id }) => id),
        ...otherEvents.map((name) => names.idOf(name)),
        ...recurring.map((name) => names.idOf(name)),
      ],
    });
    const { neighbourhood } = loaded;
    let collisions = 0;
    for (const [id, { identifier }] of neighbourhood.identifiers)
      if (identifiers.collides(id, identifier)) collisions++;
    for (const [id, stored] of neighbourhood.events) if (names.collides(id, stored)) collisions++;
    if (collisions > 0) continue;
    const known = neighbourhood.events;
    if (recurring.length === 0)
      return {
        ...loaded,
        events: known.size === 0 ? addressed : addressed.map((event) => asFirstCome(event, known)),
        otherEvents: otherEvents.map(({ source, key }) => {
          const name = { source, key };
          return { ...name, id: names.idOf(name) };
        }),
      };
    const keyed = withFinalKeys(sought, (name) => {
      const id = names.idOf(name);
      return neighbourhood.events.get(id)?.receivedAt ?? loaded.erased.get(id);
    });
    return {
      ...loaded,
      events: addressed.map((event, index) => {
        const { key } = keyed[index]!;
        const named = key === event.key ? event : { ...event, key, id: names.idOf(keyed[index]!) };
        return asFirstCome(named, known);
      }),
      otherEvents: keyed.slice(events.length).map((name) => ({ ...name, id: names.idOf(name) })),
    };
  }
}

/**
 * An event that was stored as anonymous and now names somebody came when it came first, and where it gives no time of
 * its own it also occurred then.
 */
function asFirstCome(
  event: IdentifiedEvent,
  known: ReadonlyMap<EventId, KnownEvent>,
): IdentifiedEvent {
  const before = known.get(event.id);
  if (before === undefined || !isNamedNow(event, before)) return event;
  const { receivedAt } = before;
  return event.timeGiven
    ? { ...event, receivedAt }
    : { ...event, receivedAt, occurredAt: receivedAt };
}

/** The further names under which an event that is known by its text may be stored. */
function recurrenceNames({ source, key, receivedAt, repeatWindow }: SoughtEvent): EventName[] {
  if (receivedAt === undefined || repeatWindow === undefined) return [];
  return recurrenceKeys({ key, receivedAt, repeatWindow }).map((found) => ({ source, key: found }));
}

/** The names of the events, of which those known by their text look for an earlier one in the store and in the batch. */
function withFinalKeys(
  events: readonly SoughtEvent[],
  receivedAtOf: (name: EventName) => Milliseconds | undefined,
): EventName[] {
  const inBatch = new Map<string, Milliseconds>();
  return events.map(({ source, key, receivedAt, repeatWindow }) => {
    if (receivedAt === undefined || repeatWindow === undefined) return { source, key };
    const textOf = (candidate: string) => `${source}\0${candidate}`;
    const final = recurrenceKey(
      { key, receivedAt, repeatWindow },
      (candidate) => inBatch.get(textOf(candidate)) ?? receivedAtOf({ source, key: candidate }),
    );
    if (!inBatch.has(textOf(final))) inBatch.set(textOf(final), receivedAt);
    return { source, key: final };
  });
}

function address(
  event: UnaddressedEvent,
  identifiers: Addresses<Identifier>,
  names: Addresses<EventName>,
): IdentifiedEvent {
  const node = (identifier: Identifier): Node => ({ id: identifiers.idOf(identifier), identifier });
  const { source, key, type, occurredAt, timeGiven, receivedAt, delivery, trust } = event;
  // Written out: of every event there is, a rest and a spread cost more than its id.
  return {
    id: names.idOf(event),
    source,
    key,
    type,
    occurredAt,
    timeGiven,
    receivedAt,
    delivery,
    trust,
    home: event.home === null ? null : node(event.home),
    others: event.others.map(node),
    traits: event.traits,
    payload: event.payload,
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
