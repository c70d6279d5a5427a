/**
 * What can be exported: three tables, each as JSON objects and as rows of cells. The objects are those of the query API;
 * the columns hold the same values, with lists and objects as JSON texts.
 */
import { writtenRules } from "../../config/rules-text.ts";
import { compileRules } from "../../config/rules-config.ts";
import { formatTime } from "../../extract/time.ts";
import { writeJson } from "../../queries/json.ts";
import { eventRecord, onOneLine, profileRecord } from "../../queries/records.ts";
import { identifierText } from "../../identity/identifier.ts";
import type { Rules } from "../../identity/rules.ts";
import { outcomeView } from "../../queries/link-view.ts";
import { profileView } from "../../queries/people.ts";
import type {
  CountedLink,
  JourneyEvent,
  ProfileRecord,
  Snapshot,
  SnapshotCounts,
} from "../../store/store.ts";

export interface Column {
  readonly name: string;
  /** Texts are strings, times milliseconds since 1970, counts whole numbers. */
  readonly kind: "text" | "time" | "count";
  /** Whether a cell may be null. Default: no. */
  readonly nullable?: boolean;
}

export type Value = string | number | null;

export interface Table {
  readonly columns: readonly Column[];
  /** How many rows there are. */
  readonly count: (counts: SnapshotCounts) => number;
  /** To be written by `writeJson`. */
  readonly objects: (snapshot: Snapshot) => AsyncIterable<unknown>;
  /** A value for each column. */
  readonly rows: (snapshot: Snapshot) => AsyncIterable<readonly Value[]>;
}

interface Definition<Item> {
  readonly columns: readonly Column[];
  readonly count: keyof SnapshotCounts;
  readonly items: (snapshot: Snapshot) => AsyncIterable<Item>;
  readonly object: (item: Item, rules: Rules | undefined) => unknown;
  readonly row: (item: Item, rules: Rules | undefined) => readonly Value[];
}

function tableOf<Item>({ columns, count, items, object, row }: Definition<Item>): Table {
  return {
    columns,
    count: (counts) => counts[count],
    objects: (snapshot) => mapped(snapshot, items, object),
    rows: (snapshot) => mapped(snapshot, items, row),
  };
}

async function* mapped<Item, Result>(
  snapshot: Snapshot,
  items: (snapshot: Snapshot) => AsyncIterable<Item>,
  map: (item: Item, rules: Rules | undefined) => Result,
): AsyncGenerator<Result, void> {
  const rules = rulesOf(snapshot);
  for await (const item of items(snapshot)) yield map(item, rules);
}

/** Those that the reasons were found by; undefined where another version wrote rules that this one does not understand. */
function rulesOf({ rules }: Snapshot): Rules | undefined {
  if (rules === undefined) return undefined;
  const { identity, limits } = writtenRules(rules.text);
  const compiled = compileRules(identity, limits);
  return "rules" in compiled ? compiled.rules : undefined;
}

const text = (name: string): Column => ({ name, kind: "text" });
const time = (name: string): Column => ({ name, kind: "time" });
const count = (name: string): Column => ({ name, kind: "count" });

const profiles = tableOf<ProfileRecord>({
  columns: [
    text("id"),
    text("former_ids"),
    text("identifiers"),
    text("traits"),
    count("event_count"),
    time("first_seen_at"),
    time("last_seen_at"),
  ],
  count: "profiles",
  items: (snapshot) => snapshot.profiles(),
  object: profileObject,
  row(record) {
    const { id, formerIds, identifiers, traits, eventCount, firstSeenAt, lastSeenAt } =
      profileObject(record);
    const lists = [formerIds, identifiers, traits].map(writeJson);
    return [id, ...lists, eventCount, Date.parse(firstSeenAt), Date.parse(lastSeenAt)];
  },
});

function profileObject(record: ProfileRecord) {
  const view = profileView(record);
  return profileRecord({
    ...view,
    traits: view.traits.map((trait) => ({ ...trait, value: onOneLine(trait.value) })),
  });
}

const journeys = tableOf<JourneyEvent>({
  columns: [
    text("profile"),
    text("id"),
    text("source"),
    text("type"),
    time("occurred_at"),
    time("received_at"),
    text("provisional"),
    text("payload"),
  ],
  count: "events",
  items: (snapshot) => snapshot.journeys(),
  object: ({ profile, event }) => ({
    profile,
    ...eventRecord({ ...event, payload: onOneLine(event.payload) }),
  }),
  row: ({ profile, event }) => [
    profile,
    event.id,
    event.source,
    event.type,
    event.occurredAt,
    event.receivedAt,
    event.provisional,
    onOneLine(event.payload),
  ],
});

const links = tableOf<CountedLink>({
  columns: [
    text("a"),
    text("b"),
    text("profile_a"),
    text("profile_b"),
    text("outcome"),
    { ...text("rule"), nullable: true },
    { ...text("reason"), nullable: true },
    text("trust"),
    time("first_seen_at"),
    time("last_seen_at"),
    count("events"),
  ],
  count: "links",
  items: (snapshot) => snapshot.links(),
  object: (link, rules) => ({
    a: identifierText(link.a.identifier),
    b: identifierText(link.b.identifier),
    profiles: link.profiles,
    ...outcomeView(link.objection, rules),
    trust: link.trust,
    firstSeenAt: formatTime(link.firstSeenAt),
    lastSeenAt: formatTime(link.lastSeenAt),
    events: link.events,
  }),
  row(link, rules) {
    const { outcome, rule = null, reason = null } = outcomeView(link.objection, rules);
    return [
      identifierText(link.a.identifier),
      identifierText(link.b.identifier),
      ...link.profiles,
      outcome,
      rule,
      reason,
      link.trust,
      link.firstSeenAt,
      link.lastSeenAt,
      link.events,
    ];
  },
});

export const TABLES = { profiles, journeys, links } as const;
export type TableName = keyof typeof TABLES;
