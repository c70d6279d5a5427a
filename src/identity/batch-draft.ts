/**
 * The first look at a batch: event by event it notes which identifiers are named for the first time, what becomes of
 * the pairs that events name together, and which traits are the newest. It asks nothing of profiles and components;
 * who is one person with whom is said when the whole batch has been seen.
 */
import {
  betterTrust,
  earlierEvidence,
  isNamedNow,
  traitKey,
  type KnownLink,
  type Neighbourhood,
  type TraitChange,
} from "./change-set.ts";
import { linkKey, orderedEnds } from "./identifier.ts";
import { barredBy, type Objection } from "./objection.ts";
import type { Rules } from "./rules.ts";
import { compareStamps } from "./stamp.ts";
import type { EventId, IdentifiedEvent, Link, Node, ProfileId } from "./types.ts";

/** An identifier that the batch names for the first time. */
export interface Created {
  readonly node: Node;
  readonly event: IdentifiedEvent;
}

/** A link of which the batch brings news: it is new, better trusted or earlier than what was known. */
export interface LinkDraft extends Link {
  readonly before: KnownLink | undefined;
  /** What keeps it out whatever else there is. */
  readonly barred: Objection | undefined;
  /** The event that first let it count, where nothing had before. */
  readonly turnedBy: IdentifiedEvent | undefined;
  /** The last event that brought news of it. */
  readonly event: IdentifiedEvent;
}

export interface EventDraft {
  readonly event: IdentifiedEvent;
  /** What became of the event, as far as it can be told without knowing who is who. */
  readonly kind: "stored" | "anonymous" | "duplicate";
  readonly created: ReadonlySet<ProfileId>;
  /** The `linkKey` of the home and each of the others, in their order. */
  readonly linkKeys: readonly string[];
}

const NOBODY: ReadonlySet<ProfileId> = new Set();
const NO_KEYS: readonly string[] = [];

export class BatchDraft {
  /** Every identifier of the batch, also of its duplicates. */
  readonly named = new Set<ProfileId>();
  readonly created = new Map<ProfileId, Created>();
  /** The sources that have named an identifier, for those that are created here or have one more. */
  readonly sources = new Map<ProfileId, readonly string[]>();
  /** By `linkKey`, in the order in which the last event that let them count came. */
  readonly links = new Map<string, LinkDraft>();
  readonly traits = new Map<string, TraitChange>();
  /** Every event of the batch in order. */
  readonly events: EventDraft[] = [];
  /** Events that were stored as anonymous and now name somebody. */
  readonly replaced: EventId[] = [];
  readonly #stored = new Set<EventId>();
  readonly #neighbourhood: Neighbourhood;
  readonly #rules: Rules;

  constructor(neighbourhood: Neighbourhood, rules: Rules) {
    this.#neighbourhood = neighbourhood;
    this.#rules = rules;
  }

  take(event: IdentifiedEvent): void {
    if (event.home !== null) this.named.add(event.home.id);
    for (const { id } of event.others) this.named.add(id);
    const known = this.#neighbourhood.events.get(event.id);
    // One that lies in quarantine was never an event; now that it can be mapped, it becomes one.
    const isStored = known !== undefined && known.quarantinedIn === undefined;
    // One that named nobody is in no journey yet: where its path was put right meanwhile, it comes into one.
    const isReplaced = isNamedNow(event, known);
    if ((isStored && !isReplaced) || this.#stored.has(event.id)) {
      this.events.push({ event, kind: "duplicate", created: NOBODY, linkKeys: NO_KEYS });
      return;
    }
    if (isReplaced) this.replaced.push(event.id);
    this.#stored.add(event.id);
    const { home, others } = event;
    if (home === null) {
      this.events.push({ event, kind: "anonymous", created: NOBODY, linkKeys: NO_KEYS });
      return;
    }
    const created = this.#nameAll(home, event);
    const linkKeys =
      others.length === 0 ? NO_KEYS : others.map((other) => this.#link(event, home, other));
    this.events.push({ event, kind: "stored", created, linkKeys });
    this.#keepTraits(event, home);
  }

  /** Notes whom the event names; returns those that nothing has named before. */
  #nameAll(home: Node, event: IdentifiedEvent): ReadonlySet<ProfileId> {
    // Nearly every event names only who is known.
    let created: Set<ProfileId> | undefined;
    if (this.#name(home, event)) created = new Set([home.id]);
    for (const other of event.others)
      if (this.#name(other, event)) (created ??= new Set()).add(other.id);
    return created ?? NOBODY;
  }

  /** Notes that the event names the identifier; true where nothing has named it before. */
  #name(node: Node, event: IdentifiedEvent): boolean {
    const known = this.#neighbourhood.identifiers.get(node.id);
    const isNew = known === undefined && !this.created.has(node.id);
    if (isNew) this.created.set(node.id, { node, event });
    const sources = this.sources.get(node.id) ?? known?.sources;
    if (sources === undefined) this.sources.set(node.id, [event.source]);
    else if (!sources.includes(event.source)) this.sources.set(node.id, [...sources, event.source]);
    return isNew;
  }

  /** Notes what the event brings of a link, and returns its key. */
  #link(event: IdentifiedEvent, home: Node, other: Node): string {
    const key = linkKey(home, other);
    const draft = this.links.get(key);
    const before = draft?.before ?? this.#neighbourhood.links.get(key);
    const standing = draft ?? before;
    const given = event.timeGiven ? event.occurredAt : undefined;
    const trust = standing === undefined ? event.trust : betterTrust(standing.trust, event.trust);
    const evidenceAt = earlierEvidence(standing?.evidenceAt, given);
    if (standing?.trust === trust && standing.evidenceAt === evidenceAt) return key;

    const [a, b] = orderedEnds(home, other);
    const barred = barredBy({ a, b, trust, evidenceAt }, this.#rules);
    const counted = before !== undefined && !isBarring(before.objection);
    const turns = !counted && barred === undefined && draft?.turnedBy === undefined;
    // Set anew, so that the links stand in the order in which they came to count.
    if (turns) this.links.delete(key);
    const turnedBy = turns ? event : draft?.turnedBy;
    this.links.set(key, { a, b, trust, evidenceAt, before, barred, turnedBy, event });
    return key;
  }

  #keepTraits(event: IdentifiedEvent, home: Node): void {
    const stamp = { at: event.occurredAt, source: event.source, key: event.key };
    for (const { name, value } of event.traits) {
      const key = traitKey(home.id, name);
      const kept = this.traits.get(key)?.stamp ?? this.#neighbourhood.traits.get(key);
      if (kept !== undefined && compareStamps(stamp, kept) <= 0) continue;
      this.traits.set(key, {
        profile: home.id,
        name,
        value,
        stamp,
        timeGiven: event.timeGiven,
        event: event.id,
      });
    }
  }
}

/** Whether it is one that `barredBy` made. */
function isBarring(objection: Objection | undefined): boolean {
  return objection?.rule === "blocked" || objection?.rule === "trust";
}
