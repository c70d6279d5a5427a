/** What `POST /v1/attribution` takes and answers. */
import { z } from "zod";
import { durationSchema, textSchema, timeSchema } from "./common.ts";
import { eventFilterSchema } from "./event-filter.ts";

const TOUCHES_MAX = 100;

export const attributionRequestSchema = z
  .strictObject({
    conversion: eventFilterSchema.meta({ description: "What is to be attributed." }),
    touch: z.enum(["source", "type"], "expected source or type").default("source").meta({
      description: "What it is attributed to: the sources of events, or their types.",
    }),
    touches: z
      .array(textSchema, "expected a list of sources or types")
      .min(1, "expected at least one source or type")
      .max(TOUCHES_MAX, `expected at most ${TOUCHES_MAX} sources or types`)
      .optional()
      .meta({ description: "The sources, or types, that count. Default: all." }),
    within: durationSchema.prefault("30d").meta({
      description: "How far before its conversion an event may lie that counts.",
    }),
    from: timeSchema.optional().meta({ description: "Conversions that occurred at or after." }),
    to: timeSchema.optional().meta({ description: "Conversions that occurred before." }),
    count: z.enum(["first", "every"], "expected first or every").default("first").meta({
      description: "Whether only the first conversion of a person counts, or every one.",
    }),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || from < to, {
    path: ["to"],
    error: "expected a time after from",
  });

const count = z.int().min(0);

export const attributionAnswerSchema = z.strictObject({
  conversions: count,
  people: count.meta({ description: "Who converted, each once." }),
  unattributed: count.meta({ description: "Conversions that nothing that counts came before." }),
  touches: z
    .array(
      z.strictObject({
        value: z.string().nullable().meta({
          description: "A source or a type. Null for those beyond the first thousand, together.",
        }),
        first: count.meta({ description: "Conversions that it was the first touch of." }),
        last: count.meta({ description: "Conversions that it was the last touch of." }),
        linear: z.number().min(0).meta({
          description: "Conversions, each divided evenly among its touches; to six decimal places.",
        }),
        people: count.nullable().meta({
          description:
            "Whose conversions it touched, each once. Null where several are taken together, as a person may be among those of each.",
        }),
      }),
    )
    .meta({ description: "The largest linear share first." }),
});

export type AttributionRequest = z.output<typeof attributionRequestSchema>;
export type AttributionAnswer = z.output<typeof attributionAnswerSchema>;
