/**
 * Settling a batch of deliveries that were taken in: their neighbourhood is loaded, the pure core resolves them, and
 * what follows can be committed. The one way into the store for what comes now and for what is taken again.
 */
import { addressBatch, type AddressedBatch } from "./addressing.ts";
import type { Resolution } from "./identity/change-set.ts";
import type { IdScheme } from "./identity/ids.ts";
import type { IdentifiedEvent } from "./identity/types.ts";
import { BatchResolution } from "./identity/resolve.ts";
import { reportBatch, type EventReceipt, type Refusal, type TakenIn } from "./receipt.ts";
import type { Rulebook } from "./rulebook.ts";
import type { CommitOutcome, Store, Tally } from "./store/store.ts";

export interface Settling {
  readonly store: Store;
  readonly ids: IdScheme;
  readonly rulebook: Rulebook;
}

export interface SettledBatch {
  /** By delivery, then by event; true once it is committed. */
  readonly receipts: readonly (readonly EventReceipt[])[];
  /** Those that repeat the id of an event that is kept, with another text. */
  readonly differing: readonly IdentifiedEvent[];
  /** Commits the batch, and counts that are to go with it. */
  commit(tallies: readonly Tally[]): Promise<CommitOutcome>;
}

/** To be called in a turn. Rejects with a StoreError; what is `stale` has to be settled again. */
export async function settleBatch(
  { store, ids, rulebook }: Settling,
  batch: readonly TakenIn[],
): Promise<SettledBatch | "stale"> {
  const intents = batch.flatMap((taken) => taken.intents);
  const events = intents.flatMap((intent) => (intent.kind === "resolve" ? [intent.event] : []));
  const otherEvents = intents.flatMap((intent) => {
    if (intent.kind === "resolve") return [];
    return [intent.kind === "drop" ? intent : { ...intent.event, ...intent.recurring }];
  });
  const before = batch.flatMap(({ again }) => again?.events ?? []);
  const addressed = await addressBatch(store, ids, events, [...otherEvents, ...before]);
  // Another process may have been at what lay in quarantine when it was read.
  const known = addressed.neighbourhood.events;
  if (before.some(({ id, delivery }) => known.get(id)?.quarantinedIn !== delivery)) return "stale";
  // What names nobody may be stored by whatever rules.
  if (events.some(({ home }) => home !== null))
    await rulebook.requireVersion(addressed.rulesVersion);
  const refusals = refusalsIn(addressed);
  const admitted = addressed.events.filter((event) => !refusals.has(event));
  const resolution = await resolve(store, rulebook, { ...addressed, events: admitted });
  if (resolution === "stale") return "stale";
  const differing = await differingDuplicates(store, admitted, resolution);
  const resolved = { addressed, refusals, resolution, differing };
  const { receipts, commit } = reportBatch(batch, resolved, rulebook.rules);
  return {
    receipts,
    differing: [...differing],
    commit: (tallies) =>
      store.commit({ ...commit, tallies: [...commit.tallies, ...tallies] }, addressed.basis),
  };
}

/** What is not to be stored whatever it says, for it or somebody in it was erased (I12). */
function refusalsIn({
  events,
  erased,
  suppressed,
}: AddressedBatch): ReadonlyMap<IdentifiedEvent, Refusal> {
  const refusals = new Map<IdentifiedEvent, Refusal>();
  if (erased.size === 0 && suppressed.size === 0) return refusals;
  for (const event of events) {
    const nodes = event.home === null ? [] : [event.home, ...event.others];
    if (erased.has(event.id)) refusals.set(event, "erased");
    else if (nodes.some(({ id }) => suppressed.has(id))) refusals.set(event, "suppressed");
  }
  return refusals;
}

/** The duplicates whose text is not that of the event that is stored under their id. */
async function differingDuplicates(
  store: Store,
  events: readonly IdentifiedEvent[],
  { events: outcomes, changes }: Resolution,
): Promise<ReadonlySet<IdentifiedEvent>> {
  const differing = new Set<IdentifiedEvent>();
  const fresh = new Map(changes.events.map(({ id, payload }) => [id, payload]));
  for (const [index, event] of events.entries()) {
    if (outcomes[index]!.outcome !== "duplicate") continue;
    const stored = fresh.get(event.id) ?? (await store.payload(event.id));
    if (stored !== event.payload) differing.add(event);
  }
  return differing;
}

async function resolve(
  store: Store,
  { rules }: Rulebook,
  { events, neighbourhood, basis }: AddressedBatch,
): Promise<Resolution | "stale"> {
  const batch = new BatchResolution(events, neighbourhood, rules);
  for (let missing = batch.missing(); missing !== undefined; missing = batch.missing()) {
    const found = await store.deepen(missing, basis);
    if (found === "stale") return "stale";
    batch.supply(found);
  }
  return batch.finish();
}
