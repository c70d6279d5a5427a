/** What `POST /v1/search` and `GET /v1/profiles` take and answer. */
import { z } from "zod";
import { profileSchema } from "./profile.ts";
import { searchFilterSchema } from "./search-filter.ts";

const PAGE_SIZE_DEFAULT = 100;
const CURSOR_CHARACTERS_MAX = 1000;

const cursor = z
  .string("expected a cursor")
  .max(CURSOR_CHARACTERS_MAX, `expected at most ${CURSOR_CHARACTERS_MAX} characters`)
  .meta({ description: "The `next` of the page before, of the same search." });

export function searchRequestSchema(pageSizeMax: number) {
  return z.strictObject({
    filter: searchFilterSchema.optional().meta({ description: "Default: everybody." }),
    limit: z
      .int("expected a whole number")
      .min(1, "expected at least 1")
      .max(pageSizeMax, `expected at most ${pageSizeMax}`)
      .default(Math.min(PAGE_SIZE_DEFAULT, pageSizeMax))
      .meta({ description: "How many a page holds at most." }),
    cursor: cursor.optional(),
  });
}

const spelling = z.string().min(1, "expected a text that is not empty");

/** `limit` is how any list of the query API reads it. */
export function profilesParametersSchema<Limit extends z.ZodType>(limit: Limit) {
  return z
    .strictObject({
      email: spelling.meta({ description: "An address in any spelling." }).optional(),
      phone: spelling.meta({ description: "A number with its country code." }).optional(),
      identifier: spelling
        .meta({ description: "`namespace:value` in any spelling, or a profile id ever returned." })
        .optional(),
      limit,
      cursor: cursor.optional(),
    })
    .superRefine(({ email, phone, identifier }, context) => {
      if ([email, phone, identifier].filter((given) => given !== undefined).length > 1)
        context.addIssue({
          code: "custom",
          message: "expected one of email, phone and identifier; POST /v1/search asks for several",
        });
    });
}

export const searchAnswerSchema = z.strictObject({
  profiles: z.array(profileSchema),
  next: z.string().nullable().meta({
    description:
      "The cursor of the next page; null where this was the last. A page may be short or empty though there is a next one: much was looked at and little found.",
  }),
});
