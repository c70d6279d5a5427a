/**
 * The resolver: given a batch of events and the neighbourhood they touch, what changes. It walks the events as if each
 * had come alone, so that nothing depends on how deliveries were batched, and changes nothing itself: the store
 * commits the change set, and only then has anything happened.
 *
 * The neighbourhood must cover the batch: every identifier and every event of it by id, every pair of a home and one
 * of its event's other identifiers, every trait name of every home.
 */
import {
  betterTrust,
  traitKey,
  type ChangeSet,
  type EventResolution,
  type IdentifierOutcome,
  type KnownLink,
  type LinkChange,
  type Merge,
  type Neighbourhood,
  type Resolution,
  type TraitChange,
} from "./change-set.ts";
import { fold, type Verdict } from "./fold.ts";
import { linkKey, orderedEnds, sameIdentifier } from "./identifier.ts";
import { ProfilesInBatch } from "./profiles-in-batch.ts";
import { ineligibility, type Rules } from "./rules.ts";
import { compareStamps } from "./stamp.ts";
import type { EventId, IdentifiedEvent, Link, Node, ProfileId } from "./types.ts";

export function resolve(
  events: readonly IdentifiedEvent[],
  neighbourhood: Neighbourhood,
  rules: Rules,
): Resolution {
  const batch = new BatchResolver(neighbourhood, rules);
  const pending = events.map((event) => batch.take(event));
  return { changes: batch.changes(), events: pending.map((finish) => finish()) };
}

interface Created {
  readonly node: Node;
  readonly number: number;
  readonly event: IdentifiedEvent;
  founded: boolean;
}

interface SeenLink {
  readonly other: Node;
  readonly before: KnownLink | undefined;
  readonly link: Link;
}

interface JudgedLink {
  readonly other: Node;
  readonly verdict: Verdict;
  /** Whether nothing had joined the two through this link before. */
  readonly isNews: boolean;
}

class BatchResolver {
  readonly #neighbourhood: Neighbourhood;
  readonly #rules: Rules;
  readonly #profiles = new ProfilesInBatch();
  readonly #created = new Map<ProfileId, Created>();
  /** The sources that have named an identifier, for those that this batch creates or adds a source to. */
  readonly #sources = new Map<ProfileId, readonly string[]>();
  readonly #links = new Map<string, LinkChange>();
  readonly #traits = new Map<string, TraitChange>();
  readonly #merges: Merge[] = [];
  readonly #events = new Map<EventId, IdentifiedEvent>();

  constructor(neighbourhood: Neighbourhood, rules: Rules) {
    this.#neighbourhood = neighbourhood;
    this.#rules = rules;
  }

  /** Takes one event in. What is returned tells what became of it, once the whole batch is in. */
  take(event: IdentifiedEvent): () => EventResolution {
    const known = this.#neighbourhood.events.get(event.id);
    // One that lies in quarantine was never an event; now that it can be mapped, it becomes one.
    const stored = known !== undefined && !known.quarantined;
    if (stored || this.#events.has(event.id)) return this.#duplicate(event);
    this.#events.set(event.id, event);
    const home = event.home;
    if (home === null) return () => ({ outcome: "anonymous" });

    const nodes = [home, ...event.others];
    const createdHere = nodes.filter((node) => this.#name(node, event));
    const links = this.#followLinks(event, home, createdHere);
    this.#keepTraits(event, home);
    const identifiers = nodes.map((node) => identifierOutcome(node, createdHere, links));
    const number = this.#numberOf(home);
    return () => ({
      outcome: "accepted",
      canonical: this.#profiles.founder(number).id,
      identifiers,
    });
  }

  /** Nothing is to be done; whose event it is can be told where its home is known. */
  #duplicate({ home }: IdentifiedEvent): () => EventResolution {
    const isKnown =
      home !== null && (this.#neighbourhood.identifiers.has(home.id) || this.#created.has(home.id));
    if (!isKnown) return () => ({ outcome: "duplicate", canonical: undefined });
    const number = this.#numberOf(home);
    return () => ({ outcome: "duplicate", canonical: this.#profiles.founder(number).id });
  }

  changes(): ChangeSet {
    const created = [...this.#created.values()];
    return {
      identifiers: created.map(({ node, number, event, founded }) => ({
        node,
        canonical: this.#profiles.founder(number).id,
        founded,
        sources: this.#sources.get(node.id)!,
        firstReceivedAt: event.receivedAt,
      })),
      sources: [...this.#sources]
        .filter(([id]) => !this.#created.has(id))
        .map(([id, sources]) => ({ id, sources })),
      absorptions: this.#profiles.absorptions(),
      merges: this.#merges,
      links: [...this.#links.values()],
      traits: [...this.#traits.values()],
      events: [...this.#events.values()],
    };
  }

  /** Notes that the event names the identifier; true where nothing has named it before. */
  #name(node: Node, event: IdentifiedEvent): boolean {
    const known = this.#neighbourhood.identifiers.get(node.id);
    const isNew = known === undefined && !this.#created.has(node.id);
    if (isNew) {
      const number = this.#profiles.created(node);
      this.#created.set(node.id, { node, number, event, founded: false });
    }
    const sources = this.#sources.get(node.id) ?? known?.sources ?? [];
    if (!sources.includes(event.source)) this.#sources.set(node.id, [...sources, event.source]);
    return isNew;
  }

  #numberOf(node: Node): number {
    const known = this.#neighbourhood.identifiers.get(node.id);
    return known === undefined ? this.#created.get(node.id)!.number : this.#profiles.known(known);
  }

  /** Follows the event's links as far as the rules allow, and reports the merge if profiles that stood have met. */
  #followLinks(event: IdentifiedEvent, home: Node, createdHere: readonly Node[]): JudgedLink[] {
    const seen = event.others.map((other) => this.#see(event, home, other));
    const numbers = [home, ...event.others].map((node) => this.#numberOf(node));
    const before = new Set(numbers.map((number) => this.#profiles.founder(number).root));
    const foundersBefore = new Map(
      [...before].map((root) => [root, this.#profiles.founder(root).id] as const),
    );
    const verdicts = fold(
      seen.map(({ link }) => link),
      this.#rules,
      this.#profiles.groups,
      (node) => this.#numberOf(node),
    );
    this.#profiles.settle(before);

    const bornHere = new Set(createdHere.map((node) => node.id));
    this.#reportMerges(event, foundersBefore, bornHere);
    for (const node of createdHere) {
      const created = this.#created.get(node.id)!;
      created.founded = this.#profiles.founder(created.number).id === node.id;
    }
    return seen.map(({ other, before: known }, index) => {
      const verdict = verdicts[index]!;
      const wasFollowed =
        known !== undefined &&
        ineligibility({ ...verdict.link, ...known }, this.#rules) === undefined;
      return { other, verdict, isNews: !wasFollowed };
    });
  }

  /** Takes note of a link of the event: what was known of it before, and what is known now. */
  #see(event: IdentifiedEvent, home: Node, other: Node): SeenLink {
    const key = linkKey(home, other);
    const before = this.#links.get(key) ?? this.#neighbourhood.links.get(key);
    const [a, b] = orderedEnds(home, other);
    const trust = before === undefined ? event.trust : betterTrust(before.trust, event.trust);
    const firstSeenAt = Math.min(before?.firstSeenAt ?? Infinity, event.occurredAt);
    const link = { a, b, trust, firstSeenAt };
    if (trust !== before?.trust || firstSeenAt !== before.firstSeenAt) this.#links.set(key, link);
    return { other, before, link };
  }

  #reportMerges(
    event: IdentifiedEvent,
    foundersBefore: ReadonlyMap<number, ProfileId>,
    bornHere: ReadonlySet<ProfileId>,
  ): void {
    const metByRoot = new Map<number, ProfileId[]>();
    for (const [formerRoot, founder] of foundersBefore) {
      if (bornHere.has(founder)) continue;
      const { root } = this.#profiles.founder(formerRoot);
      metByRoot.set(root, [...(metByRoot.get(root) ?? []), founder]);
    }
    for (const [root, founders] of metByRoot) {
      if (founders.length < 2) continue;
      const into = this.#profiles.founder(root).id;
      const from = founders.filter((id) => id !== into);
      this.#merges.push({
        kind: "merge",
        into,
        from,
        cause: { event: event.id },
        at: event.receivedAt,
      });
    }
  }

  #keepTraits(event: IdentifiedEvent, home: Node): void {
    const stamp = { at: event.occurredAt, source: event.source, key: event.key };
    for (const { name, value } of event.traits) {
      const key = traitKey(home.id, name);
      const kept = this.#traits.get(key)?.stamp ?? this.#neighbourhood.traits.get(key);
      if (kept !== undefined && compareStamps(stamp, kept) <= 0) continue;
      this.#traits.set(key, {
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

function identifierOutcome(
  node: Node,
  createdHere: readonly Node[],
  links: readonly JudgedLink[],
): IdentifierOutcome {
  // The identifier that a rule objects to is told, not the one at the other end of the link.
  const objection = links
    .map(({ verdict }) => verdict.ineligibility)
    .find((found) => found !== undefined && sameIdentifier(found.identifier, node.identifier));
  if (objection !== undefined)
    return {
      node,
      outcome: objection.rule === "blocked" ? "blocked" : "pending",
      reason: objection.reason,
    };
  if (createdHere.includes(node)) return { node, outcome: "created" };
  const own = links.find(({ other }) => other.id === node.id);
  const isLinked = own !== undefined && own.isNews && own.verdict.outcome === "followed";
  return { node, outcome: isLinked ? "linked" : "known" };
}
