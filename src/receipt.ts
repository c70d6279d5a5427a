/**
 * Receipts: what became of every event of a batch, in words, beside what has to be committed for that to be true. One
 * walk makes both, so that what senders are told and what is counted cannot differ.
 */
import type { AddressedBatch } from "./addressing.ts";
import type { UnusableIdentifier } from "./extract/extract.ts";
import type { EventResolution, IdentifierOutcome, Resolution } from "./identity/change-set.ts";
import { identifierText } from "./identity/identifier.ts";
import { objectionText } from "./identity/objection.ts";
import type { Rules } from "./identity/rules.ts";
import type { EventId, IdentifiedEvent, ProfileId } from "./identity/types.ts";
import type { Delivery, Intent } from "./intake.ts";
import type { Commit, QuarantinedEvent } from "./store/store.ts";
import { Tallies } from "./tallies.ts";

export type Outcome = "accepted" | "duplicate" | "anonymous" | "quarantined" | "dropped";

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

/** A delivery and what shall become of its events. */
export interface TakenIn {
  readonly delivery: Delivery;
  readonly intents: readonly Intent[];
}

export interface BatchReport {
  /** By delivery, then by event. */
  readonly receipts: readonly (readonly EventReceipt[])[];
  readonly commit: Commit;
}

/** What a batch came to: its resolvable events and, by id alone, all others, in order. */
export interface ResolvedBatch {
  readonly addressed: AddressedBatch;
  readonly resolution: Resolution;
  /** Those duplicates whose text is another than that of the event that is kept. */
  readonly differing: ReadonlySet<IdentifiedEvent>;
}

/** `rules` are those that the batch was resolved by. */
export function reportBatch(
  batch: readonly TakenIn[],
  { addressed, resolution, differing }: ResolvedBatch,
  rules: Rules,
): BatchReport {
  const resolved = resolution.events.entries();
  const otherIds = addressed.otherEvents.values();
  const known = addressed.neighbourhood.events;
  const quarantined = new Map<EventId, QuarantinedEvent>();
  const stored = new Set(resolution.changes.events.map(({ id }) => id));
  const tallies = new Tallies();

  const quarantine = (id: EventId, event: Omit<QuarantinedEvent, "id">): EventReceipt => {
    const before = known.get(id);
    if (stored.has(id) || before?.quarantined === false) return duplicate(id, "stored");
    if (before !== undefined || quarantined.has(id)) return duplicate(id, "quarantined");
    quarantined.set(id, { ...event, id });
    return { event: id, outcome: "quarantined", reason: event.reason };
  };
  const receiptOf = (intent: Intent, full: boolean): EventReceipt => {
    switch (intent.kind) {
      case "resolve": {
        const [index, outcome] = resolved.next().value!;
        const event = addressed.events[index]!;
        if (differing.has(event)) return duplicate(event.id, "stored", DIFFERING);
        return resolvedReceipt(event, outcome, intent, full, rules);
      }
      case "quarantine":
        return quarantine(otherIds.next().value!, intent.event);
      case "drop":
        return { event: otherIds.next().value!, outcome: "dropped", reason: intent.reason };
    }
  };

  const receipts = batch.map(({ delivery, intents }) => {
    const { name: source, respond } = delivery.source;
    const events = intents.map((intent) => receiptOf(intent, respond === "full"));
    tallies.add({ source, outcome: overallOutcome(events), deliveries: 1, events: 0 });
    for (const { outcome } of events) tallies.add({ source, outcome, deliveries: 0, events: 1 });
    return events;
  });
  const released = [...stored].filter((id) => known.get(id)?.quarantined === true);
  return {
    receipts,
    commit: {
      changes: resolution.changes,
      quarantined: [...quarantined.values()],
      released,
      tallies: tallies.list(),
    },
  };
}

/** How a delivery ended as a whole: as what somebody should look at first among what its events ended as. */
function overallOutcome(events: readonly EventReceipt[]): Outcome {
  const order: readonly Outcome[] = [
    "quarantined",
    "accepted",
    "anonymous",
    "duplicate",
    "dropped",
  ];
  // An empty list is a delivery that did what it said.
  return order.find((outcome) => events.some((event) => event.outcome === outcome)) ?? "accepted";
}

const DIFFERING = ", with another body; the first is kept";

function duplicate(event: EventId, how: "stored" | "quarantined", more = ""): EventReceipt {
  return { event, outcome: "duplicate", reason: `an event of this id is ${how} already${more}` };
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
