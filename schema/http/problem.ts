/** How every error is answered: problem details (RFC 9457), as `application/problem+json`. */
import { z } from "zod";

export const problemSchema = z
  .strictObject({
    type: z.string().meta({
      description:
        "`urn:selfsame:problem:` and the code of the fault, by which programs tell faults apart.",
    }),
    title: z.string().meta({ description: "The fault in general; the same for every such fault." }),
    status: z.int().meta({ description: "The status of the answer." }),
    detail: z.string().meta({ description: "What is wrong this time, and what to do about it." }),
  })
  .meta({ id: "Problem", description: "What is wrong, as problem details (RFC 9457)." });
