/** Loads the neighbourhood of a batch: point look-ups on prepared statements, all in one read transaction. */
import { and, asc, eq, sql } from "drizzle-orm";
import * as tables from "../../../schema/tables.ts";
import {
  traitKey,
  type KnownEvent,
  type KnownIdentifier,
  type KnownLink,
} from "../../identity/change-set.ts";
import { linkKey } from "../../identity/identifier.ts";
import type { EventId, ProfileId, Stamp } from "../../identity/types.ts";
import type { Basis, Loaded, LoadRequest } from "../store.ts";
import type { SqliteDatabase } from "./database.ts";

/** What a commit must know beside its change set: the numbers behind the ids, and which state they are of. */
export interface SqliteBasis extends Basis {
  readonly store: "sqlite";
  readonly version: Version;
  readonly ordinals: ReadonlyMap<ProfileId, number>;
  /** The column `profile` of the known canonical profiles, by canonical id. */
  readonly profiles: ReadonlyMap<ProfileId, number>;
}

/** Other connections' commits, by SQLite's own count, and this connection's. */
interface Version {
  readonly others: number;
  readonly own: number;
}

/** `own` counts this connection's commits, which SQLite's own number leaves out. */
type Load = (request: LoadRequest, own: number) => Loaded;

export function prepareLoad({ client, orm }: SqliteDatabase): Load {
  const { identifiers, links, traits, events, quarantine } = tables;
  const identifierById = orm
    .select({
      ordinal: identifiers.ordinal,
      namespace: identifiers.namespace,
      value: identifiers.value,
      profile: identifiers.profile,
      sources: identifiers.sources,
    })
    .from(identifiers)
    .where(eq(identifiers.id, sql.placeholder("id")))
    .prepare();
  const founderOfProfile = orm
    .select({ ordinal: identifiers.ordinal, id: identifiers.id })
    .from(identifiers)
    .where(eq(identifiers.profile, sql.placeholder("profile")))
    .orderBy(asc(identifiers.ordinal))
    .limit(1)
    .prepare();
  const linkByEnds = orm
    .select({ trust: links.trust, firstSeenAt: links.firstSeenAt })
    .from(links)
    .where(and(eq(links.a, sql.placeholder("a")), eq(links.b, sql.placeholder("b"))))
    .prepare();
  const traitStamp = orm
    .select({ at: traits.at, source: traits.source, key: traits.key })
    .from(traits)
    .where(
      and(
        eq(traits.identifier, sql.placeholder("identifier")),
        eq(traits.name, sql.placeholder("name")),
      ),
    )
    .prepare();
  const eventById = orm
    .select({ source: events.source, key: events.key })
    .from(events)
    .where(eq(events.id, sql.placeholder("id")))
    .prepare();
  const quarantinedById = orm
    .select({ source: quarantine.source, key: quarantine.key })
    .from(quarantine)
    .where(eq(quarantine.id, sql.placeholder("id")))
    .prepare();

  const load = (request: LoadRequest, version: Version): Loaded => {
    const known = new Map<ProfileId, KnownIdentifier>();
    const ordinals = new Map<ProfileId, number>();
    const profiles = new Map<ProfileId, number>();
    for (const id of request.identifiers) {
      const row = identifierById.get({ id });
      if (row === undefined) continue;
      const founder = founderOfProfile.get({ profile: row.profile })!;
      ordinals.set(id, row.ordinal).set(founder.id, founder.ordinal);
      profiles.set(founder.id, row.profile);
      known.set(id, {
        identifier: { namespace: row.namespace, value: row.value },
        canonical: founder.id,
        canonicalOrder: founder.ordinal,
        sources: row.sources,
      });
    }

    const knownLinks = new Map<string, KnownLink>();
    for (const [left, right] of request.pairs) {
      const ends = [ordinals.get(left), ordinals.get(right)];
      if (ends[0] === undefined || ends[1] === undefined) continue;
      const row = linkByEnds.get({ a: Math.min(ends[0], ends[1]), b: Math.max(ends[0], ends[1]) });
      if (row !== undefined) knownLinks.set(linkKey({ id: left }, { id: right }), row);
    }

    const stamps = new Map<string, Stamp>();
    for (const [profile, name] of request.traits) {
      const identifier = ordinals.get(profile);
      if (identifier === undefined) continue;
      const row = traitStamp.get({ identifier, name });
      if (row !== undefined) stamps.set(traitKey(profile, name), row);
    }

    const knownEvents = new Map<EventId, KnownEvent>();
    for (const id of request.events) {
      const stored = eventById.get({ id });
      const row = stored ?? quarantinedById.get({ id });
      if (row !== undefined) knownEvents.set(id, { ...row, quarantined: stored === undefined });
    }

    const basis: SqliteBasis = { store: "sqlite", version, ordinals, profiles };
    return {
      neighbourhood: { identifiers: known, links: knownLinks, traits: stamps, events: knownEvents },
      basis,
    };
  };

  const dataVersion = client.prepare("PRAGMA data_version").pluck();
  return client.transaction((request: LoadRequest, own: number) => {
    // The first read of the transaction, so that it is of the state that all others see.
    const others = dataVersion.get() as number;
    return load(request, { others, own });
  });
}
