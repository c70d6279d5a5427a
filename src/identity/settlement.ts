/** What the groups of a batch come to, whichever way they were settled: the common shape of both ways. */
import type {
  Absorption,
  Change,
  ComponentPlace,
  DecisionChange,
  Move,
  Place,
} from "./change-set.ts";
import type { Objection } from "./objection.ts";
import type { Origin } from "./redraw.ts";
import type { Link, ProfileId } from "./types.ts";

/** Where an identifier that the batch creates is kept. */
export interface Seat {
  readonly place: Place;
  readonly component: ComponentPlace;
  readonly founded: boolean;
}

/** A known link that is judged otherwise than before, though the batch brings no news of it. */
export interface JudgedLink extends Link {
  /** What brought it about: an event of the same group, for a batch holds strangers' events too. */
  readonly origin: Origin;
  readonly objection: Objection | undefined;
}

export interface Settlement {
  /** By identifier, for those that the batch creates. */
  readonly seats: ReadonlyMap<ProfileId, Seat>;
  readonly absorptions: readonly Absorption[];
  readonly moves: readonly Move[];
  readonly founders: readonly ProfileId[];
  /** By `linkKey`: why a link of the batch is refused. */
  readonly refusals: ReadonlyMap<string, Objection>;
  readonly judged: readonly JudgedLink[];
  readonly decisions: readonly DecisionChange[];
  readonly changes: readonly Change[];
  /** The canonical profile, after the batch, of an identifier of the groups settled here; else undefined. */
  readonly canonicalOf: (id: ProfileId) => ProfileId | undefined;
  /** The place of an identifier of these groups in the order of receipt; else undefined. */
  readonly orderOf: (id: ProfileId) => number | undefined;
}
