/** Loads the neighbourhood of a batch: point look-ups on prepared statements, all in one read transaction. */
import {
  traitKey,
  type KnownEvent,
  type KnownIdentifier,
  type KnownLink,
} from "../../identity/change-set.ts";
import { linkKey } from "../../identity/identifier.ts";
import type { Objection } from "../../identity/objection.ts";
import type { EventId, ProfileId, Stamp, Trust } from "../../identity/types.ts";
import type { Loaded, LoadRequest } from "../store.ts";
import type { Bases, SqliteBasis } from "./basis.ts";
import { componentKey, countsOf, objectionOf, timeOf } from "./columns.ts";
import type { SqliteDatabase } from "./database.ts";
import { prepareHolds } from "./deliveries.ts";
import { prepareErasedBefore } from "./erasures.ts";

/** `own` counts this connection's commits. */
type Load = (request: LoadRequest, own: number) => Loaded;

export function prepareLoad(database: SqliteDatabase, bases: Bases): Load {
  const { client } = database;
  const identifiersOf = prepareIdentifiers(database);
  const linksOf = prepareLinks(database);
  const traitsOf = prepareTraits(database);
  const eventsOf = prepareEvents(database);
  const holdsOf = prepareHolds(database);
  const erasedBefore = prepareErasedBefore(database);
  const rulesVersion = client.prepare<[], number | null>("SELECT max(version) FROM rules").pluck();
  return client.transaction((request: LoadRequest, own: number): Loaded => {
    const basis = bases.begin(own);
    // What is asked for may be told only once, and is looked at twice.
    const asked = { identifiers: [...request.identifiers], events: [...request.events] };
    const neighbourhood = {
      identifiers: identifiersOf(asked.identifiers, basis),
      links: linksOf(request.pairs, basis),
      traits: traitsOf(request.traits, basis),
      events: eventsOf(asked.events),
    };
    const kept = holdsOf(
      [...neighbourhood.events.values()].flatMap(({ quarantinedIn }) => quarantinedIn ?? []),
    );
    const { identifiers, events } = neighbourhood;
    const before = erasedBefore(
      unknown(asked.events, events),
      unknown(asked.identifiers, identifiers),
    );
    return { neighbourhood, basis, kept, ...before, rulesVersion: rulesVersion.get() ?? 0 };
  });
}

/** Those that were asked for and not found: who is known was not erased, or came again since. */
function* unknown(
  asked: Iterable<string>,
  known: ReadonlyMap<string, unknown>,
): Generator<string, void> {
  for (const id of asked) if (!known.has(id)) yield id;
}

interface Founder {
  readonly ordinal: number;
  readonly id: ProfileId;
}

type IdentifierRow = readonly [
  ordinal: number,
  namespace: string,
  value: string,
  profile: number,
  component: number | null,
  sources: string,
  neighbours: string,
];

function prepareIdentifiers({ client }: SqliteDatabase) {
  const identifierById = client
    .prepare<[ProfileId], IdentifierRow>(
      `SELECT ordinal, namespace, value, profile, component, sources, neighbours
       FROM identifier_rows WHERE id = ?`,
    )
    .raw();
  const founderOfProfile = client.prepare<[number], Founder>(
    "SELECT ordinal, id FROM identifier_rows WHERE profile = ? ORDER BY ordinal LIMIT 1",
  );

  return (ids: Iterable<ProfileId>, basis: SqliteBasis): Map<ProfileId, KnownIdentifier> => {
    const known = new Map<ProfileId, KnownIdentifier>();
    const founders = new Map<number, Founder>();
    for (const id of ids) {
      const row = identifierById.get(id);
      if (row === undefined) continue;
      const [ordinal, namespace, value, profile, component, sources, neighbours] = row;
      const founder = founders.get(profile) ?? founderOfProfile.get(profile)!;
      founders.set(profile, founder);
      basis.ordinals.set(id, ordinal);
      basis.ordinals.set(founder.id, founder.ordinal);
      basis.profiles.set(founder.id, profile);
      known.set(id, {
        identifier: { namespace, value },
        canonical: founder.id,
        canonicalOrder: founder.ordinal,
        component: component === null ? founder.id : componentKey(component),
        isPlain: component === null,
        sources: JSON.parse(sources) as readonly string[],
        neighbours: countsOf(neighbours),
      });
    }
    return known;
  };
}

interface LinkRow {
  readonly trust: Trust;
  readonly evidenceAt: number | null;
  readonly rule: Objection["rule"] | null;
  readonly subject: string | null;
}

function prepareLinks({ client }: SqliteDatabase) {
  const linkByEnds = client.prepare<[a: number, b: number], LinkRow>(
    `SELECT trust, evidence_at AS evidenceAt, rule, subject FROM link_rows
     WHERE a = ? AND eligible IN (0, 1) AND b = ?`,
  );

  return (
    pairs: Iterable<readonly [ProfileId, ProfileId]>,
    { ordinals }: SqliteBasis,
  ): Map<string, KnownLink> => {
    const known = new Map<string, KnownLink>();
    for (const [left, right] of pairs) {
      const [one, other] = [ordinals.get(left), ordinals.get(right)];
      if (one === undefined || other === undefined) continue;
      const row = linkByEnds.get(Math.min(one, other), Math.max(one, other));
      if (row === undefined) continue;
      known.set(linkKey({ id: left }, { id: right }), {
        trust: row.trust,
        evidenceAt: timeOf(row.evidenceAt),
        objection: objectionOf(row.rule, row.subject),
      });
    }
    return known;
  };
}

function prepareTraits({ client }: SqliteDatabase) {
  const traitStamp = client.prepare<[identifier: number, name: string], Stamp>(
    `SELECT at, source, "key" FROM trait_rows WHERE identifier = ? AND name = ?`,
  );

  return (
    names: Iterable<readonly [ProfileId, string]>,
    { ordinals }: SqliteBasis,
  ): Map<string, Stamp> => {
    const stamps = new Map<string, Stamp>();
    for (const [profile, name] of names) {
      const identifier = ordinals.get(profile);
      if (identifier === undefined) continue;
      const row = traitStamp.get(identifier, name);
      if (row !== undefined) stamps.set(traitKey(profile, name), row);
    }
    return stamps;
  };
}

type EventRow = Pick<KnownEvent, "source" | "key" | "receivedAt">;
type StoredRow = EventRow & { readonly anonymousText: string | null };
type QuarantinedRow = EventRow & { readonly quarantinedIn: string };

function prepareEvents({ client }: SqliteDatabase) {
  const stored = client.prepare<[EventId], StoredRow>(
    `SELECT source, "key", received_at AS receivedAt, iif(home IS NULL, payload, NULL) AS anonymousText
     FROM event_rows WHERE id = ?`,
  );
  const quarantined = client.prepare<[EventId], QuarantinedRow>(
    `SELECT q.source, q."key", d.received_at AS receivedAt, q.delivery AS quarantinedIn
     FROM quarantine AS q CROSS JOIN kept_deliveries AS d ON d.id = q.delivery WHERE q.id = ?`,
  );

  return (ids: Iterable<EventId>): Map<EventId, KnownEvent> => {
    const known = new Map<EventId, KnownEvent>();
    for (const id of ids) {
      const row = stored.get(id);
      const event = row === undefined ? kept(quarantined.get(id)) : storedEvent(row);
      if (event !== undefined) known.set(id, event);
    }
    return known;
  };
}

function storedEvent({ anonymousText, ...event }: StoredRow): KnownEvent {
  return { ...event, quarantinedIn: undefined, anonymousText: anonymousText ?? undefined };
}

function kept(row: QuarantinedRow | undefined): KnownEvent | undefined {
  return row === undefined ? undefined : { ...row, anonymousText: undefined };
}
