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

/**
 * Of the people of one group: for each step the times since the step before, of everybody who took it; for the first, how
 * many they are. It holds no more than that, for there may be a group for every person.
 */
class Tally {
  people = 0;
  /** Of the second step and those behind it, as far as anybody came. */
  readonly times: number[][] = [];

  add(chain: readonly HistoryEvent[]): void {
    this.people++;
    for (let step = 1; step < chain.length; step++)
      this.#timesOf(step).push(chain[step]!.at - chain[step - 1]!.at);
  }

  addAll({ people, times }: Tally): void {
    this.people += people;
    for (const [before, list] of times.entries()) {
      const own = this.#timesOf(before + 1);
      for (const time of list) own.push(time);
    }
  }

  #timesOf(step: number): number[] {
    return (this.times[step - 1] ??= []);
  }
}

export class FunnelGroups {
  readonly #types: readonly string[];
  readonly #tallies = new Map<string, Tally>();
  /** Of people with values that are too long. */
  readonly #rest = new Tally();

  constructor(types: readonly string[]) {
    this.#types = types;
  }

  /** A person by the events of their steps, from the first one on. */
  add(value: string, chain: readonly HistoryEvent[]): void {
    if (value.length > VALUE_CHARACTERS_MAX) {
      this.#rest.add(chain);
      return;
    }
    const tally = this.#tallies.get(value) ?? new Tally();
    this.#tallies.set(value, tally);
    tally.add(chain);
  }

  /** Of everybody. */
  total(): readonly FunnelStep[] {
    return this.#stepsOf(sumOf([this.#rest, ...this.#tallies.values()]));
  }

  list(): readonly FunnelGroup[] {
    const largestFirst = [...this.#tallies].toSorted(
      ([leftValue, left], [rightValue, right]) =>
        right.people - left.people || (leftValue < rightValue ? -1 : 1),
    );
    const beyond = largestFirst.slice(GROUPS_MAX).map(([, tally]) => tally);
    const rest = sumOf([this.#rest, ...beyond]);
    const groups: FunnelGroup[] = largestFirst
      .slice(0, GROUPS_MAX)
      .map(([value, tally]) => ({ value, steps: this.#stepsOf(tally) }));
    if (rest.people > 0) groups.push({ value: "null", more: true, steps: this.#stepsOf(rest) });
    return groups;
  }

  #stepsOf({ people, times }: Tally): readonly FunnelStep[] {
    return this.#types.map((type, step) => {
      const ascending = Float64Array.from(times[step - 1] ?? []).sort();
      const passed = step === 0 ? people : ascending.length;
      return {
        type,
        people: passed,
        conversion: people === 0 ? 0 : passed / people,
        medianMs: percentile(ascending, 50),
        p90Ms: percentile(ascending, 90),
      };
    });
  }
}

function sumOf(tallies: readonly Tally[]): Tally {
  const sum = new Tally();
  for (const tally of tallies) sum.addAll(tally);
  return sum;
}
