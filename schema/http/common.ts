/** The parts that requests of the query API have in common: times, spans of time, pages. */
import { z } from "zod";

/** RFC 3339 with an offset, or a day, which begins at midnight UTC; becomes milliseconds since 1970. */
export const timeSchema = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()], {
    error: "expected a time such as 2026-01-31T12:00:00Z or a day such as 2026-01-31",
  })
  .transform((text) => Date.parse(text))
  .meta({
    description: "RFC 3339, such as 2026-01-31T12:00:00Z, or a day, 2026-01-31, from midnight UTC.",
  });

const UNIT_MILLISECONDS = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
} as const;

/** Ten years; journeys hardly reach further, and sums of such spans and times stay exact. */
const DURATION_MILLISECONDS_MAX = 3660 * UNIT_MILLISECONDS.d;

/** A span such as `30m`, `36h` or `30d`; becomes milliseconds. */
export const durationSchema = z
  .string("expected a span of time such as 30m, 36h or 30d")
  .transform((text, context) => {
    const [, amount, unit] = /^(\d{1,12})(ms|s|m|h|d|w)$/.exec(text) ?? [];
    const milliseconds = Number(amount) * UNIT_MILLISECONDS[unit as keyof typeof UNIT_MILLISECONDS];
    if (milliseconds > 0 && milliseconds <= DURATION_MILLISECONDS_MAX) return milliseconds;
    context.addIssue({
      code: "custom",
      message: "expected a span of time such as 30m, 36h or 30d, up to ten years",
    });
    return z.NEVER;
  })
  .meta({ description: "A number and a unit, of ms, s, m, h, d and w: 30m, 36h, 30d." });

/** The longest name of a type, a source, a trait or a path that a question may hold. */
const TEXT_CHARACTERS_MAX = 256;

export const textSchema = z
  .string("expected a text")
  .min(1, "expected a text that is not empty")
  .max(TEXT_CHARACTERS_MAX, `expected at most ${TEXT_CHARACTERS_MAX} characters`);

export const profileIdSchema = z.string().meta({
  description: "`pr_` and 26 characters.",
  examples: ["pr_3v9k2m7q0d5h8c1r4t6n0b2e9j"],
});

/** Times in answers. */
export const answeredTimeSchema = z.string().meta({
  format: "date-time",
  description: "RFC 3339 in UTC with milliseconds.",
  examples: ["2026-01-31T12:00:00.000Z"],
});

/** Which person is meant, in an address. */
export const referenceSchema = z.string("expected a reference").meta({
  description:
    "A profile id that was ever returned, or `namespace:value` in any spelling; URL-encoded, so that a `/` is `%2F`.",
  examples: ["email:ann@example.com"],
});

export const identifierTextSchema = z
  .string()
  .meta({ description: "`namespace:value`", examples: ["email:ann@example.com"] });

export const eventIdSchema = z.string().meta({
  description: "`ev_` and 26 characters.",
  examples: ["ev_712ghsi9m1ni409vki936qi8lu"],
});

export const decisionIdSchema = z.string().meta({
  description: "`dc_` and 26 characters.",
  examples: ["dc_01k7vkt05ff34mmb3aqd56dbpa"],
});

export const deliveryIdSchema = z.string().meta({
  description: "`dl_` and 26 characters.",
  examples: ["dl_01k7vkt05ff34mmb3aqd56dbpa"],
});

/** The cursor of a page to come, as a parameter. */
export const cursorSchema = z.string("expected a cursor").meta({
  description: "The `next` of the page before.",
});

/** The cursor of a page to come, as it is told. */
export const nextSchema = z
  .string()
  .nullable()
  .meta({ description: "The `cursor` of the next page; null where this was the last." });

/** Any JSON, but not nothing: a value that is always told. */
export const anyValueSchema = z
  .unknown()
  .refine((value) => value !== undefined, "expected a value");
