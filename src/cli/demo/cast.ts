/**
 * The demo's webhooks: a small simulated cast, recorded once in `cast.json` together with the truth of whose every
 * delivery is, which the service is never told. `npm run demo:record` makes the file.
 */
import { readFileSync } from "node:fs";
import { z } from "zod";

const castSchema = z.strictObject({
  /** The text of a configuration file. */
  config: z.string(),
  /** The person to show, by one of the ids that a sender knows: `slack:T1/U7`. */
  shown: z.string(),
  /** In the order in which they arrive; each holds one event. */
  deliveries: z.array(
    z.strictObject({
      source: z.string(),
      contentType: z.string(),
      headers: z.record(z.string(), z.string()),
      body: z.string(),
      /** The true person; null where nothing in the delivery can tell. */
      person: z.int().nullable(),
    }),
  ),
});

export type DemoCast = z.output<typeof castSchema>;
export type DemoDelivery = DemoCast["deliveries"][number];

export function readCast(): DemoCast {
  return castSchema.parse(JSON.parse(readFileSync(new URL("cast.json", import.meta.url), "utf8")));
}
