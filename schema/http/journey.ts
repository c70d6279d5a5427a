/** What `GET /v1/profiles/{ref}/journey` answers: the events of one person, a page of them. */
import { z } from "zod";
import {
  answeredTimeSchema,
  anyValueSchema,
  eventIdSchema,
  nextSchema,
  profileIdSchema,
} from "./common.ts";

const eventSchema = z
  .strictObject({
    id: eventIdSchema,
    source: z.string(),
    type: z.string(),
    occurredAt: answeredTimeSchema,
    receivedAt: answeredTimeSchema,
    provisional: profileIdSchema.meta({
      description: "The id of the identifier that the event is kept under; a reference too.",
    }),
    payload: anyValueSchema.meta({ description: "The event as JSON, as it was received." }),
  })
  .meta({ id: "Event", description: "One thing that happened." });

export const journeySchema = z
  .strictObject({ profile: profileIdSchema, events: z.array(eventSchema), next: nextSchema })
  .meta({ id: "Journey", description: "A page of a person's events, in the order they occurred." });
