/** Filters: whom a search means. Nested, and bounded in depth, in width and in all. */
import { z } from "zod";
import { textSchema, timeSchema } from "./common.ts";
import { exactNumberSchema, plainNumberSchema } from "./event-filter.ts";

/** People write a handful of levels; what nests deeper was made by a program that has lost its way. */
const DEPTH_MAX = 16;
const PARTS_MAX = 32;
/** Each is looked up for each person that is looked at. */
const FILTERS_MAX = 200;
const AT_LEAST_MAX = 1_000_000;
/** Longer traits are texts to be read, not values to be found. */
const VALUE_CHARACTERS_MAX = 1000;
/** A profile id, or a namespace and as much of a value as an identifier may have. */
const REFERENCE_CHARACTERS_MAX = 1024;

const KEYS = ["and", "or", "not", "attribute", "identifier", "event"] as const;

const value = z
  .union(
    [
      z.string().max(VALUE_CHARACTERS_MAX, `expected at most ${VALUE_CHARACTERS_MAX} characters`),
      plainNumberSchema,
      z.boolean(),
      exactNumberSchema,
    ],
    { error: ({ input }) => faultOfValue(input) },
  )
  .meta({ description: "Texts are compared letter by letter, numbers by their value." });

/** Undefined leaves it to the alternative that was meant. */
function faultOfValue(input: unknown): string | undefined {
  if (input === null)
    return "expected a text, a number, true or false; nothing is ever null, so ask with not and exists";
  if (typeof input === "object" && !Array.isArray(input)) return undefined;
  if (typeof input === "string" || typeof input === "number") return undefined;
  return "expected a text, a number, true or false";
}

const attribute = z
  .strictObject({
    field: textSchema.meta({ description: "The name of a trait, or a namespace such as email." }),
    operator: z.enum(["eq", "exists"], "expected eq or exists"),
    value: value.optional(),
  })
  .superRefine(({ operator, value }, context) => {
    const fault =
      operator === "eq"
        ? value === undefined && "expected a value to compare with, and there is nothing"
        : value !== undefined && "exists takes no value; write eq, or leave it out";
    if (fault !== false) context.addIssue({ code: "custom", path: ["value"], message: fault });
  })
  .meta({
    description:
      "A trait by its newest value, or an identifier of the namespace of that name, in any spelling.",
  });

const event = z
  .strictObject({
    type: textSchema.optional(),
    source: textSchema.optional(),
    from: timeSchema.optional().meta({ description: "Events that occurred at or after." }),
    to: timeSchema.optional().meta({ description: "Events that occurred before." }),
    atLeast: z
      .int("expected a whole number")
      .min(1, "expected at least 1")
      .max(AT_LEAST_MAX, `expected at most ${AT_LEAST_MAX}`)
      .default(1)
      .meta({ description: "How many such events they must have. Default: one." }),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || from < to, {
    path: ["to"],
    error: "expected a time after from",
  })
  .meta({ description: "People who have such events." });

const identifier = z
  .string("expected a profile id or namespace:value")
  .min(1, "expected a profile id or namespace:value")
  .max(REFERENCE_CHARACTERS_MAX, `expected at most ${REFERENCE_CHARACTERS_MAX} characters`)
  .meta({ description: "`namespace:value` in any spelling, or a profile id ever returned." });

/** An object that may hold any of the keys and must hold one: what is wrong in it is told of the key that was meant. */
const nested = z
  .strictObject({
    get and() {
      return parts().optional();
    },
    get or() {
      return parts().optional();
    },
    get not(): z.ZodOptional<z.ZodType<Nested>> {
      return nested.optional();
    },
    attribute: attribute.optional(),
    identifier: identifier.optional(),
    event: event.optional(),
  })
  .refine((filter) => keysOf(filter).length === 1, {
    error: ({ input }) => {
      const given = keysOf(input as object);
      return given.length === 0
        ? `expected one of ${KEYS.join(", ")}`
        : `expected one key, and there are ${given.join(", ")}; put each into an object of its own, in a list of and or of or`;
    },
    // Whoever misspelt the one key is told that alone.
    when: ({ issues }) => issues.length === 0,
  })
  .meta({ id: "SearchFilter", description: "One of and, or, not, attribute, identifier, event." });

function keysOf(filter: object): string[] {
  return KEYS.filter((key) => (filter as Readonly<Record<string, unknown>>)[key] !== undefined);
}

/** What a filter is when it was read. */
export interface Nested {
  readonly and?: readonly Nested[] | undefined;
  readonly or?: readonly Nested[] | undefined;
  readonly not?: Nested | undefined;
  readonly attribute?: z.output<typeof attribute> | undefined;
  readonly identifier?: string | undefined;
  readonly event?: z.output<typeof event> | undefined;
}

function parts(): z.ZodType<readonly Nested[]> {
  return z
    .array(nested, "expected a list of filters")
    .min(1, "expected at least one filter")
    .max(PARTS_MAX, `expected at most ${PARTS_MAX} filters; nest them`);
}

/** A filter that is still to be looked at, and where it lies. */
interface Open {
  readonly filter: unknown;
  readonly path: readonly PropertyKey[];
  readonly depth: number;
}

/**
 * Before anything walks into it: a filter that is too deep must not take the stack with it, and one with thousands of
 * faults no answer that tells them all.
 */
function refuseTooLarge(whole: unknown, context: z.RefinementCtx): unknown {
  const open: Open[] = [{ filter: whole, path: [], depth: 1 }];
  let filters = 0;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { path, depth } = next;
    filters++;
    if (depth <= DEPTH_MAX && filters <= FILTERS_MAX) open.push(...partsOf(next));
    else {
      const bound = depth > DEPTH_MAX ? `${DEPTH_MAX} levels` : `${FILTERS_MAX} filters in all`;
      context.addIssue({ code: "custom", path: [...path], message: `expected at most ${bound}` });
      return z.NEVER;
    }
  }
  return whole;
}

/**
 * Whatever stands where a filter should; what is none, the schema has something to say about. Of a list no more than it
 * takes to be too many.
 */
function partsOf({ filter, path, depth }: Open): Open[] {
  if (typeof filter !== "object" || filter === null || Array.isArray(filter)) return [];
  const { and, or, not } = filter as Readonly<Record<string, unknown>>;
  const listed = Object.entries({ and, or }).flatMap(([key, list]) =>
    (Array.isArray(list) ? list.slice(0, FILTERS_MAX) : []).map((part: unknown, index) => ({
      filter: part,
      path: [...path, key, index],
      depth: depth + 1,
    })),
  );
  return not === undefined
    ? listed
    : [...listed, { filter: not, path: [...path, "not"], depth: depth + 1 }];
}

export const searchFilterSchema = z.preprocess(refuseTooLarge, nested);

export type SearchFilterInput = Nested;
