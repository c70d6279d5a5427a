/** Resolves batches as the engine does, for tests that have no engine. */
import type { AddressedBatch } from "../../src/addressing.ts";
import type { Resolution } from "../../src/identity/change-set.ts";
import { BatchResolution } from "../../src/identity/resolve.ts";
import type { NamespaceRules, Rules } from "../../src/identity/rules.ts";
import type { Store } from "../../src/store/store.ts";

/** A namespace about which nothing is ruled. */
export const UNRULED: NamespaceRules = {
  block: [],
  trust: "claimed",
  limit: Infinity,
  genericAfter: Infinity,
  priority: Infinity,
};

export const NO_RULES: Rules = {
  namespaces: new Map(),
  elsewhere: UNRULED,
  identifiersPerProfileMax: Infinity,
  identifiersPerComponentMax: Infinity,
};

/** Nobody else may write to the store meanwhile. */
export async function resolveBatch(
  store: Store,
  { events, neighbourhood, basis }: AddressedBatch,
  rules: Rules,
): Promise<Resolution> {
  const batch = new BatchResolution(events, neighbourhood, rules);
  for (let missing = batch.missing(); missing !== undefined; missing = batch.missing()) {
    const found = await store.deepen(missing, basis);
    if (found === "stale") throw new Error("somebody else writes here");
    batch.supply(found);
  }
  return batch.finish();
}
