/**
 * Receipts: what became of every event of a batch, in words, beside what has to be committed for that to be true. One
 * walk makes both, so that what senders are told and what is counted cannot differ.
 */
import type { AddressedBatch, AddressedName } from "./addressing.ts";
import type { UnusableIdentifier } from "./extract/extract.ts";
import type { EventResolution, IdentifierOutcome, Resolution } from "./identity/change-set.ts";
import { identifierText } from "./identity/identifier.ts";
import { objectionText } from "./identity/objection.ts";
import type { Rules } from "./identity/rules.ts";
import type { EventId, IdentifiedEvent, ProfileId } from "./identity/types.ts";
import { keptOf, type Delivery, type Intent } from "./intake.ts";
import { Leavings, settledOf } from "./leavings.ts";
import {
  overallOutcome,
  type KeptDelivery,
  type Outcome,
  type QuarantinedEvent,
} from "./store/deliveries.ts";
import type { Commit } from "./store/store.ts";
import { Tallies } from "./tallies.ts";

export interface IdentifierReceipt {
  /** `email:ann@example.com` */
  readonly identifier: string;
  readonly outcome: IdentifierOutcome["outcome"];
  readonly reason?: string;
}

export interface EventReceipt {
  readonly event: EventId;
  readonly outcome: Outcome;
  /** Set for every outcome but `accepted`. */
  readonly reason?: string;
  /** The canonical profile; like what follows it, only where the source answers in full. */
  readonly profile?: ProfileId;
  readonly provisional?: ProfileId;
  readonly identifiers?: readonly IdentifierReceipt[];
}

/** What of a delivery matters once it was taken in. */
interface TakenDelivery {
  /** `dl_…` */
  readonly id: string;
  readonly source: string;
  /** Whether its receipt tells profiles and identifiers. */
  readonly isToldInFull: boolean;
  /** As it is kept where anything of it comes to lie in quarantine; undefined where nothing can. */
  readonly kept: ReturnType<typeof keptOf> | undefined;
}

/** A delivery and what shall become of its events. Plain data, which may go to another thread. */
export interface TakenIn {
  readonly delivery: TakenDelivery;
  readonly intents: readonly Intent[];
  /** Set where the delivery is kept and taken again. */
  readonly again?: TakenAgain | undefined;
  /** Set where the intents are not all of them: a large delivery is settled in parts, one behind the other. */
  readonly part?: Part | undefined;
}

interface Part {
  /** How events of the parts before ended, each way once. */
  readonly before: readonly Outcome[];
  readonly isLast: boolean;
}

/**
 * Whether a delivery is settled at once. One that may lie in quarantine stays whole whatever its size, for it is kept, and
 * taken again, as it came; and so does one that is answered with who everybody is, which is to be of one moment.
 */
export function isSettledWhole({ intents, delivery }: TakenIn, eventsMax: number): boolean {
  return intents.length <= eventsMax || delivery.kept !== undefined || delivery.isToldInFull;
}

/** Settles any other in parts of so many events, each when the one before is. */
export async function settleInParts(
  taken: TakenIn,
  eventsMax: number,
  settle: (part: TakenIn) => Promise<readonly EventReceipt[]>,
): Promise<readonly EventReceipt[]> {
  const { intents } = taken;
  const receipts: EventReceipt[] = [];
  for (let start = 0; start < intents.length; start += eventsMax) {
    const end = start + eventsMax;
    const before = [...new Set(receipts.map(({ outcome }) => outcome))];
    const part = { before, isLast: end >= intents.length };
    receipts.push(...(await settle({ ...taken, intents: intents.slice(start, end), part })));
  }
  return receipts;
}

export function takenIn(delivery: Delivery, intents: readonly Intent[]): TakenIn {
  const { id, source } = delivery;
  const mayBeKept = intents.some(({ kind }) => kind === "quarantine");
  return {
    delivery: {
      id,
      source: source.name,
      isToldInFull: source.respond === "full",
      kept: mayBeKept ? keptOf(delivery) : undefined,
    },
    intents,
  };
}

interface TakenAgain {
  /** What of it lies in quarantine, in place of which the intents are. */
  readonly events: readonly QuarantinedEvent[];
  /** How many events the delivery holds by the present configuration. */
  readonly eventCount: number;
}

/** Why an event is not stored: it was erased, or somebody whom it names is refused since he was. */
export type Refusal = "erased" | "suppressed";

export interface BatchReport {
  /** By delivery, then by event. */
  readonly receipts: readonly (readonly EventReceipt[])[];
  readonly commit: Commit;
}

/** What a batch came to: its resolvable events and, by id alone, all others, in order. */
export interface ResolvedBatch {
  /** Of deliveries taken again, what they say lies in quarantine does so as of this. */
  readonly addressed: AddressedBatch;
  /** Events of the batch that were not resolved. */
  readonly refusals: ReadonlyMap<IdentifiedEvent, Refusal>;
  /** Of the others, in order. */
  readonly resolution: Resolution;
  /** Those duplicates whose text is another than that of the event that is kept. */
  readonly differing: ReadonlySet<IdentifiedEvent>;
}

/** `rules` are those that the batch was resolved by. */
export function reportBatch(
  batch: readonly TakenIn[],
  { addressed, refusals, resolution, differing }: ResolvedBatch,
  rules: Rules,
): BatchReport {
  const events = addressed.events.values();
  const resolved = resolution.events.values();
  const known = addressed.neighbourhood.events;
  const stored = new Set(resolution.changes.events.map(({ id }) => id));
  const quarantine = new QuarantineReport(batch, addressed, stored);
  const tallies = new Tallies();
  const leavings = new Leavings(addressed.kept);
  const kept: KeptDelivery[] = [];

  const receiptOf = (intent: Intent, { delivery, again }: TakenIn): EventReceipt => {
    switch (intent.kind) {
      case "resolve": {
        const event = events.next().value!;
        const refusal = refusals.get(event);
        if (refusal !== undefined) return refusedReceipt(event.id, refusal);
        const outcome = resolved.next().value!;
        if (differing.has(event)) return duplicate(event.id, "stored", DIFFERING);
        return resolvedReceipt(event, outcome, intent, delivery.isToldInFull, rules);
      }
      case "quarantine":
        return quarantine.receipt(intent, again === undefined ? undefined : delivery.id);
      case "drop":
        return { event: quarantine.idOf(intent), outcome: "dropped", reason: intent.reason };
    }
  };

  const receipts = batch.map((taken) => {
    const { delivery, intents, again, part } = taken;
    const told = intents.map((intent) => receiptOf(intent, taken));
    const outcomes = told.map(({ outcome }) => outcome);
    if (again !== undefined) {
      const released = again.events.flatMap(({ id }) =>
        quarantine.holderOf(id) === delivery.id ? [] : [id],
      );
      const { eventCount, events: before } = again;
      leavings.add({ id: delivery.id, recounted: before.length, outcomes, released, eventCount });
      return told;
    }
    const { source } = delivery;
    const outcome = overallOutcome(part === undefined ? outcomes : [...part.before, ...outcomes]);
    // A delivery is counted once, with its last part.
    if (part?.isLast !== false) tallies.add({ source, outcome, deliveries: 1, events: 0 });
    for (const ended of outcomes) tallies.add({ source, outcome: ended, deliveries: 0, events: 1 });
    if (outcomes.includes("quarantined"))
      kept.push({
        // Only what was meant for quarantine lies there.
        ...delivery.kept!,
        eventCount: intents.length,
        settled: settledOf(outcomes),
      });
    return told;
  });
  const takenAgain = new Set(batch.flatMap(({ delivery, again }) => (again ? delivery.id : [])));
  for (const id of stored) {
    const holder = known.get(id)?.quarantinedIn;
    if (holder === undefined || takenAgain.has(holder)) continue;
    // From now on the kept event is only a repetition of the one that came with another delivery.
    leavings.add({ id: holder, recounted: 1, outcomes: ["duplicate"], released: [id] });
  }
  const left = leavings.finish(tallies);
  return {
    receipts,
    commit: {
      changes: resolution.changes,
      kept,
      quarantined: quarantine.entering(),
      ...left,
      tallies: tallies.list(),
    },
  };
}

/** Which events of a batch lie in quarantine afterwards. */
class QuarantineReport {
  readonly #names: ReadonlyMap<Intent, AddressedName>;
  readonly #known: AddressedBatch["neighbourhood"]["events"];
  readonly #stored: ReadonlySet<EventId>;
  readonly #erased: AddressedBatch["erased"];
  /** What lies there now, and will not: the deliveries that hold it are taken again, and it is not among their events. */
  readonly #given = new Set<EventId>();
  readonly #entering = new Map<EventId, QuarantinedEvent>();

  constructor(
    batch: readonly TakenIn[],
    { otherEvents, neighbourhood, erased }: AddressedBatch,
    stored: ReadonlySet<EventId>,
  ) {
    const others = batch.flatMap(({ intents }) => intents.filter(({ kind }) => kind !== "resolve"));
    this.#names = new Map(others.map((intent, index) => [intent, otherEvents[index]!]));
    this.#known = neighbourhood.events;
    this.#erased = erased;
    this.#stored = stored;
    for (const { intents, again } of batch) {
      if (again === undefined) continue;
      const staying = new Set(
        intents.flatMap((intent) => (intent.kind === "quarantine" ? this.idOf(intent) : [])),
      );
      for (const { id } of again.events) if (!staying.has(id)) this.#given.add(id);
    }
  }

  idOf(intent: Intent): EventId {
    return this.#names.get(intent)!.id;
  }

  /** `holder` is the delivery that is taken again; undefined where it is taken for the first time. */
  receipt(intent: Intent & { kind: "quarantine" }, holder: string | undefined): EventReceipt {
    const { id, key } = this.#names.get(intent)!;
    const { reason } = intent.event;
    if (this.#erased.has(id)) return refusedReceipt(id, "erased");
    const before = this.#given.has(id) ? undefined : this.#known.get(id);
    const isStored = before !== undefined && before.quarantinedIn === undefined;
    if (isStored || this.#stored.has(id)) return duplicate(id, "stored");
    const liesElsewhere = before !== undefined && before.quarantinedIn !== holder;
    if (liesElsewhere || this.#entering.has(id)) return duplicate(id, "quarantined");
    this.#entering.set(id, { ...intent.event, key, id });
    return { event: id, outcome: "quarantined", reason };
  }

  /** The delivery in which it lies by what was reported so far. */
  holderOf(id: EventId): string | undefined {
    return this.#entering.get(id)?.delivery;
  }

  entering(): QuarantinedEvent[] {
    return [...this.#entering.values()];
  }
}

const DIFFERING = ", with another body; the first is kept";

function duplicate(event: EventId, how: "stored" | "quarantined", more = ""): EventReceipt {
  return { event, outcome: "duplicate", reason: `an event of this id is ${how} already${more}` };
}

/** They name nobody: who an event is about is not to be told any more. */
const REFUSALS = {
  erased: { outcome: "duplicate", reason: "an event of this id was stored and has been erased" },
  suppressed: {
    outcome: "dropped",
    reason: "it names somebody who was erased and is refused since (suppress)",
  },
} as const;

function refusedReceipt(event: EventId, refusal: Refusal): EventReceipt {
  return { event, ...REFUSALS[refusal] };
}

function resolvedReceipt(
  event: IdentifiedEvent,
  resolution: EventResolution,
  intent: Intent & { kind: "resolve" },
  full: boolean,
  rules: Rules,
): EventReceipt {
  switch (resolution.outcome) {
    case "duplicate": {
      const receipt = duplicate(event.id, "stored");
      if (!full || resolution.canonical === undefined) return receipt;
      const nodes = [event.home!, ...event.others];
      return {
        ...receipt,
        profile: resolution.canonical,
        provisional: event.home!.id,
        identifiers: nodes.map((node) => identifierReceipt({ node, outcome: "known" }, rules)),
      };
    }
    case "anonymous": {
      const receipt = {
        event: event.id,
        outcome: "anonymous",
        reason: intent.anonymousBecause!,
      } as const;
      return full ? { ...receipt, identifiers: unusableReceipts(intent.unusable) } : receipt;
    }
    case "accepted": {
      if (!full) return { event: event.id, outcome: "accepted" };
      return {
        event: event.id,
        outcome: "accepted",
        profile: resolution.canonical,
        provisional: event.home!.id,
        identifiers: [
          ...resolution.identifiers.map((outcome) => identifierReceipt(outcome, rules)),
          ...unusableReceipts(intent.unusable),
        ],
      };
    }
  }
}

function identifierReceipt(
  { node, outcome, objection }: IdentifierOutcome,
  rules: Rules,
): IdentifierReceipt {
  const receipt = { identifier: identifierText(node.identifier), outcome };
  if (objection === undefined) return receipt;
  return { ...receipt, reason: objectionText(objection, rules) };
}

/** How many values that are no id a receipt names. */
const UNUSABLE_TOLD_MAX = 32;

/** Values that are told because somebody meant them as an id; where nothing stood there is nothing to tell. */
function unusableReceipts(unusable: readonly UnusableIdentifier[]): IdentifierReceipt[] {
  return unusable.slice(0, UNUSABLE_TOLD_MAX).flatMap(({ namespace, path, value, reason }) =>
    value === undefined
      ? []
      : [
          {
            identifier: `${namespace}:${value}`,
            outcome: "blocked" as const,
            reason: `${path}: ${reason}`,
          },
        ],
  );
}
