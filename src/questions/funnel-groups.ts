/** The counts of a funnel: who took how many steps and how long each took them, by what people are divided by. */
import type { HistoryEvent } from "../store/histories.ts";
import { percentile } from "./percentile.ts";

export interface FunnelStep {
  readonly type: string;
  readonly people: number;
  readonly conversion: number;
  readonly medianMs: number | null;
  readonly p90Ms: number | null;
}

export interface FunnelGroup {
  /** JSON text. */
  readonly value: string;
  /** Set for whoever is in none of the other groups. */
  readonly more?: true;
  readonly steps: readonly FunnelStep[];
}

/** More than anybody reads, and an answer of some megabytes at most. */
const GROUPS_MAX = 1000;
/** A longer value is a text of its own and not one that divides people. */
const VALUE_CHARACTERS_MAX = 256;

/** Of the people of one group: for each step how many took it, and the times since the step before. */
class Tally {
  readonly people: number[];
  readonly times: number[][];

  constructor(steps: number) {
    this.people = Array.from({ length: steps }, () => 0);
    this.times = Array.from({ length: steps }, () => []);
  }

  add(chain: readonly HistoryEvent[]): void {
    for (const [step, { at }] of chain.entries()) {
      this.people[step]!++;
      if (step > 0) this.times[step]!.push(at - chain[step - 1]!.at);
    }
  }

  addAll(other: Tally): void {
    for (const [step, count] of other.people.entries()) {
      this.people[step]! += count;
      for (const time of other.times[step]!) this.times[step]!.push(time);
    }
  }
}

export class FunnelGroups {
  readonly #types: readonly string[];
  readonly #tallies = new Map<string, Tally>();
  /** Of people with values that are too long. */
  readonly #rest: Tally;

  constructor(types: readonly string[]) {
    this.#types = types;
    this.#rest = this.#empty();
  }

  #empty(): Tally {
    return new Tally(this.#types.length);
  }

  /** A person by the events of their steps, from the first one on. */
  add(value: string, chain: readonly HistoryEvent[]): void {
    if (value.length > VALUE_CHARACTERS_MAX) {
      this.#rest.add(chain);
      return;
    }
    const tally = this.#tallies.get(value) ?? this.#empty();
    this.#tallies.set(value, tally);
    tally.add(chain);
  }

  /** Of everybody. */
  total(): readonly FunnelStep[] {
    return this.#stepsOf(this.#sum([this.#rest, ...this.#tallies.values()]));
  }

  list(): readonly FunnelGroup[] {
    const largestFirst = [...this.#tallies].toSorted(
      ([leftValue, left], [rightValue, right]) =>
        right.people[0]! - left.people[0]! || (leftValue < rightValue ? -1 : 1),
    );
    const beyond = largestFirst.slice(GROUPS_MAX).map(([, tally]) => tally);
    const rest = this.#sum([this.#rest, ...beyond]);
    const groups: FunnelGroup[] = largestFirst
      .slice(0, GROUPS_MAX)
      .map(([value, tally]) => ({ value, steps: this.#stepsOf(tally) }));
    if (rest.people[0]! > 0) groups.push({ value: "null", more: true, steps: this.#stepsOf(rest) });
    return groups;
  }

  #sum(tallies: readonly Tally[]): Tally {
    const sum = this.#empty();
    for (const tally of tallies) sum.addAll(tally);
    return sum;
  }

  #stepsOf({ people, times }: Tally): readonly FunnelStep[] {
    return this.#types.map((type, step) => {
      const ascending = Float64Array.from(times[step]!).sort();
      return {
        type,
        people: people[step]!,
        conversion: people[0] === 0 ? 0 : people[step]! / people[0]!,
        medianMs: percentile(ascending, 50),
        p90Ms: percentile(ascending, 90),
      };
    });
  }
}
