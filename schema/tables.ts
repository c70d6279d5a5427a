/**
 * The tables of the SQLite store. An identifier is known inside the database by its ordinal, which rises with first
 * receipt; outside by its id. History is a pointer: an event lies under its home and no merge ever touches it.
 *
 * All tables are STRICT, and those whose comment says so are WITHOUT ROWID; drizzle has no words for either, so the
 * migrations say it by hand.
 */
import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, blob } from "drizzle-orm/sqlite-core";

/** What the database knows of itself: the seeds of its ids. WITHOUT ROWID. */
export const meta = sqliteTable("meta", {
  key: text().primaryKey(),
  value: text().notNull(),
});

export const identifiers = sqliteTable(
  "identifiers",
  {
    ordinal: integer().primaryKey(),
    /** `pr_…`, the id of its provisional profile. */
    id: text().notNull().unique(),
    namespace: text().notNull(),
    value: text().notNull(),
    /** Its canonical profile, by the ordinal of one of the members; the founder is the member of lowest ordinal. */
    profile: integer().notNull(),
    /** Whether its id was the id of a canonical profile for a while at least. */
    founded: integer({ mode: "boolean" }).notNull(),
    /** The sources that have named it, as a JSON list. */
    sources: text({ mode: "json" }).notNull().$type<readonly string[]>(),
    firstReceivedAt: integer("first_received_at").notNull(),
  },
  (table) => [index("identifiers_by_profile").on(table.profile)],
);

export const events = sqliteTable(
  "events",
  {
    number: integer().primaryKey(),
    /** `ev_…` */
    id: text().notNull().unique(),
    source: text().notNull(),
    key: text().notNull(),
    type: text().notNull(),
    occurredAt: integer("occurred_at").notNull(),
    timeGiven: integer("time_given", { mode: "boolean" }).notNull(),
    receivedAt: integer("received_at").notNull(),
    /** The ordinal of the identifier it is kept under; null for an event that names nobody. */
    home: integer(),
    delivery: text().notNull(),
    payload: text().notNull(),
  },
  (table) => [
    index("events_by_home")
      .on(table.home, table.occurredAt)
      .where(sql`${table.home} IS NOT NULL`),
  ],
);

/** Which further identifiers an event names: the evidence of links. WITHOUT ROWID. */
export const mentions = sqliteTable(
  "mentions",
  {
    identifier: integer().notNull(),
    home: integer().notNull(),
    occurredAt: integer("occurred_at").notNull(),
    /** The number of the event. */
    event: integer().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.identifier, table.home, table.occurredAt, table.event] }),
  ],
);

/** Pairs of identifiers that some event named together, `a` the lower ordinal. WITHOUT ROWID. */
export const links = sqliteTable(
  "links",
  {
    a: integer().notNull(),
    b: integer().notNull(),
    trust: text({ enum: ["claimed", "verified"] }).notNull(),
    firstSeenAt: integer("first_seen_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.a, table.b] }), index("links_by_b").on(table.b)],
);

/** The newest value of each trait of each provisional profile. WITHOUT ROWID. */
export const traits = sqliteTable(
  "traits",
  {
    identifier: integer().notNull(),
    name: text().notNull(),
    /** JSON text. */
    value: text().notNull(),
    at: integer().notNull(),
    timeGiven: integer("time_given", { mode: "boolean" }).notNull(),
    source: text().notNull(),
    /** The event's own key, as the sender gave it. */
    key: text().notNull(),
    /** `ev_…` */
    event: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.identifier, table.name] })],
);

/** What happened to identities, in order. */
export const changes = sqliteTable("changes", {
  sequence: integer().primaryKey(),
  kind: text({ enum: ["merge"] }).notNull(),
  at: integer().notNull(),
  into: text().notNull(),
  from: text({ mode: "json" }).notNull().$type<readonly string[]>(),
  cause: text({ mode: "json" }).notNull().$type<{ readonly event: string }>(),
});

/** Events that could not be mapped, kept as they came. */
export const quarantine = sqliteTable("quarantine", {
  number: integer().primaryKey(),
  /** The `ev_…` it was answered with. */
  id: text().notNull().unique(),
  source: text().notNull(),
  key: text().notNull(),
  delivery: text().notNull(),
  receivedAt: integer("received_at").notNull(),
  reason: text().notNull(),
  /** The event type that the URL gave. */
  urlEventType: text("url_event_type"),
  contentType: text("content_type").notNull(),
  headers: text({ mode: "json" }).notNull().$type<Readonly<Record<string, string>>>(),
  query: text().notNull(),
  body: blob({ mode: "buffer" }).notNull(),
});

/** What became of everything received, counted. WITHOUT ROWID. */
export const tallies = sqliteTable(
  "tallies",
  {
    source: text().notNull(),
    outcome: text().notNull(),
    deliveries: integer().notNull(),
    events: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.source, table.outcome] })],
);
