/**
 * The SQLite store: one file, one writing process at a time, any number of readers. Other processes may write between
 * two of our commits; a load that they have overtaken makes the commit stale.
 */
import type { Seeds } from "../../identity/ids.ts";
import type { Identifier, ProfileId } from "../../identity/types.ts";
import type {
  Basis,
  ChangeRecord,
  Commit,
  CommitOutcome,
  JourneyPage,
  JourneyRequest,
  LinkRecord,
  Loaded,
  LoadRequest,
  PersonRecord,
  ProfileRecord,
  Store,
  Tally,
} from "../store.ts";
import { prepareCommit } from "./commit.ts";
import {
  guarded,
  openDatabase,
  readSeeds,
  type OpenOptions,
  type SqliteDatabase,
} from "./database.ts";
import { prepareJourneys, streamPeople } from "./journeys.ts";
import { prepareLoad, type SqliteBasis } from "./load.ts";
import { prepareLedgerReads, prepareLookups, prepareProfileReads } from "./reads.ts";

export class SqliteStore implements Store {
  readonly seeds: Seeds;
  readonly #file: string;
  readonly #database: SqliteDatabase;
  readonly #lookups;
  readonly #load;
  readonly #commit;
  readonly #profiles;
  readonly #journeys;
  readonly #ledger;
  #commits = 0;

  /** Opens the file, creating and migrating it where needed. Throws a StoreError. */
  constructor(file: string, options: OpenOptions = {}) {
    this.#file = file;
    this.#database = openDatabase(file, options);
    this.seeds = readSeeds(this.#database.orm);
    this.#lookups = prepareLookups(this.#database);
    this.#load = prepareLoad(this.#database);
    this.#commit = prepareCommit(this.#database);
    this.#profiles = prepareProfileReads(this.#database, this.#lookups);
    this.#journeys = prepareJourneys(this.#database, this.#lookups);
    this.#ledger = prepareLedgerReads(this.#database);
  }

  async load(request: LoadRequest): Promise<Loaded> {
    return guarded(() => this.#load(request, this.#commits));
  }

  async commit(commit: Commit, basis: Basis): Promise<CommitOutcome> {
    const outcome = guarded(() => this.#commit(commit, basis as SqliteBasis, this.#commits));
    if (outcome === "committed") this.#commits++;
    return outcome;
  }

  async identifier(id: ProfileId): Promise<Identifier | undefined> {
    const row = guarded(() => this.#lookups.identifierById(id));
    return row === undefined ? undefined : { namespace: row.namespace, value: row.value };
  }

  async profile(id: ProfileId): Promise<ProfileRecord | undefined> {
    return guarded(() => this.#profiles.profile(id));
  }

  async journey(request: JourneyRequest): Promise<JourneyPage | undefined> {
    return guarded(() => this.#journeys(request));
  }

  async links(id: ProfileId, limit: number): Promise<readonly LinkRecord[]> {
    return guarded(() => this.#profiles.links(id, limit));
  }

  async changes(afterSequence: number, limit: number): Promise<readonly ChangeRecord[]> {
    return guarded(() => this.#ledger.changes(afterSequence, limit));
  }

  async tallies(): Promise<readonly Tally[]> {
    return guarded(() => this.#ledger.tallies());
  }

  people(): AsyncIterable<PersonRecord> {
    return streamPeople(this.#file);
  }

  async ping(): Promise<void> {
    guarded(() => readSeeds(this.#database.orm));
  }

  async close(): Promise<void> {
    this.#database.client.close();
  }
}
