/** What `GET /v1/profiles/{ref}` answers: one person. */
import { z } from "zod";
import {
  answeredTimeSchema,
  anyValueSchema,
  eventIdSchema,
  identifierTextSchema,
  profileIdSchema,
} from "./common.ts";

const identifier = z
  .strictObject({
    identifier: identifierTextSchema,
    namespace: z.string().meta({ examples: ["email"] }),
    value: z.string().meta({ description: "As it is compared.", examples: ["ann@example.com"] }),
    provisional: profileIdSchema.meta({
      description: "The id of what is known under this identifier alone; a reference too.",
    }),
    firstSeenAt: answeredTimeSchema,
    lastSeenAt: answeredTimeSchema,
    sources: z.array(z.string()).meta({ description: "Those that named it." }),
  })
  .meta({ id: "ProfileIdentifier", description: "An identifier that a person holds." });

const trait = z
  .strictObject({
    value: anyValueSchema.meta({ description: "Any JSON, its digits as they were received." }),
    at: answeredTimeSchema,
    source: z.string(),
    event: eventIdSchema,
  })
  .meta({ id: "Trait", description: "The newest value, and where it comes from." });

export const profileSchema = z
  .strictObject({
    id: profileIdSchema,
    formerIds: z
      .array(profileIdSchema)
      .meta({ description: "Of profiles that have become part of this one; they still answer." }),
    identifiers: z.array(identifier),
    traits: z.record(z.string(), trait).meta({ description: "By name." }),
    eventCount: z.int().min(0),
    firstSeenAt: answeredTimeSchema,
    lastSeenAt: answeredTimeSchema,
  })
  .meta({ id: "Profile", description: "One person." });
