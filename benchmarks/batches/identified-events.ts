/**
 * Bare lists of identifiers made into the events that the resolver takes, with ids as the service makes them: each id
 * has been looked up before the resolver sees it, so that the resolver does not pay for the first hash of its text.
 */
import xxhash from "xxhash-wasm";
import { createIdScheme } from "../../src/identity/ids.ts";
import type { IdentifiedEvent, Node } from "../../src/identity/types.ts";
import type { NamedIdentifiers } from "../resolve/events.ts";

const SEEDS = [1n, 2n] as const;
const START = Date.UTC(2026, 0, 1);

export async function identifiedEvents(events: NamedIdentifiers): Promise<IdentifiedEvent[]> {
  const hasher = await xxhash();
  const ids = createIdScheme((text, seed) => hasher.h64(text, seed), SEEDS);
  const seen = new Set<string>();
  const hashed = (id: string) => {
    seen.add(id);
    return id;
  };
  const nodeOf = (text: string): Node => {
    const colon = text.indexOf(":");
    const identifier = { namespace: text.slice(0, colon), value: text.slice(colon + 1) };
    return { id: hashed(ids.profileId(identifier)), identifier };
  };
  return events.map((named, index) => {
    const [home = null, ...others] = named.map(nodeOf);
    const key = String(index);
    return {
      id: hashed(ids.eventId("bench", key)),
      source: "bench",
      key,
      type: "event",
      occurredAt: START + index,
      timeGiven: true,
      receivedAt: START + index,
      delivery: `dl_${key}`,
      home,
      others,
      traits: [],
      trust: "verified",
      payload: "{}",
    };
  });
}
