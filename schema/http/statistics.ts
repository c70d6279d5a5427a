/** What `GET /v1/stats` answers. */
import { z } from "zod";

const count = z.int().min(0);

export const statisticsSchema = z.strictObject({
  received: z.strictObject({ deliveries: count, events: count }),
  outcomes: z.array(
    z.strictObject({
      source: z
        .string()
        .nullable()
        .meta({ description: "Null for what was for no configured source." }),
      outcome: z.string(),
      deliveries: count,
      events: count,
    }),
  ),
  profiles: count,
  components: count,
  contested: count.meta({
    description: "Components that are not one profile, or on which somebody has decided.",
  }),
  unfollowed: z
    .record(z.string(), count)
    .meta({ description: "Links that are not followed, by rule." }),
  generic: count,
});
