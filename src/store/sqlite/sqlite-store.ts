/**
 * The SQLite store: one file, one writing process at a time, any number of readers. Other processes may write between
 * two of our commits; a load that they have overtaken makes the commit stale.
 */
import type { Found, Missing } from "../../identity/change-set.ts";
import type { Graph } from "../../identity/graph.ts";
import type { Seeds } from "../../identity/ids.ts";
import type {
  DecisionId,
  EventId,
  Identifier,
  Milliseconds,
  ProfileId,
} from "../../identity/types.ts";
import type {
  DeliveriesPage,
  DeliveriesRequest,
  DeliveryRecord,
  KeptRecord,
  KeptRequest,
  KeptSummary,
} from "../deliveries.ts";
import type { History, HistoryRequest, Pause } from "../histories.ts";
import type { KeyRecord, NewKey } from "../keys.ts";
import type { SearchRequest } from "../search.ts";
import type {
  AnonymousText,
  ErasureRecord,
  ErasuresRequest,
  FootprintRequest,
  TextsRequest,
} from "../erasures.ts";
import type {
  Basis,
  ChangeRecord,
  Commit,
  CommitOutcome,
  DecisionRecord,
  DecisionRequest,
  JourneyPage,
  JourneyRequest,
  LinkRecord,
  Loaded,
  LoadedFootprint,
  LoadRequest,
  PersonRecord,
  ProfileRecord,
  RulesRecord,
  Snapshot,
  SearchPage,
  Store,
  Tally,
  Totals,
  UnfollowedEdge,
  WholeGraph,
} from "../store.ts";
import { StoreError } from "../store.ts";
import { prepareBasis, type SqliteBasis } from "./basis.ts";
import { prepareCommit } from "./commit.ts";
import {
  guarded,
  openDatabase,
  readSeeds,
  type OpenOptions,
  type SqliteDatabase,
} from "./database.ts";
import { prepareDeliveries } from "./deliveries.ts";
import { prepareErasures } from "./erasures.ts";
import { prepareFootprint } from "./footprint.ts";
import { prepareGraphs } from "./graphs.ts";
import { streamHistories } from "./histories.ts";
import { prepareJourneys, preparePayload, streamPeople } from "./journeys.ts";
import { prepareKeys } from "./keys.ts";
import { prepareKnownIdentifiers } from "./known-identifiers.ts";
import { prepareLedger } from "./ledger.ts";
import { prepareLinkReads } from "./link-reads.ts";
import { prepareLoad } from "./load.ts";
import { prepareLookups, prepareProfileRead } from "./reads.ts";
import { openSnapshot } from "./snapshot.ts";
import { prepareSearch } from "./search.ts";
import { prepareTidying } from "./tidy.ts";
import { prepareUnfollowed } from "./unfollowed.ts";

export class SqliteStore implements Store {
  readonly seeds: Seeds;
  /** Others may read it at the same time. */
  readonly file: string;
  readonly #database: SqliteDatabase;
  readonly #lookups;
  readonly #known;
  readonly #load;
  readonly #graphs;
  readonly #commit;
  readonly #profile;
  readonly #links;
  readonly #unfollowed;
  readonly #payload;
  readonly #journeys;
  readonly #search;
  readonly #ledger;
  readonly #deliveries;
  readonly #keys;
  readonly #footprint;
  readonly #erasures;
  readonly #tidying;
  #commits = 0;

  /** Opens the file, creating and migrating it where needed. Throws a StoreError. */
  constructor(file: string, options: OpenOptions = {}) {
    this.file = file;
    this.#database = openDatabase(file, options);
    this.seeds = readSeeds(this.#database.orm);
    this.#lookups = prepareLookups(this.#database);
    const bases = prepareBasis(this.#database);
    this.#known = prepareKnownIdentifiers(this.#database);
    this.#load = prepareLoad(this.#database, bases, this.#known);
    this.#graphs = prepareGraphs(this.#database, bases, this.#known);
    this.#commit = prepareCommit(this.#database, bases);
    this.#profile = prepareProfileRead(this.#database, this.#lookups);
    this.#links = prepareLinkReads(this.#database, this.#lookups);
    this.#unfollowed = prepareUnfollowed(this.#database, this.#lookups);
    this.#payload = preparePayload(this.#database);
    this.#journeys = prepareJourneys(this.#database, this.#lookups);
    this.#search = prepareSearch(this.#database, this.#lookups, this.#profile);
    this.#ledger = prepareLedger(this.#database);
    this.#deliveries = prepareDeliveries(this.#database);
    this.#keys = prepareKeys(this.#database);
    this.#footprint = prepareFootprint(this.#database, bases);
    this.#erasures = prepareErasures(this.#database);
    this.#tidying = prepareTidying(this.#database, file);
  }

  async load(request: LoadRequest): Promise<Loaded> {
    return guarded(() => this.#load(request, this.#commits));
  }

  async deepen(missing: Missing, basis: Basis): Promise<Found | "stale"> {
    return guarded(() => this.#graphs.deepen(missing, basis as SqliteBasis, this.#commits));
  }

  async readGraph(): Promise<WholeGraph> {
    return guarded(() => this.#graphs.readGraph(this.#commits));
  }

  async commit(commit: Commit, basis: Basis): Promise<CommitOutcome> {
    const outcome = guarded(() => this.#commit(commit, basis as SqliteBasis, this.#commits));
    if (outcome === "committed") this.#commits++;
    if (commit.erasure !== undefined) this.#known.forget();
    return outcome;
  }

  async rules(): Promise<RulesRecord | undefined> {
    return guarded(() => this.#ledger.rules());
  }

  async identifier(id: ProfileId): Promise<Identifier | undefined> {
    return guarded(() => this.#lookups.identifierOf(id));
  }

  async profile(id: ProfileId): Promise<ProfileRecord | undefined> {
    return guarded(() => this.#profile(id));
  }

  async payload(id: EventId): Promise<string | undefined> {
    return guarded(() => this.#payload(id));
  }

  async journey(request: JourneyRequest): Promise<JourneyPage | undefined> {
    return guarded(() => this.#journeys(request));
  }

  async search(request: SearchRequest): Promise<SearchPage> {
    return guarded(() => this.#search(request));
  }

  async links(id: ProfileId, limit: number): Promise<readonly LinkRecord[]> {
    return guarded(() => this.#links.links(id, limit));
  }

  async unfollowedLinks(id: ProfileId, limit: number): Promise<readonly UnfollowedEdge[]> {
    return guarded(() => this.#unfollowed.links(id, limit));
  }

  async unfollowedJoins(id: ProfileId, limit: number): Promise<readonly UnfollowedEdge[]> {
    return guarded(() => this.#unfollowed.joins(id, limit));
  }

  async linksOf(
    pairs: readonly (readonly [ProfileId, ProfileId])[],
  ): Promise<readonly LinkRecord[]> {
    return guarded(() => this.#links.linksOf(pairs));
  }

  async component(id: ProfileId): Promise<Graph | undefined> {
    return guarded(() => this.#graphs.component(id, this.#commits));
  }

  async decision(id: DecisionId): Promise<DecisionRecord | undefined> {
    return guarded(() => this.#ledger.decision(id));
  }

  async decisions(request: DecisionRequest): Promise<readonly DecisionRecord[]> {
    return guarded(() => this.#ledger.decisions(request));
  }

  async changes(afterSequence: number, limit: number): Promise<readonly ChangeRecord[]> {
    return guarded(() => this.#ledger.changes(afterSequence, limit));
  }

  async tallies(): Promise<readonly Tally[]> {
    return guarded(() => this.#ledger.tallies());
  }

  async deliveries(request: DeliveriesRequest): Promise<DeliveriesPage> {
    return guarded(() => this.#deliveries.deliveries(request));
  }

  async delivery(id: string): Promise<DeliveryRecord | undefined> {
    return guarded(() => this.#deliveries.delivery(id));
  }

  async keptDelivery(id: string): Promise<KeptRecord | undefined> {
    return guarded(() => this.#deliveries.keptDelivery(id));
  }

  async keptDeliveries(request: KeptRequest): Promise<readonly KeptSummary[]> {
    return guarded(() => this.#deliveries.keptDeliveries(request));
  }

  async footprint(request: FootprintRequest): Promise<LoadedFootprint | undefined> {
    return guarded(() => this.#footprint(request, this.#commits));
  }

  async anonymousTexts(request: TextsRequest): Promise<readonly AnonymousText[]> {
    return guarded(() => this.#erasures.anonymousTexts(request));
  }

  async erasures(request: ErasuresRequest): Promise<readonly ErasureRecord[]> {
    return guarded(() => this.#erasures.erasures(request));
  }

  async isUntidy(): Promise<boolean> {
    return guarded(() => this.#tidying.isUntidy());
  }

  tidy(at: Milliseconds): Promise<"clean" | "pending"> {
    return this.#tidying.tidy(at);
  }

  async totals(): Promise<Totals> {
    return guarded(() => this.#ledger.totals());
  }

  async addKey(key: NewKey): Promise<"added" | "taken"> {
    return guarded(() => this.#keys.add(key)) ? "added" : "taken";
  }

  async keys(): Promise<readonly KeyRecord[]> {
    return guarded(() => this.#keys.all());
  }

  async hasKeys(): Promise<boolean> {
    return guarded(() => this.#keys.exist());
  }

  async keyByHash(hash: string): Promise<KeyRecord | undefined> {
    return guarded(() => this.#keys.byHash(hash));
  }

  async revokeKey(name: string, at: Milliseconds): Promise<boolean> {
    return guarded(() => this.#keys.revoke(name, at));
  }

  people(): AsyncIterable<PersonRecord> {
    return streamPeople(this.file);
  }

  histories(request: HistoryRequest, pause?: Pause): AsyncIterable<History> {
    return streamHistories(this.file, request, pause);
  }

  async snapshot(): Promise<Snapshot> {
    return openSnapshot(this.file);
  }

  clearUp(): void {
    if (!this.#database.client.open) return;
    try {
      // What is in the file is read from there, and the log begins anew with the next commit.
      guarded(() => this.#database.client.pragma("wal_checkpoint(PASSIVE)"));
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
    }
  }

  async ping(): Promise<void> {
    guarded(() => readSeeds(this.#database.orm));
  }

  async close(): Promise<void> {
    this.#database.client.close();
  }
}
