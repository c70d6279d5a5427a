/** What `GET /v1/changes` answers: the feed of what happened to people. */
import { z } from "zod";
import {
  answeredTimeSchema,
  decisionIdSchema,
  eventIdSchema,
  identifierTextSchema,
  profileIdSchema,
} from "./common.ts";
import { ruleSchema } from "./link.ts";

const cause = z
  .union([
    z.strictObject({ event: eventIdSchema }),
    z.strictObject({ decision: decisionIdSchema }),
    z.strictObject({ decision: decisionIdSchema, takenBack: z.literal(true) }),
    z.strictObject({ rules: z.int().meta({ description: "The version that was applied." }) }),
    z.strictObject({ erasure: z.string().meta({ description: "`er_` and 26 characters." }) }),
  ])
  .meta({ id: "Cause", description: "What brought a change about." });

const changeSchema = z
  .strictObject({
    id: z.string().meta({ description: "`ch_` and 26 characters, made of what happened and why." }),
    sequence: z.int().min(1).meta({ description: "Rises by one, without gaps." }),
    at: answeredTimeSchema,
    kind: z.enum(["merge", "split", "refusal", "pending", "generic", "erasure"]).meta({
      description:
        "`merge`: `from` have become part of `into`. `split`: `into` has come out of `from`. `refusal`: the link between them is not followed. `pending`: the same, until a verified source repeats it. `generic`: `identifier` joins nobody any more. `erasure`: nobody is known by `from` any more.",
    }),
    into: profileIdSchema.nullable().meta({ description: "Null for an erasure." }),
    from: z.array(profileIdSchema),
    cause,
    link: z
      .strictObject({ a: identifierTextSchema, b: identifierTextSchema })
      .meta({ description: "Which is refused or pending." })
      .optional(),
    rule: ruleSchema.optional(),
    reason: z.string().meta({ description: "The rule in a sentence." }).optional(),
    identifier: identifierTextSchema.meta({ description: "The value that is generic." }).optional(),
  })
  .meta({ id: "Change", description: "One entry of the feed; it never reads otherwise." });

export const changesSchema = z
  .strictObject({
    changes: z.array(changeSchema),
    next: z.int().min(0).meta({ description: "What to ask for as `after` next." }),
  })
  .meta({ id: "ChangePage", description: "What happened to people, in order." });
