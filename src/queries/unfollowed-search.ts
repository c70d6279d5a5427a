/**
 * A search for a way between two profiles through links and joins that are not followed, from both sides at once. It is
 * bounded in all it looks at, lets others have their turn between two profiles, and says where it has met a bound.
 */
import { setImmediate } from "node:timers/promises";
import type { ProfileId } from "../identity/types.ts";
import type { Store, UnfollowedEdge } from "../store/store.ts";

/** How many profiles are looked at, how many links and joins of each, and how many of all together. */
const PROFILES_MAX = 200;
const EDGES_PER_PROFILE_MAX = 1000;
const EDGES_MAX = 20_000;

export interface UnfollowedWay {
  /** From profile to profile, each with what would lead over; none where no way was found. */
  readonly steps: readonly (readonly UnfollowedEdge[])[];
  /** How many links and joins were looked at. */
  readonly looked: number;
  /** Whether there are others, at which nobody has looked. */
  readonly more: boolean;
}

/** How a profile was reached, and over what. */
interface Reached {
  readonly from: ProfileId | undefined;
  readonly edges: readonly UnfollowedEdge[];
}

/** One of the two sides. */
class Side {
  readonly reached: Map<ProfileId, Reached>;
  readonly queue: ProfileId[];
  /** Whether some profile here has more links than were looked at. */
  isCut = false;

  constructor(start: ProfileId) {
    this.reached = new Map([[start, { from: undefined, edges: [] }]]);
    this.queue = [start];
  }

  /** Whether everything that can be reached from here has been: then there is no way. */
  get isExhausted(): boolean {
    return this.queue.length === 0 && !this.isCut;
  }

  /** The steps from a profile back to the start. */
  stepsFrom(profile: ProfileId): (readonly UnfollowedEdge[])[] {
    const steps = [];
    for (
      let step = this.reached.get(profile)!;
      step.from !== undefined;
      step = this.reached.get(step.from)!
    )
      steps.push(step.edges);
    return steps;
  }
}

export class UnfollowedSearch {
  readonly #store: Store;
  readonly #left: Side;
  readonly #right: Side;
  #looked = 0;

  constructor(store: Store, left: ProfileId, right: ProfileId) {
    this.#store = store;
    this.#left = new Side(left);
    this.#right = new Side(right);
  }

  async find(): Promise<UnfollowedWay> {
    for (let profiles = 0; profiles < PROFILES_MAX && this.#looked < EDGES_MAX; profiles++) {
      if (this.#left.isExhausted || this.#right.isExhausted) return this.#nothing(false);
      const side = this.#nextSide();
      const next = side.queue.shift();
      if (next === undefined) return this.#nothing(true);
      await setImmediate();
      const met = await this.#expand(next, side);
      if (met !== undefined) return this.#wayOver(met);
    }
    return this.#nothing(!(this.#left.isExhausted || this.#right.isExhausted));
  }

  /** The side with less to look at goes on; a mailbox that thousands share would take for ever. */
  #nextSide(): Side {
    const [left, right] = [this.#left.queue.length, this.#right.queue.length];
    return right === 0 || (left > 0 && left <= right) ? this.#left : this.#right;
  }

  /** Looks at what one profile is linked with; returns the profile at which the two sides have met. */
  async #expand(profile: ProfileId, side: Side): Promise<ProfileId | undefined> {
    const others = (side === this.#left ? this.#right : this.#left).reached;
    const byProfile = byFarEnd(profile, await this.#edgesOf(profile, side));
    for (const [other, edges] of byProfile) {
      if (side.reached.has(other)) continue;
      side.reached.set(other, { from: profile, edges });
      if (others.has(other)) return other;
      side.queue.push(other);
    }
    return undefined;
  }

  /** Joins first: people take few decisions, and anybody may post a thousand links. */
  async #edgesOf(profile: ProfileId, side: Side): Promise<readonly UnfollowedEdge[]> {
    const limit = Math.min(EDGES_PER_PROFILE_MAX, EDGES_MAX - this.#looked);
    // One more than is looked at tells whether there are more.
    const joins = await this.#store.unfollowedJoins(profile, limit + 1);
    const links = await this.#store.unfollowedLinks(profile, limit + 1);
    const edges = [...joins, ...links].slice(0, limit);
    if (joins.length + links.length > limit) side.isCut = true;
    this.#looked += edges.length;
    return edges;
  }

  #wayOver(met: ProfileId): UnfollowedWay {
    const steps = [...this.#left.stepsFrom(met).toReversed(), ...this.#right.stepsFrom(met)];
    return { steps, looked: this.#looked, more: false };
  }

  #nothing(more: boolean): UnfollowedWay {
    return { steps: [], looked: this.#looked, more };
  }
}

/** By the profile at the far end, what stays within the profile left out. */
function byFarEnd(
  profile: ProfileId,
  edges: readonly UnfollowedEdge[],
): Map<ProfileId, UnfollowedEdge[]> {
  const byProfile = new Map<ProfileId, UnfollowedEdge[]>();
  for (const edge of edges) {
    const other = edge.profiles.find((end) => end !== profile);
    if (other === undefined) continue;
    const known = byProfile.get(other);
    if (known === undefined) byProfile.set(other, [edge]);
    else known.push(edge);
  }
  return byProfile;
}
