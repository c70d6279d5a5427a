/**
 * What is wrong with something that people wrote, by the zod schema it has to meet: each fault with its path, in words
 * that say what was expected, and for a key that nobody knows the one that was probably meant.
 */
import type { z } from "zod";
import { nearestName } from "./suggestion.ts";

export interface SchemaFault {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  /** Whether the last of the path is a key that the schema does not know. */
  readonly isUnknownKey: boolean;
}

/** The value by its schema, or everything that is wrong with it. */
export function readBySchema<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
): { readonly value: z.output<Schema> } | { readonly faults: readonly SchemaFault[] } {
  const parsed = schema.safeParse(value, { error: plainly });
  if (parsed.success) return { value: parsed.data };
  return { faults: parsed.error.issues.flatMap((issue) => faultsOf(issue, schema)) };
}

function faultsOf(issue: z.core.$ZodIssue, schema: z.ZodType): SchemaFault[] {
  const { path, message } = issue;
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      path: [...path, key],
      message: `unknown key${suggestion(key, knownKeys(schema, path))}`,
      isUnknownKey: true,
    }));
  }
  if (issue.code === "invalid_key") {
    const because = issue.issues[0]?.message ?? message;
    return [{ path, message: `not a name: ${because}`, isUnknownKey: false }];
  }
  if (issue.code === "invalid_union" && message === NEITHER) {
    const meant = issue.errors.find((issues) => issues.every(isWithin)) ?? [];
    const faults = meant.flatMap((inner) =>
      faultsOf({ ...inner, path: [...path, ...inner.path] }, schema),
    );
    if (faults.length > 0) return faults;
  }
  return [{ path, message, isUnknownKey: false }];
}

/** What a union is left to say whose schema says nothing itself: that alternative which was meant says it better. */
const NEITHER = "expected something else";

/** Whether a value is of the kind that an alternative expects, so that it is what is in it that is wrong. */
function isWithin({ code, path }: z.core.$ZodIssue): boolean {
  return path.length > 0 || code === "unrecognized_keys";
}

/** Says what was expected, wherever the schema does not say it itself; undefined leaves it to zod. */
function plainly(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === "invalid_type")
    return `expected ${nounOf(issue.expected)}${issue.input === undefined ? ", and there is nothing" : ""}`;
  if (issue.code === "too_small")
    return `expected at least ${issue.minimum}${unitOf(issue.origin)}`;
  if (issue.code === "too_big") return `expected at most ${issue.maximum}${unitOf(issue.origin)}`;
  if (issue.code === "invalid_value") return `expected ${issue.values.map(String).join(" or ")}`;
  if (issue.code === "invalid_union") return NEITHER;
  return undefined;
}

function nounOf(expected: string): string {
  if (expected === "int") return "a whole number";
  return /^[aeiou]/.test(expected) ? `an ${expected}` : `a ${expected}`;
}

function unitOf(origin: string): string {
  if (origin === "string") return " characters";
  return origin === "array" ? " elements" : "";
}

/** The keys that the schema knows at a path, found by walking the schema itself. */
function knownKeys(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let inner: unknown = schema;
  for (const part of path) inner = child(unwrapped(inner), part);
  return [...new Set(keysOf(inner))];
}

/** Of alternatives the keys of all: which is meant, the value alone would tell. */
function keysOf(schema: unknown): string[] {
  const { shape, options } = unwrapped(schema) as { shape?: object; options?: unknown };
  if (Array.isArray(options)) return options.flatMap(keysOf);
  return shape === undefined ? [] : Object.keys(shape);
}

function unwrapped(schema: unknown): unknown {
  let inner = schema ?? {};
  for (;;) {
    const { unwrap, element, out } = inner as Wrapping;
    // A list unwraps to its element, which is no other view of itself; what is looked at first goes on as what comes out.
    if (unwrap !== undefined && element === undefined)
      inner = (inner as Required<Wrapping>).unwrap();
    else if (out !== undefined) inner = out;
    else return inner;
  }
}

interface Wrapping {
  readonly unwrap?: () => object;
  readonly element?: unknown;
  readonly out?: object;
}

function child(schema: unknown, part: PropertyKey): unknown {
  const parent = schema as {
    shape?: Record<PropertyKey, unknown>;
    element?: unknown;
    valueType?: unknown;
    options?: unknown;
  };
  if (Array.isArray(parent.options))
    return parent.options.map((option) => child(unwrapped(option), part)).find(Boolean);
  return parent.shape?.[part] ?? parent.element ?? parent.valueType;
}

function suggestion(key: string, known: readonly string[]): string {
  const nearest = nearestName(key, known);
  if (nearest !== undefined) return `; did you mean ${nearest}?`;
  return known.length === 0 ? "" : `; known are ${known.join(", ")}`;
}
