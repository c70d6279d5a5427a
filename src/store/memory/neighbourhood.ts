/** What a load of the memory store finds of what it was asked for. */
import { traitKey, type Neighbourhood } from "../../identity/change-set.ts";
import { linkKey } from "../../identity/identifier.ts";
import type { Loaded, LoadRequest } from "../store.ts";
import type { History } from "./history.ts";
import { known, type Identities } from "./identities.ts";
import type { Quarantine } from "./quarantine.ts";

export function neighbourhoodOf(
  request: LoadRequest,
  identities: Identities,
  history: History,
  quarantine: Quarantine,
): Pick<Loaded, "neighbourhood" | "kept"> {
  const { identifiers, links } = identities;
  const neighbourhood: Neighbourhood = {
    identifiers: pick(request.identifiers, (id) => {
      const stored = identifiers.get(id);
      return stored === undefined ? undefined : ([id, known(stored)] as const);
    }),
    links: pick(request.pairs, ([left, right]) => {
      const key = linkKey({ id: left }, { id: right });
      const link = links.get(key);
      if (link === undefined) return undefined;
      const { trust, evidenceAt, objection } = link;
      return [key, { trust, evidenceAt, objection }] as const;
    }),
    traits: pick(request.traits, ([profile, name]) => {
      const kept = history.trait(profile, name);
      return kept === undefined ? undefined : ([traitKey(profile, name), kept.stamp] as const);
    }),
    events: pick(request.events, (id) => {
      const event = history.known(id) ?? quarantine.known(id);
      return event === undefined ? undefined : ([id, event] as const);
    }),
  };
  const kept = pick(neighbourhood.events.values(), ({ quarantinedIn }) => {
    const hold = quarantinedIn === undefined ? undefined : quarantine.hold(quarantinedIn);
    return hold === undefined ? undefined : ([hold.id, hold] as const);
  });
  return { neighbourhood, kept };
}

/** What is found of what is asked for, by its key. */
export function pick<Asked, Key, Value>(
  asked: Iterable<Asked>,
  find: (one: Asked) => readonly [Key, Value] | undefined,
): Map<Key, Value> {
  const found = new Map<Key, Value>();
  for (const one of asked) {
    const entry = find(one);
    if (entry !== undefined) found.set(...entry);
  }
  return found;
}
