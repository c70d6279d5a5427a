/**
 * Scripts with rules and decisions: small events over small pools of identifiers, rules tight enough to be touched, and
 * rulings about the same identifiers. `naive-rules.ts` says what must come of them.
 */
import fc from "fast-check";

export interface RuledEvent {
  readonly source: "crm" | "shop" | "form";
  /** The sender's own event id. */
  readonly id: string;
  /** Unix seconds; none for an event that tells no time. */
  readonly t?: number;
  readonly ids: Readonly<Partial<Record<Namespace, string>>>;
  readonly traits?: Readonly<Record<string, unknown>>;
}

const NAMESPACES = ["chat", "email", "user_id", "device"] as const;
export type Namespace = (typeof NAMESPACES)[number];

/** The rules as they are configured; JSON is YAML. */
export interface PlainRules {
  readonly namespaces: Readonly<
    Partial<
      Record<
        Namespace,
        {
          readonly block?: readonly string[];
          readonly trust?: "verified" | "claimed";
          readonly limit?: number;
          readonly genericAfter?: number;
          readonly priority?: number;
        }
      >
    >
  >;
  readonly identifiersPerProfileMax?: number;
  readonly identifiersPerComponentMax?: number;
}

export interface PlainDecision {
  readonly kind: "join" | "split";
  readonly a: string;
  readonly b: string;
  readonly override: boolean;
}

export function ruledConfig({ namespaces, ...limits }: PlainRules): string {
  const source = (trust: string) => ({
    eventId: "id",
    occurredAt: "t",
    trust,
    respond: "full",
    identifiers: Object.fromEntries(NAMESPACES.map((name) => [name, `ids.${name}`])),
    traits: { name: "traits.name" },
  });
  return JSON.stringify({
    sources: { crm: source("verified"), shop: source("verified"), form: source("claimed") },
    identity: { namespaces },
    limits,
  });
}

const value = (prefix: string, suffix = "") =>
  fc.integer({ min: 0, max: 4 }).map((number) => `${prefix}${number}${suffix}`);

const values = {
  chat: value("U"),
  email: fc.oneof({ weight: 6, arbitrary: value("a", "@x") }, fc.constant("noreply@x")),
  user_id: value("u"),
  device: value("d"),
};

const event = fc.record(
  {
    source: fc.constantFrom("crm" as const, "shop" as const, "form" as const),
    t: fc.integer({ min: 1, max: 9 }),
    ids: fc.record(values, { requiredKeys: [] }),
    traits: fc.record({ name: fc.constantFrom("Ann", "Bo", "Cy") }, { requiredKeys: [] }),
  },
  { requiredKeys: ["source", "ids"] },
);

export function eventsOf(maxLength: number): fc.Arbitrary<readonly RuledEvent[]> {
  return fc
    .array(event, { maxLength })
    .map((events) => events.map((fields, index) => ({ id: `e${index}`, ...fields })));
}

const few = { requiredKeys: [] };

export const rulesOf: fc.Arbitrary<PlainRules> = fc.record(
  {
    namespaces: fc.record(
      {
        chat: fc.record({ limit: fc.integer({ min: 1, max: 2 }), priority: fc.constant(2) }, few),
        email: fc.record(
          {
            block: fc.subarray(["noreply@*", "a4@x"]),
            trust: fc.constant("verified" as const),
            limit: fc.integer({ min: 1, max: 3 }),
            genericAfter: fc.integer({ min: 1, max: 3 }),
            priority: fc.constant(1),
          },
          few,
        ),
        user_id: fc.record({ limit: fc.constant(1), priority: fc.constantFrom(1, 3) }, few),
        device: fc.record({ genericAfter: fc.integer({ min: 1, max: 3 }) }, few),
      },
      few,
    ),
    identifiersPerProfileMax: fc.integer({ min: 4, max: 6 }),
  },
  { requiredKeys: ["namespaces"] },
);

/** Decisions about identifiers that the events name; of one pair only one. */
export function decisionsOf(events: readonly RuledEvent[]): fc.Arbitrary<PlainDecision[]> {
  const known = [...new Set(events.flatMap(identifiersOf))];
  if (known.length < 2) return fc.constant([]);
  const decision = fc.record({
    kind: fc.constantFrom("join" as const, "split" as const),
    ends: fc.shuffledSubarray(known, { minLength: 2, maxLength: 2 }),
    override: fc.boolean(),
  });
  return fc
    .uniqueArray(decision, { maxLength: 3, selector: ({ ends }) => ends.toSorted().join(" ") })
    .map((drawn) =>
      drawn.map(({ kind, ends, override }) => ({
        kind,
        a: ends[0]!,
        b: ends[1]!,
        override: kind === "join" && override,
      })),
    );
}

/** In the order of the configuration: the first is the home. */
export function identifiersOf({ ids }: RuledEvent): string[] {
  return NAMESPACES.flatMap((name) => (ids[name] === undefined ? [] : [`${name}:${ids[name]}`]));
}
