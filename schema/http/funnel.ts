/** What `POST /v1/funnel` takes and answers. */
import { z } from "zod";
import { durationSchema, textSchema, timeSchema } from "./common.ts";
import { eventFilterSchema } from "./event-filter.ts";

/** A funnel that people can read has a handful of steps. */
const STEPS_MAX = 20;

/** The name of a trait that is called like something else one can divide by. */
const bySchema = z.union([textSchema, z.strictObject({ trait: textSchema })], {
  error: 'expected "source", the name of a trait, or { "trait": name }',
});

export const funnelRequestSchema = z
  .strictObject({
    steps: z
      .array(eventFilterSchema, "expected a list of steps")
      .min(1, "expected at least one step")
      .max(STEPS_MAX, `expected at most ${STEPS_MAX} steps`)
      .meta({
        description: "What a person does, one after the other; other events may lie between.",
      }),
    within: durationSchema.optional().meta({
      description:
        "How long after a first step of theirs a person may take the last, at most. Default: any time.",
    }),
    from: timeSchema.optional().meta({ description: "First steps that occurred at or after." }),
    to: timeSchema.optional().meta({
      description:
        "First steps that occurred before. Later steps may follow it for as long as `within` lets them; without `within` they must occur before it too.",
    }),
    by: bySchema.optional().meta({
      description:
        'Divides people: by the source of their first step ("source"), or by a trait of theirs as it is now.',
    }),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || from < to, {
    path: ["to"],
    error: "expected a time after from",
  });

export type FunnelRequest = z.output<typeof funnelRequestSchema>;

const count = z.int().min(0);
const span = z.int().min(0).nullable();

const stepsSchema = z.array(
  z.strictObject({
    type: z.string(),
    people: count.meta({ description: "Who took this step and all before it, each once." }),
    conversion: z
      .number()
      .min(0)
      .max(1)
      .meta({ description: "Of those who took the first step; 0 where nobody did." }),
    medianMs: span.meta({
      description:
        "Milliseconds since the step before, the median of those who came here by nearest rank: a time that somebody took. Null for the first step, and where nobody came.",
    }),
    p90Ms: span.meta({ description: "The same, the 90th percentile by nearest rank." }),
  }),
);

export const funnelAnswerSchema = z.strictObject({
  steps: stepsSchema,
  groups: z
    .array(
      z.strictObject({
        value: z.unknown().meta({ description: "Null for those who have no such trait." }),
        more: z.literal(true).optional().meta({
          description:
            "Set for the last group, whose value is null, where there are too many values: it holds everybody who is in none of the others.",
        }),
        steps: stepsSchema,
      }),
    )
    .optional()
    .meta({ description: "The largest first." }),
});
