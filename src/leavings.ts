/**
 * Leavings: what leaves quarantine with a commit, and how the counts follow. What was received was counted as
 * quarantined; when it ends otherwise, that count is taken back and it is counted as what it became, so that the counts
 * always add up to what was received (I7).
 */
import type { EventId } from "./identity/types.ts";
import {
  overallOutcome,
  type KeptHold,
  type KeptState,
  type Outcome,
  type QuarantineChanges,
  type Settled,
} from "./store/deliveries.ts";
import type { Tallies } from "./tallies.ts";

/** What becomes of events of one kept delivery. */
interface Leaving {
  readonly id: string;
  /** How many that lay in quarantine are counted anew. */
  readonly recounted: number;
  /** What they are counted as; more or fewer where the delivery is divided otherwise than before. */
  readonly outcomes: readonly Outcome[];
  readonly released: readonly EventId[];
  /** How many events the delivery holds from now on; undefined for as many as before. */
  readonly eventCount?: number;
}

export class Leavings {
  readonly #holds: ReadonlyMap<string, KeptHold>;
  readonly #leaving = new Map<string, Leaving>();

  constructor(holds: ReadonlyMap<string, KeptHold>) {
    this.#holds = holds;
  }

  add(leaving: Leaving): void {
    const before = this.#leaving.get(leaving.id);
    this.#leaving.set(
      leaving.id,
      before === undefined
        ? leaving
        : {
            ...before,
            recounted: before.recounted + leaving.recounted,
            outcomes: [...before.outcomes, ...leaving.outcomes],
            released: [...before.released, ...leaving.released],
          },
    );
  }

  /** Counts all of it, and says what has to be committed. */
  finish(tallies: Tallies): Pick<QuarantineChanges, "released" | "keptStates"> {
    const keptStates: KeptState[] = [];
    for (const leaving of this.#leaving.values()) {
      const state = settle(this.#holds.get(leaving.id)!, leaving, tallies);
      if (state !== undefined) keptStates.push(state);
    }
    return {
      released: [...this.#leaving.values()].flatMap(({ released }) => released),
      keptStates,
    };
  }
}

/** What the delivery is kept as; undefined where nothing of it lies in quarantine any more. */
function settle(hold: KeptHold, leaving: Leaving, tallies: Tallies): KeptState | undefined {
  const { source } = hold;
  const { recounted, outcomes, eventCount = hold.eventCount } = leaving;
  tallies.add({ source, outcome: "quarantined", deliveries: 0, events: -recounted });
  for (const outcome of outcomes) tallies.add({ source, outcome, deliveries: 0, events: 1 });
  const settled = settledOf([...(hold.settled === undefined ? [] : [hold.settled]), ...outcomes]);
  const isKept = hold.quarantined > recounted || outcomes.includes("quarantined");
  if (isKept) return { id: hold.id, eventCount, settled };
  tallies.add({ source, outcome: "quarantined", deliveries: -1, events: 0 });
  tallies.add({ source, outcome: settled ?? overallOutcome([]), deliveries: 1, events: 0 });
  return undefined;
}

/** How those that do not lie in quarantine ended as a whole; undefined where there are none. */
export function settledOf(outcomes: readonly Outcome[]): Settled | undefined {
  const settled = outcomes.filter((outcome) => outcome !== "quarantined");
  return settled.length === 0 ? undefined : overallOutcome(settled);
}
