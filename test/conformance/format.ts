/**
 * The format of the scenario files, declared once: the runner reads files by it, and `scenario.schema.json` is made
 * from it. README.md says what the parts mean; nothing here knows the engine.
 */
import { z } from "zod";

const identifier = z
  .string()
  .regex(/^[^:]+:.+$/s)
  .meta({ description: "A namespace, a colon and the normalised value: email:ann@example.com." });

const identifiers = z.array(identifier).min(1);

const pair = z
  .tuple([identifier, identifier])
  .meta({ description: "Two identifiers in either order." });

const counter = {
  repeat: z
    .int()
    .min(1)
    .max(10_000)
    .optional()
    .meta({ description: "Stands for so many entries, counted from 1." }),
  as: z
    .string()
    .regex(/^[a-z]$/)
    .optional()
    .meta({ description: "The letter of the count: {i} in texts is the number, {i+1} the next." }),
};

const delivery = z
  .strictObject({
    ...counter,
    source: z.string(),
    body: z.json().optional().meta({ description: "The JSON body." }),
    text: z.string().optional().meta({
      description: "The body letter by letter, where a JSON parser would change it.",
    }),
  })
  .refine(({ body, text }) => (body === undefined) !== (text === undefined), "body or text")
  .refine((entry) => (entry.repeat === undefined) === (entry.as === undefined), "repeat with as");

const rule = z.enum([
  "blocked",
  "generic",
  "trust",
  "limit",
  "identifiersPerProfileMax",
  "split",
  "identifiersPerComponentMax",
]);

const unfollowed = z.strictObject({ ...counter, link: pair, rule: rule.optional() });

const person = z.strictObject({
  ...counter,
  identifiers,
  traits: z.record(z.string(), z.json()).optional().meta({ description: "All traits, by name." }),
  journey: z
    .array(z.string())
    .optional()
    .meta({ description: "The senders' ids of all events, in the order they occurred." }),
  eventCount: z.int().min(0).optional(),
});

const explanation = z.strictObject({
  a: identifier,
  b: identifier,
  samePerson: z.boolean(),
  path: z
    .array(pair)
    .optional()
    .meta({ description: "The followed links that lead from a to b, in this order." }),
  because: z.array(unfollowed).optional().meta({
    description: "Links that the answer names, among others; an empty list: it names none.",
  }),
});

const change = z.strictObject({
  into: identifier.optional(),
  from: z.array(identifier).optional(),
  link: pair.optional(),
  identifier: identifier.optional(),
  rule: rule.optional(),
  event: z
    .string()
    .optional()
    .meta({ description: "The sender's id of the event that caused it." }),
});

const changes = z
  .partialRecord(z.enum(["merge", "split", "refusal", "pending", "generic"]), z.array(change))
  .meta({
    description:
      "What the step added to the feed, by kind, in any order; kinds that are not named may be anything.",
  });

const givenOrder = z
  .strictObject({
    changes: changes.optional(),
    founders: z.record(z.string(), identifier).optional().meta({
      description: "By identifier: the identifier whose provisional id its person bears.",
    }),
    receipt: z
      .record(z.string(), z.enum(["created", "known", "linked", "blocked", "refused", "pending"]))
      .optional()
      .meta({ description: "What became of identifiers of the step's last event." }),
  })
  .meta({
    description: "Holds only where deliveries come one by one, once, in the order written.",
  });

const expectation = z.strictObject({
  people: z.array(person).optional().meta({ description: "All people, exactly." }),
  unfollowed: z
    .array(unfollowed)
    .optional()
    .meta({ description: "All links that are not followed, exactly." }),
  explain: z.array(explanation).optional(),
  outcomes: z
    .partialRecord(
      z.enum(["accepted", "duplicate", "anonymous", "quarantined", "dropped"]),
      z.int().min(0),
    )
    .optional()
    .meta({ description: "How often the step's events ended how, where each came once." }),
  changes: changes.optional(),
  givenOrder: givenOrder.optional(),
});

const namespaceRules = z.looseObject({});
const identity = z.strictObject({
  namespaces: z.record(z.string(), namespaceRules).optional(),
});
const limits = z.record(z.string(), z.number());

const configuration = z
  .strictObject({
    sources: z.record(z.string(), z.looseObject({})),
    identity: identity.optional(),
    limits: limits.optional(),
  })
  .meta({ description: "The same shape as the service's configuration file." });

const rules = z
  .strictObject({ identity, limits: limits.optional() })
  .meta({ description: "Take the place of those parts of the configuration." });

const expect = { expect: expectation.optional() };
const grouping = z.array(identifiers);

const step = z.union([
  z.strictObject({
    deliver: z.array(delivery).min(1),
    inOrder: z.literal(true).optional().meta({
      description: "Their order is what the step is about: they come as written, one by one.",
    }),
    ...expect,
  }),
  z.strictObject({
    decide: z.strictObject({
      kind: z.enum(["join", "split"]),
      a: identifier,
      b: identifier,
      reason: z.string(),
      override: z.boolean().optional(),
    }),
    as: z.string().optional().meta({ description: "A name by which it can be taken back." }),
    error: z.enum(["invalid", "unknown", "conflict"]).optional().meta({
      description: "The decision is turned away and changes nothing: 400, 404, 409 over HTTP.",
    }),
    ...expect,
  }),
  z.strictObject({ takeBack: z.string(), ...expect }),
  z.strictObject({ applyRules: rules, ...expect }),
  z.strictObject({
    whatIf: rules,
    merges: z
      .array(z.strictObject({ from: grouping, into: identifiers }))
      .meta({ description: "Every person to be that is made of several of today's." }),
    splits: z
      .array(z.strictObject({ from: identifiers, into: grouping }))
      .meta({ description: "Every person of today whose identifiers several will hold." }),
    ...expect,
  }),
  z.strictObject({ rebuild: z.literal(true), ...expect }),
  z.strictObject({
    erase: identifier,
    suppress: z.literal(true).optional().meta({
      description: "New events of the person's identifiers are refused from then on.",
    }),
    ...expect,
  }),
]);

export const scenarioSchema = z.strictObject({
  $schema: z.string().optional(),
  title: z.string(),
  scenario: z.int().min(1).meta({ description: "The number of the rule that it tries." }),
  why: z.string().meta({ description: "Why this is what must come out." }),
  configuration,
  steps: z.array(step).min(1),
});

export type Scenario = z.output<typeof scenarioSchema>;
export type Step = Scenario["steps"][number];
export type Delivery = z.output<typeof delivery>;
export type Expectation = z.output<typeof expectation>;
export type Rules = z.output<typeof rules>;
export type ExpectedChanges = z.output<typeof changes>;

export function scenarioJsonSchema(): object {
  return {
    ...z.toJSONSchema(scenarioSchema, { io: "input", target: "draft-7" }),
    title: "A conformance scenario",
  };
}
