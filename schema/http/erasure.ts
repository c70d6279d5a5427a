/** What erasing somebody takes and answers. */
import { z } from "zod";
import { answeredTimeSchema, profileIdSchema } from "./common.ts";

const count = z.int().min(0);

export const erasureReceiptSchema = z
  .strictObject({
    erasure: z
      .string()
      .nullable()
      .meta({ description: "`er_` and 26 characters; null where it was only tried." }),
    at: answeredTimeSchema,
    by: z
      .string()
      .nullable()
      .meta({ description: "The name of the key by which it was asked for." }),
    profile: profileIdSchema,
    formerIds: z.array(profileIdSchema),
    suppressed: z.boolean().meta({
      description: "Whether the person's identifiers are refused from then on.",
    }),
    dryRun: z.boolean().meta({ description: "Where true, nothing was changed." }),
    removed: z.strictObject({
      identifiers: count,
      events: count.meta({ description: "Kept under the person's identifiers." }),
      eventsOfOthers: count.meta({
        description: "Kept under somebody else's identifier; they named the person too.",
      }),
      identifiersOfOthers: count.meta({
        description: "Named by these events and by no others.",
      }),
      traits: count,
      links: count,
      decisions: count,
      quarantined: count.meta({
        description: "Events in quarantine: all of every delivery in which the person stood.",
      }),
      anonymous: count.meta({
        description: "Events that name nobody and in whose text the person stood.",
      }),
    }),
    storage: z.enum(["clean", "pending"]).meta({
      description:
        "Whether the database file holds no byte of it any more; pending while readers of former pages are in the way.",
    }),
  })
  .meta({ description: "What was removed: ids and counts alone." });

export const erasuresSchema = z.strictObject({
  erasures: z.array(erasureReceiptSchema),
  next: z.string().nullable(),
});
