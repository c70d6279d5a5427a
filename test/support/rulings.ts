/**
 * Puts a decision straight into a store, as the service does but without asking whether it contradicts another: which
 * of two decisions that contradict each other is turned away depends on which came first, and tests of orders must not.
 */
import { joinGraphs } from "../../src/identity/graph.ts";
import { decide } from "../../src/identity/rederive.ts";
import type { Rules } from "../../src/identity/rules.ts";
import type { Decision } from "../../src/identity/types.ts";
import { NO_QUARANTINE } from "../../src/store/deliveries.ts";
import type { Store } from "../../src/store/store.ts";

export async function ruleDirectly(store: Store, rules: Rules, decision: Decision): Promise<void> {
  const { neighbourhood, basis } = await store.load({
    identifiers: [decision.a.id, decision.b.id],
    pairs: [],
    traits: [],
    events: [],
  });
  const known = [...neighbourhood.identifiers.values()];
  const contents = [...new Set(known.map(({ component }) => component))];
  const found = await store.deepen({ counts: [], contents }, basis);
  if (found === "stale") throw new Error("nobody else writes here");
  const { changes } = decide(joinGraphs([...found.contents.values()]), rules, decision);
  const outcome = await store.commit({ changes, ...NO_QUARANTINE, tallies: [] }, basis);
  if (outcome === "stale") throw new Error("nobody else writes here");
}
