/** Receipts: what senders are told of a delivery, and those who replay or discard one. */
import { z } from "zod";
import {
  deliveryIdSchema,
  eventIdSchema,
  identifierTextSchema,
  profileIdSchema,
} from "./common.ts";

const identifierReceipt = z
  .strictObject({
    identifier: identifierTextSchema,
    outcome: z.enum(["created", "known", "linked", "blocked", "refused", "pending"]),
    reason: z.string().meta({ description: "Why it joins nobody." }).optional(),
  })
  .meta({ id: "IdentifierReceipt", description: "What became of one identifier of an event." });

const eventReceipt = z
  .strictObject({
    event: eventIdSchema,
    outcome: z.enum(["accepted", "duplicate", "anonymous", "quarantined", "dropped"]),
    reason: z.string().meta({ description: "Set for every outcome but `accepted`." }).optional(),
    profile: profileIdSchema
      .meta({
        description:
          "Whose event it is; like what follows, only where the source has `respond: full`.",
      })
      .optional(),
    provisional: profileIdSchema
      .meta({ description: "The id of the identifier that the event is kept under." })
      .optional(),
    identifiers: z.array(identifierReceipt).optional(),
  })
  .meta({ id: "EventReceipt", description: "What became of one event." });

export const receiptSchema = z
  .strictObject({ delivery: deliveryIdSchema, events: z.array(eventReceipt) })
  .meta({ id: "Receipt", description: "What became of the events of a delivery." });
