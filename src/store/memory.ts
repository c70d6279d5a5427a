/**
 * The memory store: the reference that the others are compared with. Plain maps and plain loops, nothing clever and
 * nothing kept after the process ends. It copies what it is given, so that no caller can change the past.
 */
import type { Found, Missing } from "../identity/change-set.ts";
import type { Graph } from "../identity/graph.ts";
import type { Seeds } from "../identity/ids.ts";
import type {
  DecisionId,
  EventId,
  Identifier,
  Milliseconds,
  ProfileId,
} from "../identity/types.ts";
import { Decisions } from "./memory/decisions.ts";
import { Erasures } from "./memory/erasures.ts";
import { eventsNaming, footprintOf } from "./memory/footprint.ts";
import { countsOf, graphOf, inPlay } from "./memory/graph-of.ts";
import { historiesOf } from "./memory/histories.ts";
import { History } from "./memory/history.ts";
import { Identities } from "./memory/identities.ts";
import { StoredKeys } from "./memory/keys.ts";
import { Links } from "./memory/links.ts";
import { neighbourhoodOf, pick } from "./memory/neighbourhood.ts";
import { deliveryRecords, pageOf } from "./memory/deliveries.ts";
import { Quarantine } from "./memory/quarantine.ts";
import { inOrder, type StoredIdentifier } from "./memory/profile.ts";
import { searchPage } from "./memory/search.ts";
import type {
  DeliveriesPage,
  DeliveriesRequest,
  DeliveryRecord,
  KeptRecord,
  KeptRequest,
  KeptSummary,
} from "./deliveries.ts";
import type { HistoryRequest, History as PersonHistory } from "./histories.ts";
import type { KeyRecord, NewKey } from "./keys.ts";
import type { SearchRequest } from "./search.ts";
import type {
  AnonymousText,
  ErasureCommit,
  ErasureRecord,
  ErasuresRequest,
  FootprintRequest,
  TextsRequest,
} from "./erasures.ts";
import {
  type Basis,
  type ChangeRecord,
  type Commit,
  type CommitOutcome,
  type DecisionRecord,
  type DecisionRequest,
  type JourneyPage,
  type JourneyRequest,
  type LinkRecord,
  type Loaded,
  type LoadedFootprint,
  type LoadRequest,
  type PersonRecord,
  type ProfileRecord,
  type RulesRecord,
  type Snapshot,
  type SearchPage,
  type Store,
  type Tally,
  type Totals,
  type UnfollowedEdge,
  type WholeGraph,
} from "./store.ts";
import { snapshotOf } from "./memory/snapshot.ts";

interface MemoryBasis extends Basis {
  readonly store: "memory";
  readonly version: number;
}

export class MemoryStore implements Store {
  readonly seeds: Seeds;
  #version = 0;
  #rules: RulesRecord | undefined;
  readonly #identities = new Identities();
  readonly #decisions = new Decisions();
  readonly #history = new History();
  readonly #links = new Links(this.#identities, this.#history, this.#decisions);
  readonly #quarantine = new Quarantine();
  readonly #erasures = new Erasures();
  readonly #changes: ChangeRecord[] = [];
  readonly #tallies = new Map<string, Tally>();
  readonly #keys = new StoredKeys();

  constructor(seeds: Seeds) {
    this.seeds = seeds;
  }

  async load(request: LoadRequest): Promise<Loaded> {
    // What is asked for may be told only once, and is looked at twice.
    const asked = { identifiers: [...request.identifiers], events: [...request.events] };
    const { neighbourhood, kept } = neighbourhoodOf(
      { ...request, ...asked },
      this.#identities,
      this.#history,
      this.#quarantine,
    );
    const rulesVersion = this.#rules?.version ?? 0;
    const before = this.#erasures.before(asked.events, asked.identifiers);
    return { neighbourhood, basis: this.#basis(), kept, ...before, rulesVersion };
  }

  #basis(): MemoryBasis {
    return { store: "memory", version: this.#version };
  }

  #isCurrent(basis: Basis): boolean {
    return (basis as MemoryBasis).version === this.#version;
  }

  async deepen(missing: Missing, basis: Basis): Promise<Found | "stale"> {
    if (!this.#isCurrent(basis)) return "stale";
    return {
      counts: pick(missing.counts, (key) => [key, countsOf(this.#identities.membersOf(key))]),
      contents: pick(missing.contents, (key) => [
        key,
        this.#contents(this.#identities.membersOf(key)),
      ]),
    };
  }

  #contents(members: Iterable<StoredIdentifier>): Graph {
    const links = inPlay(this.#identities.linksOf(members));
    return graphOf(members, links, this.#decisions.all());
  }

  async readGraph(): Promise<WholeGraph> {
    const { identifiers, links } = this.#identities;
    const graph = graphOf(identifiers.values(), [...links.values()], this.#decisions.all());
    return { graph, basis: this.#basis(), rulesVersion: this.#rules?.version ?? 0 };
  }

  async commit(commit: Commit, basis: Basis): Promise<CommitOutcome> {
    const { changes, rules } = commit;
    if (!this.#isCurrent(basis)) return "stale";
    if (rules !== undefined && rules.version <= (this.#rules?.version ?? 0)) return "stale";
    this.#version++;
    if (rules !== undefined) this.#rules = { ...rules };
    this.#identities.commit(changes);
    this.#decisions.commit(changes.decisions, (id) => this.#identities.nodeOf(id));
    for (const change of changes.changes)
      this.#changes.push({ ...change, sequence: this.#changes.length + 1 });
    this.#history.commit(commit);
    if (commit.erasure !== undefined) this.#erase(commit.erasure);
    this.#quarantine.commit(commit);
    for (const tally of commit.tallies) this.#count(tally);
    return "committed";
  }

  #erase(erasure: ErasureCommit): void {
    const { members, orphans, links } = erasure;
    const events = eventsNaming(this.#history, members);
    for (const id of erasure.anonymous) events.add(this.#history.event(id)!);
    this.#erasures.commit(erasure, [
      ...[...events].map(({ record }) => [record.id, record.receivedAt] as const),
      ...erasure.quarantined.map((id) => [id, this.#quarantine.known(id)!.receivedAt] as const),
    ]);
    const ids = [...members, ...orphans];
    this.#history.erase(events, ids);
    this.#decisions.erase(new Set(ids));
    this.#identities.erase(ids, links);
  }

  #count(tally: Tally): void {
    const key = JSON.stringify([tally.source, tally.outcome]);
    const standing = this.#tallies.get(key);
    const deliveries = tally.deliveries + (standing?.deliveries ?? 0);
    const events = tally.events + (standing?.events ?? 0);
    if (deliveries === 0 && events === 0) this.#tallies.delete(key);
    else this.#tallies.set(key, { ...tally, deliveries, events });
  }

  async rules(): Promise<RulesRecord | undefined> {
    return this.#rules;
  }

  #stored(id: ProfileId): StoredIdentifier | undefined {
    return this.#identities.identifiers.get(id);
  }

  async identifier(id: ProfileId): Promise<Identifier | undefined> {
    return this.#stored(id)?.node.identifier;
  }

  async profile(id: ProfileId): Promise<ProfileRecord | undefined> {
    const members = this.#members(id);
    return members === undefined ? undefined : this.#profileRecord(members);
  }

  #profileRecord(members: readonly StoredIdentifier[]): ProfileRecord {
    return {
      id: members[0]!.node.id,
      members: members.map(({ node, founded, sources }) => ({
        node,
        founded,
        sources,
        ...this.#history.seen(node.id),
      })),
      traits: members.flatMap(({ node }) => this.#history.traitsOf(node.id)),
      eventCount: members.flatMap(({ node }) => this.#history.atHome(node.id)).length,
    };
  }

  #members(id: ProfileId): StoredIdentifier[] | undefined {
    const stored = this.#stored(id);
    return stored === undefined ? undefined : inOrder(stored.profile.members);
  }

  async payload(id: EventId): Promise<string | undefined> {
    return this.#history.payload(id);
  }

  async journey(request: JourneyRequest): Promise<JourneyPage | undefined> {
    const members = this.#members(request.profile);
    if (members === undefined) return undefined;
    return this.#history.journey(
      members.map(({ node }) => node.id),
      request,
    );
  }

  async search(request: SearchRequest): Promise<SearchPage> {
    return searchPage(this.#identities, this.#history, request, (id) => this.profile(id));
  }

  async links(id: ProfileId, limit: number): Promise<readonly LinkRecord[]> {
    return this.#links.ranked(id, limit);
  }

  async unfollowedLinks(id: ProfileId, limit: number): Promise<readonly UnfollowedEdge[]> {
    return this.#links.unfollowedLinks(id, limit);
  }

  async unfollowedJoins(id: ProfileId, limit: number): Promise<readonly UnfollowedEdge[]> {
    return this.#links.unfollowedJoins(id, limit);
  }

  async linksOf(
    pairs: readonly (readonly [ProfileId, ProfileId])[],
  ): Promise<readonly LinkRecord[]> {
    return this.#links.of(pairs);
  }

  async component(id: ProfileId): Promise<Graph | undefined> {
    const stored = this.#stored(id);
    if (stored === undefined) return undefined;
    return this.#contents(stored.component?.members ?? stored.profile.members);
  }

  async decision(id: DecisionId): Promise<DecisionRecord | undefined> {
    return this.#decisions.get(id);
  }

  async decisions(request: DecisionRequest): Promise<readonly DecisionRecord[]> {
    return this.#decisions.page(request);
  }

  async changes(afterSequence: number, limit: number): Promise<readonly ChangeRecord[]> {
    return this.#changes.filter(({ sequence }) => sequence > afterSequence).slice(0, limit);
  }

  async tallies(): Promise<readonly Tally[]> {
    return [...this.#tallies.values()];
  }

  async deliveries(request: DeliveriesRequest): Promise<DeliveriesPage> {
    return pageOf(this.#deliveryRecords(), request);
  }

  async delivery(id: string): Promise<DeliveryRecord | undefined> {
    return this.#deliveryRecords().find((record) => record.id === id);
  }

  #deliveryRecords(): DeliveryRecord[] {
    return deliveryRecords(this.#history.events(), this.#quarantine.records());
  }

  async keptDelivery(id: string): Promise<KeptRecord | undefined> {
    return this.#quarantine.record(id);
  }

  async keptDeliveries(request: KeptRequest): Promise<readonly KeptSummary[]> {
    return this.#quarantine.page(request);
  }

  async footprint(request: FootprintRequest): Promise<LoadedFootprint | undefined> {
    const footprint = footprintOf(request, {
      identities: this.#identities,
      decisions: this.#decisions,
      history: this.#history,
      quarantine: this.#quarantine,
    });
    const rulesVersion = this.#rules?.version ?? 0;
    return footprint && { ...footprint, basis: this.#basis(), rulesVersion };
  }

  async anonymousTexts({ after, limit }: TextsRequest): Promise<readonly AnonymousText[]> {
    return [...this.#history.events()]
      .filter(({ number, home }) => home === undefined && number > after)
      .slice(0, limit)
      .map(({ number, record: { id, source, payload } }) => ({ number, id, source, payload }));
  }

  async erasures(request: ErasuresRequest): Promise<readonly ErasureRecord[]> {
    return this.#erasures.page(request);
  }

  async isUntidy(): Promise<boolean> {
    return false;
  }

  async tidy(): Promise<"clean"> {
    return "clean";
  }

  async totals(): Promise<Totals> {
    return this.#identities.totals();
  }

  async addKey(key: NewKey): Promise<"added" | "taken"> {
    return this.#keys.add(key);
  }

  async keys(): Promise<readonly KeyRecord[]> {
    return this.#keys.all();
  }

  async hasKeys(): Promise<boolean> {
    return this.#keys.all().length > 0;
  }

  async keyByHash(hash: string): Promise<KeyRecord | undefined> {
    return this.#keys.byHash(hash);
  }

  async revokeKey(name: string, at: Milliseconds): Promise<boolean> {
    return this.#keys.revoke(name, at);
  }

  async *people(): AsyncIterable<PersonRecord> {
    const profiles = new Set(
      [...this.#identities.identifiers.values()].map(({ profile }) => profile),
    );
    // Made before the first is handed out: a stream sees one moment.
    yield* [...profiles].map((profile) => {
      const members = inOrder(profile.members).map(({ node }) => node);
      return {
        id: members[0]!.id,
        members: members.map(({ identifier }) => identifier),
        traits: members.flatMap(({ id }) => this.#history.traitsOf(id)),
        events: streamOf(members.flatMap(({ id }) => this.#history.atHome(id))),
      };
    });
  }

  histories(request: HistoryRequest): AsyncIterable<PersonHistory> {
    return historiesOf(this.people(), request);
  }

  async snapshot(): Promise<Snapshot> {
    return snapshotOf({
      identities: this.#identities,
      history: this.#history,
      rules: this.#rules,
      profileRecord: (members) => this.#profileRecord(members),
      linkRecord: (link) => this.#links.record(link),
    });
  }

  clearUp(): void {}

  async ping(): Promise<void> {}

  async close(): Promise<void> {}
}

async function* streamOf<Item>(items: readonly Item[]): AsyncGenerator<Item, void> {
  yield* items;
}
