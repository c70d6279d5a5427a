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
import type { KnownIdentifiers } from "./known-identifiers.ts";

/** `own` counts this connection's commits. */
type Load = (request: LoadRequest, own: number) => Loaded;

export function prepareLoad(database: SqliteDatabase, bases: Bases, known: KnownIdentifiers): Load {
  const { client } = database;
  const identifiersOf = prepareIdentifiers(database, known);
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

type IdentifierRow = readonly [
  ordinal: number,
  namespace: string,
  value: string,
  profile: number,
  component: number | null,
  sources: string,
  neighbours: string,
  /** The ordinal of the founder of its profile. */
  founder: number,
];

function prepareIdentifiers({ client }: SqliteDatabase, allKnown: KnownIdentifiers) {
  const identifierById = client
    .prepare<[ProfileId], IdentifierRow>(
      `SELECT ordinal, namespace, value, profile, component, sources, neighbours,
         (SELECT min(m.ordinal) FROM identifier_rows AS m WHERE m.profile = i.profile)
       FROM identifier_rows AS i WHERE id = ?`,
    )
    .raw();
  const listOf = prepareLists();

  return (ids: Iterable<ProfileId>, basis: SqliteBasis): Map<ProfileId, KnownIdentifier> => {
    const known = new Map<ProfileId, KnownIdentifier>();
    const nodeOf = allKnown.of(basis);
    for (const id of ids) {
      const row = identifierById.get(id);
      if (row === undefined) continue;
      const [ordinal, namespace, value, profile, component, sources, neighbours, founder] = row;
      basis.ordinals.set(id, ordinal);
      let canonical = id;
      if (founder !== ordinal) {
        canonical = nodeOf(founder).id;
        basis.ordinals.set(canonical, founder);
      }
      basis.profiles.set(canonical, profile);
      known.set(id, {
        identifier: { namespace, value },
        canonical,
        canonicalOrder: founder,
        component: component === null ? canonical : componentKey(component),
        isPlain: component === null,
        sources: listOf(sources),
        neighbours: countsOf(neighbours),
      });
    }
    return known;
  };
}

/** A few lists are those of nearly all identifiers, and reading one takes as long as finding the row. */
const LISTS_KEPT_MAX = 1000;

/** Of JSON lists of texts. */
function prepareLists(): (text: string) => readonly string[] {
  const lists = new Map<string, readonly string[]>();
  return (text) => {
    const kept = lists.get(text);
    if (kept !== undefined) return kept;
    const list = JSON.parse(text) as readonly string[];
    if (lists.size < LISTS_KEPT_MAX) lists.set(text, list);
    return list;
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
    { ordinals, traits }: SqliteBasis,
  ): ReadonlyMap<string, Stamp> => {
    for (const [profile, name] of names) {
      const identifier = ordinals.get(profile);
      if (identifier === undefined) continue;
      const row = traitStamp.get(identifier, name);
      if (row !== undefined) traits.set(traitKey(profile, name), row);
    }
    return traits;
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
  const anyQuarantined = client.prepare<[], 1>("SELECT 1 FROM quarantine LIMIT 1").pluck();

  return (ids: Iterable<EventId>): Map<EventId, KnownEvent> => {
    const known = new Map<EventId, KnownEvent>();
    // Nearly always nothing lies there, and then one look says so.
    const isAnyQuarantined = anyQuarantined.get() !== undefined;
    for (const id of ids) {
      const row = stored.get(id);
      if (row === undefined && !isAnyQuarantined) continue;
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
