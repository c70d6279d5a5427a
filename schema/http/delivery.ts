/** What `GET /v1/deliveries` and its neighbours answer. */
import { z } from "zod";
import { answeredTimeSchema, deliveryIdSchema, eventIdSchema, nextSchema } from "./common.ts";

const COUNTED_ONLY: ReadonlySet<unknown> = new Set(["duplicate", "dropped", "rejected"]);

export const listedOutcomeSchema = z.enum(["accepted", "anonymous", "quarantined"], {
  error: ({ input }) =>
    COUNTED_ONLY.has(input)
      ? `of deliveries that are ${String(input)} only counts are left, which GET /v1/stats tells; expected accepted, anonymous or quarantined`
      : "expected accepted, anonymous or quarantined",
});

const shape = {
  id: deliveryIdSchema,
  source: z.string(),
  receivedAt: answeredTimeSchema,
  outcome: listedOutcomeSchema.meta({ description: "That of its events which matters most." }),
  events: z.array(
    z
      .strictObject({
        event: eventIdSchema,
        outcome: listedOutcomeSchema,
        type: z.string().meta({ description: "Set for an event that is stored." }).optional(),
        reason: z.string().meta({ description: "Set for an event in quarantine." }).optional(),
      })
      .meta({ id: "DeliveredEvent", description: "What became of one event of a delivery." }),
  ),
};

export const deliveriesPageSchema = z
  .strictObject({
    deliveries: z.array(
      z.strictObject(shape).meta({ id: "Delivery", description: "One request of a source." }),
    ),
    next: nextSchema,
  })
  .meta({ id: "DeliveryPage", description: "Deliveries, the last received first." });

export const keptDeliverySchema = z
  .strictObject({
    ...shape,
    eventType: z
      .string()
      .nullable()
      .meta({ description: "That of the address, `/collect/{eventType}/{source}`." }),
    contentType: z.string().nullable(),
    headers: z
      .record(z.string(), z.string())
      .meta({ description: "As received, less those that look like secrets." }),
    query: z.string().meta({ description: "The query string, less what looks like a secret." }),
    body: z.string().meta({ description: "Set where it is UTF-8." }).optional(),
    bodyBase64: z.string().meta({ description: "Set where it is not." }).optional(),
  })
  .meta({ id: "KeptDelivery", description: "A delivery in quarantine, as it came." });
