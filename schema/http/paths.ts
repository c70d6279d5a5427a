/** What `POST /v1/paths` takes and answers. */
import { z } from "zod";
import { durationSchema, textSchema, timeSchema } from "./common.ts";
import { eventFilterSchema } from "./event-filter.ts";

const DEPTH_MAX = 10;
const DEPTH_DEFAULT = 3;
const TRANSITIONS_MAX = 1000;
const TRANSITIONS_DEFAULT = 100;
const EXCLUDED_MAX = 100;

export const pathsRequestSchema = z
  .strictObject({
    start: eventFilterSchema.meta({ description: "The step that everything begins at." }),
    direction: z.enum(["after", "before"], "expected after or before").default("after").meta({
      description:
        "after: what comes after a person's first start. before: what came before their last one, going back in time.",
    }),
    depth: z
      .int("expected a whole number")
      .min(1, "expected at least 1")
      .max(DEPTH_MAX, `expected at most ${DEPTH_MAX}`)
      .default(DEPTH_DEFAULT)
      .meta({ description: "How many steps are followed." }),
    within: durationSchema.optional().meta({
      description: "How far from its start a step may lie. Default: any time.",
    }),
    from: timeSchema.optional().meta({ description: "Starts that occurred at or after." }),
    to: timeSchema.optional().meta({ description: "Starts that occurred before." }),
    every: z.boolean("expected true or false").default(false).meta({
      description: "Whether every start of a person counts, each as a walk of its own.",
    }),
    by: z
      .enum(["type", "source", "source:type"], "expected type, source or source:type")
      .default("type")
      .meta({ description: "What a step is called, and so which steps are the same." }),
    repeats: z.boolean("expected true or false").default(false).meta({
      description:
        "Whether what comes several times in a row is as many steps. Default: it is one, at the first of them met.",
    }),
    exclude: z
      .array(textSchema, "expected a list of types")
      .max(EXCLUDED_MAX, `expected at most ${EXCLUDED_MAX} types`)
      .default([])
      .meta({ description: "Types that are no step." }),
    limit: z
      .int("expected a whole number")
      .min(1, "expected at least 1")
      .max(TRANSITIONS_MAX, `expected at most ${TRANSITIONS_MAX}`)
      .default(TRANSITIONS_DEFAULT)
      .meta({ description: "Transitions, and ends, that are told at each depth." }),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || from < to, {
    path: ["to"],
    error: "expected a time after from",
  });

const count = z.int().min(0);

const label = z.string().nullable().meta({
  description: "Null for what is beyond the limit, taken together.",
});

const counted = {
  walks: count,
  people: count.nullable().meta({
    description: "Each once. Null where different steps are taken together and every is asked for.",
  }),
};

export const pathsAnswerSchema = z.strictObject({
  people: count.meta({ description: "Who came to a start, each once." }),
  walks: count.meta({ description: "As many as people, unless every start counts." }),
  transitions: z
    .array(
      z.strictObject({
        depth: count.meta({ description: "1 leads away from the start." }),
        from: label,
        to: label,
        ...counted,
        medianMs: count.nullable().meta({
          description:
            "From the one step to the other. Null where different steps are taken together.",
        }),
      }),
    )
    .meta({ description: "By depth; the most frequent first." }),
  ends: z
    .array(
      z.strictObject({
        depth: count.meta({ description: "0 is the start." }),
        at: label,
        ...counted,
      }),
    )
    .meta({ description: "After which steps nothing follows, although the depth is not reached." }),
  more: z.boolean().meta({ description: "Whether anything is beyond the limit." }),
});

export type PathsRequest = z.output<typeof pathsRequestSchema>;
export type PathsAnswer = z.output<typeof pathsAnswerSchema>;
