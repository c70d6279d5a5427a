/** Decisions: how one is asked for, how it is told, and what it changes. */
import { z } from "zod";
import {
  answeredTimeSchema,
  decisionIdSchema,
  identifierTextSchema,
  nextSchema,
} from "./common.ts";
import { differenceShape } from "./difference.ts";
import { outcomeSchema } from "./link.ts";

const TEXT_CHARACTERS_MAX = 1000;

const text = (what: string) =>
  z
    .string(`expected ${what}`)
    .trim()
    .min(1, `expected ${what}`)
    .max(TEXT_CHARACTERS_MAX, `expected at most ${TEXT_CHARACTERS_MAX} characters`);

const reference = text("a reference: a profile id or namespace:value").meta({
  description:
    "A profile id, which stands for the identifier that founded it, or `namespace:value`.",
});

export const decisionRequestSchema = z
  .strictObject({
    kind: z
      .enum(["join", "split"], "expected join or split")
      .meta({ description: "Whether the two are one person." }),
    a: reference,
    b: reference,
    reason: text("a reason, for whoever reads it later"),
    by: text("the name of who decides")
      .meta({ description: "Who decides. Default: the name of the API key." })
      .optional(),
    override: z
      .boolean("expected true or false")
      .meta({ description: "Whether a join holds against the rules that would refuse it." })
      .optional(),
    dryRun: z
      .boolean("expected true or false")
      .meta({ description: "Only tell what would change." })
      .optional(),
  })
  .meta({ id: "DecisionRequest", description: "What somebody rules of two identifiers." });

const told = {
  kind: z.enum(["join", "split"]),
  a: identifierTextSchema,
  b: identifierTextSchema,
  reason: z.string(),
  by: z.string().nullable().meta({ description: "Who decided; null where nobody was named." }),
  override: z.boolean(),
  at: answeredTimeSchema,
  takenBackAt: answeredTimeSchema.nullable().meta({ description: "Null where it stands." }),
  join: outcomeSchema.optional(),
};

export const decisionSchema = z.strictObject({ id: decisionIdSchema, ...told }).meta({
  id: "Decision",
  description:
    "What somebody ruled of two identifiers. `join` is set for a join that stands: whether it is followed.",
});

export const decisionsPageSchema = z
  .strictObject({ decisions: z.array(decisionSchema), next: nextSchema })
  .meta({ id: "DecisionPage", description: "Decisions in the order in which they were taken." });

export const decisionEffectSchema = z
  .strictObject({
    decision: z
      .strictObject({
        id: decisionIdSchema
          .nullable()
          .meta({ description: "Null for a new decision that is only tried." }),
        ...told,
      })
      .meta({
        id: "DecidedOrTried",
        description: "The decision, which has no id if it is only tried.",
      }),
    dryRun: z.boolean().meta({ description: "Where true, nothing was changed." }),
    join: outcomeSchema.optional(),
    ...differenceShape,
  })
  .meta({
    id: "DecisionEffect",
    description: "What a decision changes, or what taking it back changes.",
  });
