/**
 * The tables of the SQLite store. An identifier is known inside the database by its ordinal, which rises with first
 * receipt; outside by its id. History is a pointer: an event lies under its home and no merge ever touches it.
 *
 * Profiles and components are labels on their identifiers, each from a number series of its own, which say nothing but
 * who is together: a label outlives the identifiers it was first given to.
 *
 * Tables called `…_rows` are told to the outside by views that bear the noun alone (`events`, `profiles`), which stay what
 * they are when tables change; the migrations say them by hand.
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
  "identifier_rows",
  {
    ordinal: integer().primaryKey(),
    /** `pr_…`, the id of its provisional profile. */
    id: text().notNull().unique("identifiers_id_unique"),
    namespace: text().notNull(),
    value: text().notNull(),
    /** The label of its canonical profile; the founder is the member of lowest ordinal. */
    profile: integer().notNull(),
    /** The label of its component; null where that is plain, which is to say one profile that no rule touches. */
    component: integer(),
    /** How many identifiers of each namespace it is linked with by links that may count, as a JSON object. */
    neighbours: text({ mode: "json" })
      .notNull()
      .default(sql`'{}'`)
      .$type<Readonly<Record<string, number>>>(),
    /** Whether it is linked with so many that it joins nobody. */
    generic: integer({ mode: "boolean" }).notNull().default(false),
    /** Whether its id was the id of a canonical profile for a while at least. */
    founded: integer({ mode: "boolean" }).notNull(),
    /** The sources that have named it, as a JSON list. */
    sources: text({ mode: "json" }).notNull().$type<readonly string[]>(),
    firstReceivedAt: integer("first_received_at").notNull(),
  },
  (table) => [
    // The first entry of a label is its founder, which every load asks for; the namespace is there to be counted.
    index("identifiers_by_profile").on(table.profile, table.ordinal, table.namespace),
    index("identifiers_by_component")
      .on(table.component, table.ordinal, table.namespace)
      .where(sql`${table.component} IS NOT NULL`),
    index("identifiers_generic")
      .on(table.generic)
      .where(sql`${table.generic} = 1`),
  ],
);

export const events = sqliteTable(
  "event_rows",
  {
    number: integer().primaryKey(),
    /** `ev_…` */
    id: text().notNull().unique("events_id_unique"),
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
    // With type and source at hand, questions over everybody are answered from this index alone.
    index("events_by_home")
      .on(table.home, table.occurredAt, table.type, table.source)
      .where(sql`${table.home} IS NOT NULL`),
    // Of one delivery at two times, where a part of it was in quarantine; ids rise with time, so it grows at its end.
    index("events_by_delivery").on(table.delivery),
    // An erasure reads the texts of those that name nobody, and of no others.
    index("events_anonymous")
      .on(table.number)
      .where(sql`${table.home} IS NULL`),
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

/** Which of the rules a link or a join was not followed by. */
const objectionRule = () =>
  text({
    enum: [
      "blocked",
      "generic",
      "trust",
      "limit",
      "identifiersPerProfileMax",
      "split",
      "identifiersPerComponentMax",
    ],
  });

/**
 * Pairs of identifiers that some event named together, `a` the lower ordinal. Whether a link is in play stands in the
 * key, so that a component is read without the links out of play, of which a generic value may have a million.
 * WITHOUT ROWID.
 */
export const links = sqliteTable(
  "link_rows",
  {
    a: integer().notNull(),
    /** Whether the fold of its component looks at it. */
    eligible: integer({ mode: "boolean" }).notNull(),
    b: integer().notNull(),
    trust: text({ enum: ["claimed", "verified"] }).notNull(),
    /** When the earliest event that gave a time of its own occurred; null where none did. */
    evidenceAt: integer("evidence_at"),
    /** Why it is not followed; null, as `subject` is then, where it is. */
    rule: objectionRule(),
    subject: text(),
  },
  (table) => [
    primaryKey({ columns: [table.a, table.eligible, table.b] }),
    index("links_by_b").on(table.b),
    index("links_by_rule")
      .on(table.rule)
      .where(sql`${table.rule} IS NOT NULL`),
  ],
);

/** What people ruled of two identifiers, in the order in which they did. */
export const decisions = sqliteTable(
  "decisions",
  {
    number: integer().primaryKey(),
    /** `dc_…` */
    id: text().notNull().unique(),
    kind: text({ enum: ["join", "split"] }).notNull(),
    a: integer().notNull(),
    b: integer().notNull(),
    /** Whether a join holds against everything but a split. */
    override: integer({ mode: "boolean" }).notNull(),
    reason: text().notNull(),
    by: text(),
    at: integer().notNull(),
    /** Null where it stands. */
    takenBackAt: integer("taken_back_at"),
    /** Why a join that stands is not followed; null, as `subject` is then, where it is. */
    rule: objectionRule(),
    subject: text(),
  },
  (table) => [
    index("decisions_by_a")
      .on(table.a)
      .where(sql`${table.takenBackAt} IS NULL`),
    index("decisions_by_b")
      .on(table.b)
      .where(sql`${table.takenBackAt} IS NULL`),
  ],
);

/** The rules that were ever in force; those of the highest version are. */
export const rules = sqliteTable("rules", {
  version: integer().primaryKey(),
  /** Canonical, so that equal rules have equal texts. */
  text: text().notNull(),
  at: integer().notNull(),
});

/** How much of a trait's value its index holds. */
export const TRAIT_VALUE_INDEXED_CHARACTERS = 64;

/** The newest value of each trait of each provisional profile. WITHOUT ROWID. */
export const traits = sqliteTable(
  "trait_rows",
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
  (table) => [
    primaryKey({ columns: [table.identifier, table.name] }),
    // Long values are told apart by looking at the row.
    index("traits_by_value").on(
      table.name,
      sql`substr(${table.value}, 1, ${sql.raw(String(TRAIT_VALUE_INDEXED_CHARACTERS))})`,
    ),
  ],
);

/** What happened to identities, in order. */
export const changes = sqliteTable("change_rows", {
  sequence: integer().primaryKey(),
  kind: text({ enum: ["merge", "split", "refusal", "pending", "generic", "erasure"] }).notNull(),
  at: integer().notNull(),
  into: text().notNull(),
  from: text({ mode: "json" }).notNull().$type<readonly string[]>(),
  cause: text({ mode: "json" }).notNull().$type<Readonly<Record<string, unknown>>>(),
  /** What entries of some kinds say beyond this, as a JSON object. */
  details: text({ mode: "json" }).$type<Readonly<Record<string, unknown>>>(),
});

/** Deliveries of which something lies in quarantine, kept as they came. */
export const keptDeliveries = sqliteTable("kept_deliveries", {
  number: integer().primaryKey(),
  /** `dl_…` */
  id: text().notNull().unique(),
  source: text().notNull(),
  receivedAt: integer("received_at").notNull(),
  /** How many events it held by the configuration by which it was last taken. */
  eventCount: integer("event_count").notNull(),
  /** How those of its events that do not lie in quarantine ended; null where there are none. */
  settled: text({ enum: ["accepted", "duplicate", "anonymous", "dropped"] }),
  /** The event type that the URL gave. */
  urlEventType: text("url_event_type"),
  contentType: text("content_type"),
  headers: text({ mode: "json" }).notNull().$type<Readonly<Record<string, string>>>(),
  query: text().notNull(),
  /** As received; last, so that the rest of a row is read without it. */
  body: blob({ mode: "buffer" }).notNull(),
});

/** Events that could not be mapped. */
export const quarantine = sqliteTable(
  "quarantine",
  {
    number: integer().primaryKey(),
    /** The `ev_…` it was answered with. */
    id: text().notNull().unique(),
    source: text().notNull(),
    key: text().notNull(),
    delivery: text().notNull(),
    /** Which event of its delivery it is; null where the delivery as a whole could not be mapped. */
    place: integer(),
    reason: text().notNull(),
  },
  (table) => [index("quarantine_by_delivery").on(table.delivery)],
);

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

/** Keys to the query API that were made by command, beside those of the configuration. A revoked one stays, so that it is known. */
export const apiKeys = sqliteTable("api_keys", {
  number: integer().primaryKey(),
  name: text().notNull().unique(),
  /** SHA-256 of the key, hexadecimal; the key itself is kept nowhere. */
  hash: text().notNull().unique(),
  scopes: text({ mode: "json" }).notNull().$type<readonly ("read" | "write" | "admin")[]>(),
  createdAt: integer("created_at").notNull(),
  /** Null where it never expires. */
  expiresAt: integer("expires_at"),
  /** Null where it holds. */
  revokedAt: integer("revoked_at"),
});

/** Who was erased, by ids and counts alone: what was removed, when and by whom. */
export const erasures = sqliteTable("erasures", {
  number: integer().primaryKey(),
  /** `er_…` */
  id: text().notNull().unique("erasures_id_unique"),
  at: integer().notNull(),
  by: text(),
  /** The ids that were the person's, the last canonical one first; hashes with secret seeds. */
  profiles: text({ mode: "json" }).notNull().$type<readonly string[]>(),
  /** Whether the identifiers are refused from then on. */
  suppressed: integer({ mode: "boolean" }).notNull(),
  /** How many of what were removed, as a JSON object. */
  removed: text({ mode: "json" }).notNull().$type<Readonly<Record<string, number>>>(),
  /** When the file was rewritten, so that no byte of it was left; null while that is to be done. */
  tidiedAt: integer("tidied_at"),
});

/** Events that were erased: a redelivery of one is known by its id, a hash with secret seeds, and by nothing else. WITHOUT ROWID. */
export const erasedEvents = sqliteTable("erased_events", {
  /** `ev_…` */
  id: text().primaryKey(),
  /** The same text much later than this is another event, where it is known by its text. */
  receivedAt: integer("received_at").notNull(),
});

/** Identifiers that are refused, by the ids they would have. WITHOUT ROWID. */
export const suppressed = sqliteTable("suppressed", {
  /** `pr_…` */
  id: text().primaryKey(),
  /** The id of the erasure. */
  erasure: text().notNull(),
});
