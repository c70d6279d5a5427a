/** Counts of how deliveries and events ended, by source and outcome, until a commit carries them to the store. */
import type { Tally } from "./store/store.ts";

type Counted = { -readonly [Key in keyof Tally]: Tally[Key] };

export class Tallies {
  #tallies = new Map<string, Counted>();

  add({ source, outcome, deliveries, events }: Tally): void {
    // A source's name holds no space.
    const key = `${source} ${outcome}`;
    const standing = this.#tallies.get(key);
    if (standing === undefined) this.#tallies.set(key, { source, outcome, deliveries, events });
    else {
      standing.deliveries += deliveries;
      standing.events += events;
    }
  }

  list(): Tally[] {
    return Array.from(this.#tallies.values(), (tally) => ({ ...tally }));
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
