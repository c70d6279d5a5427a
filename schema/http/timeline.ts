/** What `GET /v1/timeline` takes, beside where its page begins and ends, and what it answers. */
import { z } from "zod";
import { answeredTimeSchema, textSchema, timeSchema } from "./common.ts";

export const timelineQuerySchema = z.strictObject({
  from: timeSchema.optional().meta({ description: "Events that occurred at or after." }),
  to: timeSchema.optional().meta({ description: "Events that occurred before." }),
  source: textSchema.optional(),
  type: textSchema.optional(),
  interval: z.enum(["day", "week", "month"], "expected day, week or month").default("day").meta({
    description: "How long the spans are, in UTC; weeks begin on Monday.",
  }),
});

/** The question; a page of it begins behind the span that begins at `after`, and holds up to `limit` spans. */
export interface TimelineQuestion extends z.output<typeof timelineQuerySchema> {
  readonly after?: number | undefined;
  /** Default: all. */
  readonly limit?: number | undefined;
}

const counts = {
  events: z.int().min(0),
  people: z.int().min(0).meta({ description: "Who they were of, each person once." }),
};

const timelineBucketSchema = z.strictObject({
  from: answeredTimeSchema.meta({ description: "When the span begins, in UTC." }),
  ...counts,
  by: z
    .array(z.strictObject({ source: z.string(), type: z.string(), ...counts }))
    .meta({ description: "Most events first." }),
  more: z.literal(true).optional().meta({
    description: "Set where there are more sources and types than are told.",
  }),
});

export const timelineAnswerSchema = z.strictObject({
  timeline: z
    .array(timelineBucketSchema)
    .meta({ description: "The earliest first; spans without events are left out." }),
  people: counts.people.meta({
    description: "Of all spans that were asked for, not of this page alone.",
  }),
  events: counts.events.meta({
    description: "Of all spans that were asked for, not of this page alone.",
  }),
  next: z.string().nullable().meta({ description: "The cursor of the next page." }),
});
