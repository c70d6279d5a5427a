/** What `GET /v1/explain` answers. */
import { z } from "zod";
import { profileIdSchema } from "./common.ts";
import { decisionSchema } from "./decision.ts";
import { linkSchema } from "./link.ts";

const samePerson = z
  .strictObject({
    samePerson: z.literal(true),
    profile: profileIdSchema,
    path: z.array(linkSchema).meta({
      description:
        "From `a` to `b`, each link from where the one before has ended; empty where both are one identifier.",
    }),
  })
  .meta({ id: "SamePerson", description: "Why two references are one person." });

const twoPeople = z
  .strictObject({
    samePerson: z.literal(false),
    profiles: z.tuple([profileIdSchema, profileIdSchema]),
    because: z.array(linkSchema).meta({
      description:
        "The links that lead from one to the other and are not followed, with their rules.",
    }),
    decisions: z
      .array(decisionSchema)
      .meta({ description: "Standing decisions that keep the two apart." }),
    summary: z.string().meta({ description: "The same in a sentence." }),
    more: z
      .boolean()
      .meta({ description: "Whether there are links that are not told, or were not looked at." }),
  })
  .meta({ id: "TwoPeople", description: "Why two references are not one person." });

export const explanationSchema = z.union([samePerson, twoPeople]).meta({ id: "Explanation" });
