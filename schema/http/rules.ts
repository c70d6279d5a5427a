/** What `GET /v1/rules` and `POST /v1/what-if` answer. */
import { z } from "zod";
import { identitySchema } from "../config.ts";
import { answeredTimeSchema } from "./common.ts";
import { differenceShape } from "./difference.ts";

export const rulesSchema = z
  .strictObject({
    version: z.int().min(1).meta({ description: "Which of all that were ever in force." }),
    at: answeredTimeSchema.meta({ description: "Since when." }),
    identity: identitySchema,
    limits: z.strictObject({
      identifiersPerProfileMax: z.int(),
      identifiersPerComponentMax: z.int(),
    }),
  })
  .meta({ id: "Rules", description: "The identity rules in force, as one could write them." });

export const whatIfEffectSchema = z
  .strictObject({
    warnings: z
      .array(z.strictObject({ path: z.string(), message: z.string() }))
      .meta({ description: "What is allowed and hardly can be meant." }),
    ...differenceShape,
  })
  .meta({ id: "WhatIfEffect", description: "What other rules would change." });
