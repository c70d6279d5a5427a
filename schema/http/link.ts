/** Links as answers tell them: with their evidence, in brief, and as a graph. */
import { z } from "zod";
import {
  answeredTimeSchema,
  decisionIdSchema,
  eventIdSchema,
  identifierTextSchema,
  profileIdSchema,
} from "./common.ts";

export const ruleSchema = z
  .enum([
    "blocked",
    "generic",
    "trust",
    "limit",
    "identifiersPerProfileMax",
    "split",
    "identifiersPerComponentMax",
  ])
  .meta({ description: "The rule by which a link is not followed." });

const linkOutcomeSchema = z.enum(["followed", "ineligible", "refused"]).meta({
  description:
    "`ineligible`: a blocked or generic value, or too little trust. `refused`: it would break a limit, or somebody ruled otherwise.",
});

/** What is made of a link. */
const judgement = {
  outcome: linkOutcomeSchema,
  rule: ruleSchema.optional(),
  reason: z
    .string()
    .meta({ description: "The rule in a sentence; set where it is not followed." })
    .optional(),
};

export const outcomeSchema = z
  .strictObject(judgement)
  .meta({ id: "Outcome", description: "What the rules make of a link or a join." });

const ends = {
  a: identifierTextSchema,
  b: identifierTextSchema,
  decision: decisionIdSchema
    .meta({ description: "Set where the link is a join that somebody ruled." })
    .optional(),
};

export const linkSchema = z
  .strictObject({
    ...ends,
    ...judgement,
    trust: z.enum(["claimed", "verified", "human"]),
    firstSeenAt: answeredTimeSchema,
    lastSeenAt: answeredTimeSchema,
    events: z.int().min(0).meta({ description: "How many events named both." }),
    evidence: z.array(eventIdSchema).meta({ description: "Some of these events." }),
  })
  .meta({ id: "Link", description: "Evidence that two identifiers are one person." });

export const edgeSchema = z
  .strictObject({ ...ends, ...judgement })
  .meta({ id: "LinkInBrief", description: "A link without its evidence." });

export const namedProfileSchema = z
  .strictObject({ id: profileIdSchema, identifiers: z.array(identifierTextSchema) })
  .meta({ id: "NamedProfile", description: "A profile by name: its id and what it holds." });

export const graphSchema = z
  .strictObject({
    profile: profileIdSchema,
    nodes: z
      .array(z.strictObject({ identifier: identifierTextSchema, profile: profileIdSchema }))
      .meta({ description: "Identifiers, each with the profile that holds it." }),
    links: z.array(linkSchema),
    more: z.boolean().meta({ description: "Whether there are more links than are told." }),
  })
  .meta({ id: "Graph", description: "What holds one person together, and what does not." });
