/** Counts of how deliveries and events ended, by source and outcome, until a commit carries them to the store. */
import type { Tally } from "./store/store.ts";

export class Tallies {
  #tallies = new Map<string, Tally>();

  add(tally: Tally): void {
    // A source's name holds no space.
    const key = `${tally.source} ${tally.outcome}`;
    const standing = this.#tallies.get(key);
    this.#tallies.set(key, {
      ...tally,
      deliveries: tally.deliveries + (standing?.deliveries ?? 0),
      events: tally.events + (standing?.events ?? 0),
    });
  }

  list(): Tally[] {
    return [...this.#tallies.values()];
  }

  /** Hands over what was counted and starts again from nothing. */
  drain(): Tally[] {
    const drained = this.list();
    this.#tallies = new Map();
    return drained;
  }

  /** Takes back what was drained and could not be delivered. */
  restore(drained: readonly Tally[]): void {
    for (const tally of drained) this.add(tally);
  }
}
