/**
 * Links with one end in each of two profiles, looked up pair by pair. However many links others have posted to either
 * profile, they cannot hide these.
 */
import { setImmediate } from "node:timers/promises";
import type { ProfileId } from "../identity/types.ts";
import { linkRank, type ProfileRecord, type Store, type UnfollowedEdge } from "../store/store.ts";

/** A hundred identifiers each: more than any two people have. */
const PAIRS_MAX = 10_000;
/** How many are looked up before others have their turn. */
const PAIRS_PER_TURN = 250;

type Pair = readonly [ProfileId, ProfileId];

export interface LinksBetween {
  /** Those that are not followed, in the order of their rank. */
  readonly links: readonly UnfollowedEdge[];
  /** Whether some pairs were not looked up. */
  readonly more: boolean;
}

export async function linksBetween(
  store: Store,
  left: ProfileRecord,
  right: ProfileRecord,
): Promise<LinksBetween> {
  const links: UnfollowedEdge[] = [];
  const pairs = firstPairs(left, right);
  for (let start = 0; start < pairs.length; start += PAIRS_PER_TURN) {
    await setImmediate();
    for (const link of await store.linksOf(pairs.slice(start, start + PAIRS_PER_TURN))) {
      const { a, b, objection, profiles } = link;
      if (objection !== undefined) links.push({ a, b, objection, profiles, decision: undefined });
    }
  }
  return {
    links: links.toSorted((one, other) => linkRank(one.objection) - linkRank(other.objection)),
    more: left.members.length * right.members.length > pairs.length,
  };
}

function firstPairs(left: ProfileRecord, right: ProfileRecord): Pair[] {
  const pairs: Pair[] = [];
  for (const { node: one } of left.members)
    for (const { node: other } of right.members) {
      if (pairs.length === PAIRS_MAX) return pairs;
      pairs.push([one.id, other.id]);
    }
  return pairs;
}
