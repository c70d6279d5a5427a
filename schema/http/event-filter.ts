/** Which events a question means: the same filter for the steps of a funnel, the start of paths and what is attributed. */
import { z } from "zod";
import { textSchema } from "./common.ts";

/** More conditions on one event are a mistake. */
const CONDITIONS_MAX = 10;
const ALTERNATIVES_MAX = 100;
const VALUE_CHARACTERS_MAX = 1000;

const valueText = z
  .string("expected a text")
  .max(VALUE_CHARACTERS_MAX, `expected at most ${VALUE_CHARACTERS_MAX} characters`);

const EXACT = '{ "number": "9007199254740993" }';

/** What reads a request keeps no more digits of a number than a double has. */
function plainNumber(exact: string) {
  return z
    .number("expected a number")
    .refine(
      (number) => !Number.isInteger(number) || Number.isSafeInteger(number),
      `expected a number up to 9007199254740991; write a larger one as ${exact}`,
    );
}

export const plainNumberSchema = plainNumber(EXACT);

export const exactNumberSchema = z
  .strictObject({
    number: z
      .string('expected the digits as a text, such as "9007199254740993"')
      .max(VALUE_CHARACTERS_MAX, `expected at most ${VALUE_CHARACTERS_MAX} characters`)
      .regex(
        /^-?\d+(\.\d+)?([eE][+-]?\d{1,6})?$/,
        "expected the digits of a number, such as 9007199254740993",
      ),
  })
  .meta({
    description: `A number with more digits than JSON readers keep, as a text: ${EXACT}.`,
  });

/** A value that has an order, or any at all; what is an object says itself what is wrong in it. */
const comparable = z.union([valueText, plainNumberSchema, exactNumberSchema], {
  error: ({ input }) => (isObject(input) ? undefined : "expected a text or a number"),
});
const scalar = z.union([valueText, plainNumberSchema, z.boolean(), z.null(), exactNumberSchema], {
  error: ({ input }) =>
    isObject(input) ? undefined : "expected a text, a number, true, false or null",
});

const OPERATORS = "eq, in, exists, gt, gte, lt, lte and contains";

const operators = z
  .strictObject({
    eq: scalar.optional(),
    in: z
      .array(scalar, "expected a list of values")
      .min(1, "expected at least one value")
      .max(ALTERNATIVES_MAX, `expected at most ${ALTERNATIVES_MAX} values`)
      .optional()
      .meta({ description: "Equal to one of these." }),
    exists: z.boolean("expected true or false").optional().meta({
      description: "Whether the path leads to anything; null is something.",
    }),
    gt: comparable.optional(),
    gte: comparable.optional(),
    lt: comparable.optional(),
    lte: comparable.optional(),
    contains: valueText.min(1, "expected a text that is not empty").optional().meta({
      description: "A text that has this one in it, letter by letter.",
    }),
  })
  .refine((condition) => Object.keys(condition).length > 0, {
    error: `expected one of ${OPERATORS}`,
    // An operator that nobody knows is the fault, not that there is none.
    when: ({ issues }) => issues.length === 0,
  })
  .refine(
    ({ exists, ...others }) => exists !== false || Object.keys(others).length === 0,
    "what does not exist cannot be compared: write exists: false alone",
  )
  .meta({ description: "One value has to meet all of it." });

const condition = z.union(
  [valueText, plainNumber(`{ "eq": ${EXACT} }`), z.boolean(), z.null(), operators],
  {
    error: ({ input }) =>
      isObject(input) ? undefined : `expected a value to be equal to, or an object of ${OPERATORS}`,
  },
);

const conditions = z
  .record(z.string(), condition)
  .refine(
    (where) => Object.keys(where).length <= CONDITIONS_MAX,
    `expected at most ${CONDITIONS_MAX} conditions`,
  );

/** A record leaves this key out, so the filter would be met by more than was asked for, without a word. */
const whereSchema = z
  .preprocess((where, context) => {
    if (isObject(where) && Object.hasOwn(where, "__proto__"))
      context.addIssue({
        code: "custom",
        path: ["__proto__"],
        message: 'write the path as ["__proto__"]',
      });
    return where;
  }, conditions)
  .meta({
    description:
      'Conditions on the payload, by path: { "order.total": { "gte": 100 } }. All have to hold. Paths are those of a source: dotted, with items[] for every element, or JSONPath. Where a path leads to several values, one has to meet the condition.',
    example: { "order.total": { gte: 100 }, "order.currency": "EUR" },
  });

export const eventFilterSchema = z.strictObject({
  type: textSchema,
  source: textSchema.optional(),
  where: whereSchema.optional(),
});

export type EventFilter = z.output<typeof eventFilterSchema>;
export type Condition = z.output<typeof condition>;
export type Scalar = z.output<typeof scalar>;

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
