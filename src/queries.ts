/**
 * Queries: what analysts ask, by any id that was ever given out or any identifier. Knows the shapes of answers; knows
 * nothing of HTTP.
 */
import { findIdentifier } from "./addressing.ts";
import type { Settings } from "./config.ts";
import { digestOf, type Digest } from "./digest.ts";
import { normaliseIdentifier } from "./extract/normalise.ts";
import { formatTime } from "./extract/time.ts";
import { identifierText } from "./identity/identifier.ts";
import { isProfileId, type IdScheme } from "./identity/ids.ts";
import { ineligibility, type Rules } from "./identity/rules.ts";
import { newestTraits } from "./identity/traits.ts";
import type { ProfileId, Stamp } from "./identity/types.ts";
import type {
  EventRecord,
  JourneyRequest,
  LinkRecord,
  Member,
  ProfileRecord,
  Store,
  Tally,
} from "./store/store.ts";
import { Tallies } from "./tallies.ts";

export interface QueryOptions {
  readonly store: Store;
  readonly ids: IdScheme;
  readonly settings: Pick<Settings, "rules" | "limits">;
  readonly pendingTallies: () => readonly Tally[];
}

export interface ProfileView {
  readonly id: ProfileId;
  readonly formerIds: readonly ProfileId[];
  readonly identifiers: readonly {
    readonly identifier: string;
    readonly namespace: string;
    readonly value: string;
    readonly provisional: ProfileId;
    readonly firstSeenAt: string;
    readonly lastSeenAt: string;
    readonly sources: readonly string[];
  }[];
  readonly traits: readonly TraitView[];
  readonly eventCount: number;
  readonly firstSeenAt: string;
  readonly lastSeenAt: string;
}

export interface TraitView {
  readonly name: string;
  /** JSON text, digits untouched. */
  readonly value: string;
  readonly at: string;
  readonly source: string;
  readonly event: string;
}

export type JourneyQuery = Omit<JourneyRequest, "profile" | "bytesMax">;

export interface JourneyView {
  readonly profile: ProfileId;
  readonly events: readonly EventRecord[];
  /** Where the next page starts; null where this was the last. */
  readonly next: Stamp | null;
}

export interface LinkView {
  readonly a: string;
  readonly b: string;
  readonly outcome: "followed" | "ineligible";
  readonly reason?: string;
  readonly trust: string;
  readonly firstSeenAt: string;
  readonly lastSeenAt: string;
  readonly events: number;
  readonly evidence: readonly string[];
}

export interface GraphView {
  readonly profile: ProfileId;
  readonly nodes: readonly { readonly identifier: string; readonly profile: ProfileId }[];
  readonly links: readonly LinkView[];
  /** Whether there are more links than are told. */
  readonly more: boolean;
}

/** A mailbox that thousands share would make an answer nobody reads. */
const GRAPH_LINKS_MAX = 1000;

export interface StatsView {
  readonly received: { readonly deliveries: number; readonly events: number };
  readonly outcomes: readonly (Omit<Tally, "source"> & { readonly source: string | null })[];
}

export class Queries {
  readonly #options: QueryOptions;

  constructor(options: QueryOptions) {
    this.#options = options;
  }

  /** The provisional id a reference stands for: a profile id, or `namespace:value` normalised as on ingress. */
  async find(reference: string): Promise<ProfileId | undefined> {
    const { store, ids, settings } = this.#options;
    if (isProfileId(reference)) return reference;
    const colon = reference.indexOf(":");
    if (colon <= 0) return undefined;
    const normalised = normaliseIdentifier(
      reference.slice(0, colon),
      reference.slice(colon + 1),
      () => undefined,
      { identifierBytesMax: settings.limits.identifierBytesMax },
    );
    return "identifier" in normalised
      ? findIdentifier(store, ids, normalised.identifier)
      : undefined;
  }

  async profile(reference: string): Promise<ProfileView | undefined> {
    const id = await this.find(reference);
    const record = id === undefined ? undefined : await this.#options.store.profile(id);
    return record === undefined ? undefined : profileView(record);
  }

  async journey(reference: string, query: JourneyQuery): Promise<JourneyView | undefined> {
    const id = await this.find(reference);
    if (id === undefined) return undefined;
    const { store, settings } = this.#options;
    const bytesMax = settings.limits.pageBytesMax;
    const page = await store.journey({ ...query, profile: id, bytesMax });
    if (page === undefined) return undefined;
    const last = page.events.at(-1);
    const next =
      page.more && last !== undefined
        ? { at: last.occurredAt, source: last.source, key: last.key }
        : null;
    return { profile: page.profile, events: page.events, next };
  }

  async graph(reference: string): Promise<GraphView | undefined> {
    const id = await this.find(reference);
    const { store, settings } = this.#options;
    const record = id === undefined ? undefined : await store.profile(id);
    if (id === undefined || record === undefined) return undefined;
    // One more than is told tells whether there are more.
    const found = await store.links(id, GRAPH_LINKS_MAX + 1);
    const links = found.slice(0, GRAPH_LINKS_MAX);
    const nodes = new Map(
      record.members.map(({ node }) => [identifierText(node.identifier), record.id] as const),
    );
    for (const { a, b, profiles } of links) {
      nodes.set(identifierText(a.identifier), profiles[0]);
      nodes.set(identifierText(b.identifier), profiles[1]);
    }
    return {
      profile: record.id,
      nodes: [...nodes].map(([identifier, profile]) => ({ identifier, profile })),
      links: links.map((link) => linkView(link, objectionTo(link, settings.rules))),
      more: found.length > links.length,
    };
  }

  async changes(after: number, limit: number) {
    const changes = await this.#options.store.changes(after, limit);
    return {
      changes: changes.map((change) => ({ ...change, at: formatTime(change.at) })),
      next: changes.at(-1)?.sequence ?? after,
    };
  }

  async stats(): Promise<StatsView> {
    const tallies = new Tallies();
    for (const tally of await this.#options.store.tallies()) tallies.add(tally);
    for (const tally of this.#options.pendingTallies()) tallies.add(tally);
    const outcomes = tallies.list();
    return {
      received: {
        deliveries: outcomes.reduce((sum, { deliveries }) => sum + deliveries, 0),
        events: outcomes.reduce((sum, { events }) => sum + events, 0),
      },
      outcomes: outcomes.map((tally) => ({
        ...tally,
        source: tally.source === "" ? null : tally.source,
      })),
    };
  }

  digest(): Promise<Digest> {
    return digestOf(this.#options.store.people());
  }
}

function profileView(record: ProfileRecord): ProfileView {
  return {
    id: record.id,
    formerIds: record.members
      .filter(({ founded, node }) => founded && node.id !== record.id)
      .map(({ node }) => node.id),
    identifiers: record.members.map(memberView),
    traits: newestTraits(record.traits).map(({ name, value, stamp, event }) => ({
      name,
      value,
      at: formatTime(stamp.at),
      source: stamp.source,
      event,
    })),
    eventCount: record.eventCount,
    firstSeenAt: formatTime(
      record.members.reduce((first, member) => Math.min(first, member.firstSeenAt), Infinity),
    ),
    lastSeenAt: formatTime(
      record.members.reduce((last, member) => Math.max(last, member.lastSeenAt), -Infinity),
    ),
  };
}

function memberView({ node, firstSeenAt, lastSeenAt, sources }: Member) {
  return {
    identifier: identifierText(node.identifier),
    namespace: node.identifier.namespace,
    value: node.identifier.value,
    provisional: node.id,
    firstSeenAt: formatTime(firstSeenAt),
    lastSeenAt: formatTime(lastSeenAt),
    sources,
  };
}

/**
 * Why a link was not followed; undefined where it was. The rules of today judge it, but a profile stands as the rules
 * made it when the link came, and where the two differ the answer says so.
 */
function objectionTo(link: LinkRecord, rules: Rules): string | undefined {
  const together = link.profiles[0] === link.profiles[1];
  const reason = ineligibility(link, rules)?.reason;
  if (reason === undefined)
    return together ? undefined : "the rules that were in force when it came did not follow it";
  return together ? `${reason}; what it joined under earlier rules still stands` : reason;
}

function linkView(link: LinkRecord, objection: string | undefined): LinkView {
  return {
    a: identifierText(link.a.identifier),
    b: identifierText(link.b.identifier),
    ...(objection === undefined
      ? { outcome: "followed" as const }
      : { outcome: "ineligible" as const, reason: objection }),
    trust: link.trust,
    firstSeenAt: formatTime(link.firstSeenAt),
    lastSeenAt: formatTime(link.lastSeenAt),
    events: link.events,
    evidence: link.evidence,
  };
}
