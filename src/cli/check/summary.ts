/** What the deliveries of a trial come to together: outcomes, how often each field was filled, what deserves a look. */
import type { SuggestedField } from "../../extract/suggest.ts";
import { OUTCOMES, rowsOf, type DeliveryTrial, type EventTrial, type Outcome } from "./trial.ts";

interface FieldCoverage {
  readonly field: string;
  /** In how many of the events a configured path gave a value. */
  readonly filled: number;
  /** How many values could not be used, by the reason. */
  readonly notUsed: ReadonlyMap<string, number>;
}

export interface Summary {
  readonly files: number;
  readonly unreadable: number;
  readonly handshakes: number;
  readonly events: number;
  /** Of every outcome, also of those that none had. */
  readonly outcomes: ReadonlyMap<Outcome, number>;
  /** In the order in which the fields are told; only fields of which any path is configured. */
  readonly coverage: readonly FieldCoverage[];
}

export function summarise(deliveries: readonly DeliveryTrial[]): Summary {
  const events = deliveries.flatMap((delivery) => delivery.events);
  const ended = (outcome: Outcome) => events.filter((event) => event.outcome === outcome).length;
  return {
    files: deliveries.length,
    unreadable: deliveries.filter(({ fault }) => fault !== undefined).length,
    handshakes: deliveries.filter(({ isHandshake }) => isHandshake).length,
    events: events.length,
    outcomes: new Map(OUTCOMES.map((outcome) => [outcome, ended(outcome)])),
    coverage: coverageOf(events),
  };
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** Fields that are filled by nothing. */
const CONDITIONS = new Set(["drop", "honeypot"]);

function coverageOf(events: readonly EventTrial[]): FieldCoverage[] {
  const fields = new Map<string, { filled: number; notUsed: Map<string, number> }>();
  for (const event of events)
    for (const { field, use, becomes } of rowsOf(event)) {
      if (use === "default" || CONDITIONS.has(field)) continue;
      const told = fields.get(field) ?? { filled: 0, notUsed: new Map<string, number>() };
      fields.set(field, told);
      if (use === "used") told.filled++;
      if (use === "unusable" || use === "cannot be followed")
        count(told.notUsed, becomes.replace(/^not used: /, ""));
    }
  return [...fields].map(([field, told]) => ({ field, ...told }));
}

/** What the sender's repetitions would be taken for, which one delivery alone does not show. */
export function duplicateWarnings(deliveries: readonly DeliveryTrial[]): string[] {
  const firstFile = new Map<string, string>();
  return deliveries.flatMap(({ file, events }) =>
    events.flatMap(({ key, outcome }) => {
      const first = firstFile.get(key);
      if (first === undefined) firstFile.set(key, file);
      if (first === undefined || outcome === "dropped") return [];
      const where = first === file ? "an earlier one there" : `one of ${first}`;
      return [`an event of ${file} has the id of ${where} and would be its duplicate`];
    }),
  );
}

/** The fields that no path of the source gave in any event. */
export function missingFields(events: readonly EventTrial[]): Set<SuggestedField> {
  const rows = events.flatMap(rowsOf);
  const isFilled = (field: string) => rows.some((row) => row.field === field && row.use === "used");
  const fields: readonly SuggestedField[] = [
    "replaceProfileId",
    "idScope",
    "identifiers.email",
    "identifiers.phone",
    "eventType",
    "eventId",
    "occurredAt",
  ];
  const missing = new Set(fields.filter((field) => !isFilled(field)));
  // A known header tells events apart better than what only looks like an id.
  if (rows.some(({ field, path }) => field === "eventId" && path.startsWith("header:")))
    missing.delete("eventId");
  return missing;
}
