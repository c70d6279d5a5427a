/** A running Selfsame without its network: store, rulebook, engine, decisions, queries and who reads, put together from the settings. */
import { createHash } from "node:crypto";
import xxhash from "xxhash-wasm";
import { Analyst } from "./analyst.ts";
import type { Settings } from "./config/config.ts";
import { Decisions } from "./decisions.ts";
import { Engine, type EngineOptions } from "./engine.ts";
import { Erasures } from "./erasing.ts";
import { createIdScheme } from "./identity/ids.ts";
import type { Milliseconds } from "./identity/types.ts";
import { Keys } from "./keys.ts";
import { Quarantine } from "./quarantine.ts";
import { PeopleSearch } from "./queries/people-search.ts";
import { Queries } from "./queries/queries.ts";
import { createReferences } from "./queries/references.ts";
import { InlineReader } from "./reading/inline-reader.ts";
import type { Reader } from "./reading/reader.ts";
import { ThreadReader } from "./reading/thread-reader.ts";
import { Rulebook, type RebuildReport } from "./rulebook.ts";
import { InlineSettler, type InlineSettlerOptions } from "./settling/inline-settler.ts";
import type { Settler } from "./settling/settler.ts";
import { ThreadSettler } from "./settling/thread-settler.ts";
import { SqliteStore } from "./store/sqlite/sqlite-store.ts";
import type { Store, StoreError } from "./store/store.ts";
import { createNewId } from "./timed-ids.ts";
import { Turns } from "./turns.ts";

export interface Service {
  readonly engine: Engine;
  readonly queries: Queries;
  readonly reader: Reader;
  readonly search: PeopleSearch;
  readonly decisions: Decisions;
  readonly quarantine: Quarantine;
  readonly erasures: Erasures;
  readonly rulebook: Rulebook;
  readonly analyst: Analyst;
  readonly keys: Keys;
  /** What it changed to put the configured rules in force; undefined where they were. */
  readonly applied: RebuildReport | undefined;
  /** Finishes what was accepted and closes the store. */
  close(): Promise<void>;
}

export interface ServiceOptions {
  readonly settings: Settings;
  readonly onStoreError: (error: StoreError) => void;
  /** Told what an operator should know of senders. Default: nobody is. */
  readonly onRemark?: EngineOptions["onRemark"];
  /** Default: the SQLite file of the settings. */
  readonly store?: Store;
  /** Default: the wall clock. */
  readonly clock?: () => Milliseconds;
  readonly batchEventsMax?: EngineOptions["batchEventsMax"];
  /**
   * Where deliveries are settled and people are read: in threads of their own, which take a moment to start and then have
   * cores to themselves, or here. A store that was handed over is only known here. Default: here.
   */
  readonly workIn?: "threads" | "here";
  /** Whether rules that would change people are applied. Default: no. */
  readonly applyRules?: boolean;
}

/**
 * Rejects with a StoreError where the database cannot be opened, and with a RulesChangedError where the configured rules
 * would change people and are not to be applied.
 */
export async function openService(options: ServiceOptions): Promise<Service> {
  const { settings, onStoreError, onRemark = () => {}, clock = Date.now } = options;
  const hasher = await xxhash();
  const store =
    options.store ??
    new SqliteStore(settings.database, { bytesMax: settings.limits.databaseBytesMax });
  const ids = createIdScheme((text, seed) => hasher.h64(text, seed), store.seeds);
  const turns = new Turns();
  const compiled = { rules: settings.rules, text: settings.rulesText };
  const rulebook = new Rulebook({ store, turns, compiled, clock });
  const applied = await rulebook.open(options.applyRules ?? false).catch(async (error: unknown) => {
    await store.close();
    throw error;
  });
  const references = createReferences(store, ids, settings.limits);
  const fingerprint = (text: string) => createHash("sha256").update(text).digest("base64url");
  const settler = settlerOf(options, { store, ids, rulebook, turns });
  const newId = createNewId();
  const engine = new Engine({
    settings,
    store,
    rulebook,
    settler,
    clock,
    onStoreError,
    onRemark,
    newDeliveryId: (receivedAt) => newId("dl", receivedAt),
    fingerprint,
    ...(options.batchEventsMax === undefined ? {} : { batchEventsMax: options.batchEventsMax }),
  });
  const decisions = new Decisions({
    store,
    references,
    rulebook,
    turns,
    clock,
    newDecisionId: (at) => newId("dc", at),
  });
  const quarantine = new Quarantine({
    settings,
    store,
    ids,
    rulebook,
    turns,
    fingerprint,
    onRemark,
  });
  const erasures = new Erasures({
    settings,
    store,
    references,
    rulebook,
    turns,
    clock,
    newErasureId: (at) => newId("er", at),
  });
  await erasures.resume();
  const queries = new Queries({
    store,
    references,
    rules: settings.rules,
    limits: settings.limits,
    pendingTallies: () => engine.pendingTallies(),
  });
  const reader = readerOf(options, queries);
  const search = new PeopleSearch({ store, references, limits: settings.limits });
  const analyst = new Analyst({ store, limits: settings.limits });
  const keys = new Keys({ settings, store, clock });
  let closing: Promise<void> | undefined;
  const close = async () => {
    try {
      await Promise.all([analyst.close(), reader.close()]);
      await engine.close();
      await erasures.close();
      await turns.end();
    } finally {
      await store.close();
    }
  };
  return {
    engine,
    queries,
    reader,
    search,
    decisions,
    quarantine,
    erasures,
    rulebook,
    analyst,
    keys,
    applied,
    close: () => (closing ??= close()),
  };
}

function settlerOf(
  { settings, workIn, store }: ServiceOptions,
  here: InlineSettlerOptions,
): Settler {
  if (workIn !== "threads" || store !== undefined) return new InlineSettler(here);
  return new ThreadSettler({
    turns: here.turns,
    file: settings.database,
    bytesMax: settings.limits.databaseBytesMax,
    rulesText: settings.rulesText,
  });
}

function readerOf({ settings, workIn, store }: ServiceOptions, queries: Queries): Reader {
  if (workIn !== "threads" || store !== undefined) return new InlineReader(queries);
  const { pageBytesMax, identifierBytesMax } = settings.limits;
  const limits = { pageBytesMax, identifierBytesMax };
  return new ThreadReader({ file: settings.database, limits });
}
