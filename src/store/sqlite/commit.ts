/** Commits one change set in one immediate transaction, on prepared statements. */
import { count, eq, max, sql } from "drizzle-orm";
import * as tables from "../../../schema/tables.ts";
import type { Absorption, ChangeSet } from "../../identity/change-set.ts";
import type { ProfileId } from "../../identity/types.ts";
import type { Commit, CommitOutcome } from "../store.ts";
import type { Orm, SqliteDatabase } from "./database.ts";
import type { SqliteBasis } from "./load.ts";

export function prepareCommit({ client, orm }: SqliteDatabase) {
  const writeIdentities = prepareIdentities(orm);
  const writeHistory = prepareHistory(orm);
  const writeReceipts = prepareReceipts(orm);
  const dataVersion = client.prepare("PRAGMA data_version").pluck();

  const transaction = client.transaction((commit: Commit, basis: SqliteBasis): CommitOutcome => {
    if (dataVersion.get() !== basis.version.others) return "stale";
    const ordinals = writeIdentities(commit.changes, basis);
    writeHistory(commit.changes, ordinals);
    writeReceipts(commit);
    return "committed";
  });
  /** `own` is the number of this connection's commits so far. */
  return (commit: Commit, basis: SqliteBasis, own: number): CommitOutcome =>
    // Immediate: the lock is taken before anything is read, so nothing can change between the look and the write.
    basis.version.own === own ? transaction.immediate(commit, basis) : "stale";
}

type Ordinals = (id: ProfileId) => number;

/** Identifiers, their profiles, sources, links and merges. Returns the ordinals of everything the set speaks of. */
function prepareIdentities(orm: Orm) {
  const { identifiers, links, changes } = tables;
  const placeholder = sql.placeholder;
  const lastOrdinal = orm
    .select({ ordinal: max(identifiers.ordinal) })
    .from(identifiers)
    .prepare();
  const membersOf = orm
    .select({ members: count() })
    .from(identifiers)
    .where(eq(identifiers.profile, placeholder("profile")))
    .prepare();
  const create = orm
    .insert(identifiers)
    .values({
      ordinal: placeholder("ordinal"),
      id: placeholder("id"),
      namespace: placeholder("namespace"),
      value: placeholder("value"),
      profile: placeholder("profile"),
      founded: placeholder("founded"),
      sources: placeholder("sources"),
      firstReceivedAt: placeholder("firstReceivedAt"),
    })
    .prepare();
  const moveMembers = orm
    .update(identifiers)
    .set({ profile: sql`${placeholder("into")}` })
    .where(eq(identifiers.profile, placeholder("from")))
    .prepare();
  const setSources = orm
    .update(identifiers)
    .set({ sources: sql`${placeholder("sources")}` })
    .where(eq(identifiers.ordinal, placeholder("ordinal")))
    .prepare();
  const putLink = orm
    .insert(links)
    .values({
      a: placeholder("a"),
      b: placeholder("b"),
      trust: placeholder("trust"),
      firstSeenAt: placeholder("firstSeenAt"),
    })
    .onConflictDoUpdate({
      target: [links.a, links.b],
      set: { trust: sql`excluded.trust`, firstSeenAt: sql`excluded.first_seen_at` },
    })
    .prepare();
  const report = orm
    .insert(changes)
    .values({
      kind: placeholder("kind"),
      at: placeholder("at"),
      into: placeholder("into"),
      from: placeholder("from"),
      cause: placeholder("cause"),
    })
    .prepare();

  /** Moves the members of the smaller profiles to the largest (invariant I5), whichever of them is the older. */
  const absorb = ({ canonical, absorbed }: Absorption, basis: SqliteBasis): number => {
    const profiles = [canonical, ...absorbed].map((id) => basis.profiles.get(id)!);
    const sizes = profiles.map((profile) => membersOf.get({ profile })!.members);
    const into = profiles[sizes.indexOf(Math.max(...sizes))]!;
    for (const from of profiles) if (from !== into) moveMembers.run({ into, from });
    return into;
  };

  return (changeSet: ChangeSet, basis: SqliteBasis): Ordinals => {
    const merged = new Map(
      changeSet.absorptions.map((absorption) => [absorption.canonical, absorb(absorption, basis)]),
    );
    const created = new Map<ProfileId, number>();
    const ordinalOf: Ordinals = (id) => created.get(id) ?? basis.ordinals.get(id)!;
    let ordinal = changeSet.identifiers.length === 0 ? 0 : (lastOrdinal.get()?.ordinal ?? 0);
    for (const { node, canonical, founded, sources, firstReceivedAt } of changeSet.identifiers) {
      created.set(node.id, ++ordinal);
      // A profile that is all new lies under its founder, which the change set lists before its other members.
      const profile =
        merged.get(canonical) ?? basis.profiles.get(canonical) ?? created.get(canonical)!;
      const { namespace, value } = node.identifier;
      create.run({
        ordinal,
        id: node.id,
        namespace,
        value,
        profile,
        founded,
        sources,
        firstReceivedAt,
      });
    }
    for (const { id, sources } of changeSet.sources)
      setSources.run({ sources: JSON.stringify(sources), ordinal: ordinalOf(id) });
    for (const { a, b, trust, firstSeenAt } of changeSet.links) {
      const ends = [ordinalOf(a.id), ordinalOf(b.id)] as const;
      putLink.run({ a: Math.min(...ends), b: Math.max(...ends), trust, firstSeenAt });
    }
    for (const merge of changeSet.merges) report.run({ ...merge });
    return ordinalOf;
  };
}

/** Events, what they mention, and traits. */
function prepareHistory(orm: Orm) {
  const { events, mentions, traits } = tables;
  const placeholder = sql.placeholder;
  const addEvent = orm
    .insert(events)
    .values({
      id: placeholder("id"),
      source: placeholder("source"),
      key: placeholder("key"),
      type: placeholder("type"),
      occurredAt: placeholder("occurredAt"),
      timeGiven: placeholder("timeGiven"),
      receivedAt: placeholder("receivedAt"),
      home: placeholder("home"),
      delivery: placeholder("delivery"),
      payload: placeholder("payload"),
    })
    .prepare();
  const addMention = orm
    .insert(mentions)
    .values({
      identifier: placeholder("identifier"),
      home: placeholder("home"),
      occurredAt: placeholder("occurredAt"),
      event: placeholder("event"),
    })
    .prepare();
  const putTrait = orm
    .insert(traits)
    .values({
      identifier: placeholder("identifier"),
      name: placeholder("name"),
      value: placeholder("value"),
      at: placeholder("at"),
      timeGiven: placeholder("timeGiven"),
      source: placeholder("source"),
      key: placeholder("key"),
      event: placeholder("event"),
    })
    .onConflictDoUpdate({
      target: [traits.identifier, traits.name],
      set: {
        value: sql`excluded.value`,
        at: sql`excluded.at`,
        timeGiven: sql`excluded.time_given`,
        source: sql`excluded.source`,
        key: sql`excluded.key`,
        event: sql`excluded.event`,
      },
    })
    .prepare();

  return (changeSet: ChangeSet, ordinalOf: Ordinals): void => {
    for (const event of changeSet.events) {
      const home = event.home === null ? null : ordinalOf(event.home.id);
      const { lastInsertRowid } = addEvent.run({ ...event, home });
      if (home === null) continue;
      for (const other of event.others)
        addMention.run({
          identifier: ordinalOf(other.id),
          home,
          occurredAt: event.occurredAt,
          event: lastInsertRowid,
        });
    }
    for (const { profile, name, value, stamp, timeGiven, event } of changeSet.traits)
      putTrait.run({ identifier: ordinalOf(profile), name, value, ...stamp, timeGiven, event });
  };
}

/** What could not be mapped, and the counts of everything received. */
function prepareReceipts(orm: Orm) {
  const { quarantine, tallies } = tables;
  const placeholder = sql.placeholder;
  const keep = orm
    .insert(quarantine)
    .values({
      id: placeholder("id"),
      source: placeholder("source"),
      key: placeholder("key"),
      delivery: placeholder("delivery"),
      receivedAt: placeholder("receivedAt"),
      reason: placeholder("reason"),
      urlEventType: placeholder("urlEventType"),
      contentType: placeholder("contentType"),
      headers: placeholder("headers"),
      query: placeholder("query"),
      body: placeholder("body"),
    })
    .prepare();
  const release = orm
    .delete(quarantine)
    .where(eq(quarantine.id, placeholder("id")))
    .prepare();
  const addTally = orm
    .insert(tallies)
    .values({
      source: placeholder("source"),
      outcome: placeholder("outcome"),
      deliveries: placeholder("deliveries"),
      events: placeholder("events"),
    })
    .onConflictDoUpdate({
      target: [tallies.source, tallies.outcome],
      set: {
        deliveries: sql`${tallies.deliveries} + excluded.deliveries`,
        events: sql`${tallies.events} + excluded.events`,
      },
    })
    .prepare();
  return (commit: Commit): void => {
    for (const id of commit.released) release.run({ id });
    for (const event of commit.quarantined)
      keep.run({
        ...event,
        urlEventType: event.urlEventType ?? null,
        body: Buffer.from(event.body),
      });
    for (const tally of commit.tallies) addTally.run({ ...tally });
  };
}
