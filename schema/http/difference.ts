/** How answers tell a difference: which profiles merge and which split, by name, with the links that cause it. */
import { z } from "zod";
import { edgeSchema, namedProfileSchema } from "./link.ts";

export const differenceShape = {
  before: z
    .array(namedProfileSchema)
    .meta({ description: "All profiles that are otherwise then, as they are." }),
  after: z
    .array(namedProfileSchema)
    .meta({ description: "All profiles that are otherwise then, as they will be." }),
  merges: z.array(
    z
      .strictObject({
        into: namedProfileSchema,
        from: z.array(namedProfileSchema),
        links: z.array(edgeSchema),
      })
      .meta({ id: "Merge", description: "Profiles that become one, and the links that cause it." }),
  ),
  splits: z.array(
    z
      .strictObject({
        from: namedProfileSchema,
        into: z.array(namedProfileSchema),
        links: z.array(edgeSchema),
      })
      .meta({ id: "Split", description: "A profile that becomes several, and why." }),
  ),
};
