/** What `GET /v1/profiles/{ref}` answers: one person. */
import { z } from "zod";
import { answeredTimeSchema, profileIdSchema } from "./common.ts";

const identifier = z.strictObject({
  identifier: z.string(),
  namespace: z.string(),
  value: z.string().meta({ description: "As it is compared." }),
  provisional: profileIdSchema,
  firstSeenAt: answeredTimeSchema,
  lastSeenAt: answeredTimeSchema,
  sources: z.array(z.string()).meta({ description: "Those that named it." }),
});

const trait = z.strictObject({
  value: z.unknown().meta({ description: "Any JSON, its digits as they were received." }),
  at: answeredTimeSchema,
  source: z.string(),
  event: z.string(),
});

export const profileSchema = z.strictObject({
  id: profileIdSchema,
  formerIds: z
    .array(profileIdSchema)
    .meta({ description: "Of profiles that have become part of this one; they still answer." }),
  identifiers: z.array(identifier),
  traits: z.record(z.string(), trait).meta({ description: "By name." }),
  eventCount: z.int().min(0),
  firstSeenAt: answeredTimeSchema,
  lastSeenAt: answeredTimeSchema,
});
