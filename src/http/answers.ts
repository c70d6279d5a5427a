/** What the routes of the query API have in common: how they answer, and how they read parameters and bodies. */
import type { Context } from "hono";
import { z } from "zod";
import { formatPath } from "../config/config-text.ts";
import { readBySchema, type SchemaFault } from "../config/schema-faults.ts";
import { VARYING } from "./accept.ts";
import { writeJson } from "../queries/json.ts";
import { problem } from "./problem.ts";
import { queryTextOf } from "./request-parts.ts";

const PAGE_SIZE_DEFAULT = 100;
/** Rules and filters are short; larger is a mistake or worse. */
const BODY_BYTES_MAX = 2 ** 20;

export function limitSchema(pageSizeMax: number) {
  return z.coerce
    .number("expected a number")
    .int("expected a whole number")
    .min(1, "expected at least 1")
    .max(pageSizeMax, `expected at most ${pageSizeMax}`)
    .default(Math.min(PAGE_SIZE_DEFAULT, pageSizeMax))
    .meta({ description: "How many a page holds at most." });
}

/** Whoever writes a parameter expects something of it, which must not fail to happen without a word. */
export const noParameters = z.strictObject({});

/** A parameter that is true or false. */
export function flagSchema() {
  return z
    .enum(["true", "false"], "expected true or false")
    .default("false")
    .transform((text) => text === "true");
}

export function json(context: Context, value: unknown): Response {
  return jsonText(context, writeJson(value));
}

export function jsonText(context: Context, text: string): Response {
  return context.body(text, 200, { "Content-Type": "application/json" });
}

/** The same where it was negotiated. Of two headers the context would make a Headers, which takes as long as a small answer. */
export function negotiatedJson(text: string): Response {
  return new Response(text, {
    headers: { "Content-Type": "application/json", ...VARYING },
  });
}

/** The reference is named where it is one of several. */
export function nobody(context: Context, reference?: string): Response {
  return problem(
    context,
    "not-found",
    `Nobody is known by ${reference === undefined ? "this" : JSON.stringify(reference)}; a reference is a profile id or namespace:value, URL-encoded.`,
  );
}

/** Whoever has mended these asks again; of a body that is wrong throughout, all would be longer than the body. */
const FAULTS_TOLD_MAX = 20;

/** Says what is wrong, each fault with its path. */
export function badRequest(
  context: Context,
  faults: readonly Pick<SchemaFault, "path" | "message">[],
): Response {
  const told = faults
    .slice(0, FAULTS_TOLD_MAX)
    .map(({ path, message }) =>
      [formatPath(path), message].filter((part) => part !== "").join(": "),
    );
  const untold = faults.length - told.length;
  if (untold > 0) told.push(`and ${untold} more like these`);
  return problem(context, "bad-request", sentence(told.join("; ")));
}

function sentence(text: string): string {
  return /[.?]$/.test(text) ? text : `${text}.`;
}

/** What was read, or the answer that says what is wrong with it. */
export type Read<Value> = { readonly value: Value } | { readonly answer: Response };

/** Of each operation; together with the next they bound what is remembered to less than a megabyte for all operations. */
const QUERIES_REMEMBERED_MAX = 64;
const QUERY_CHARACTERS_REMEMBERED_MAX = 128;

/**
 * Reads the parameters of the query string. Clients ask with the same ones again and again, and to check them takes longer
 * than many an answer: what was found good is remembered by its text, and to be left as it is by those who get it.
 */
export function parameterReader<Schema extends z.ZodType>(
  schema: Schema,
): (context: Context) => Read<z.output<Schema>> {
  const good = new Map<string, Read<z.output<Schema>>>();
  return (context) => {
    const text = queryTextOf(context.req.url);
    const before = good.get(text);
    if (before !== undefined) return before;
    const read = readOrAnswer(context, schema, context.req.query());
    if ("value" in read && text.length <= QUERY_CHARACTERS_REMEMBERED_MAX) {
      if (good.size >= QUERIES_REMEMBERED_MAX) good.clear();
      good.set(text, read);
    }
    return read;
  };
}

function readOrAnswer<Schema extends z.ZodType>(
  context: Context,
  schema: Schema,
  value: unknown,
): Read<z.output<Schema>> {
  const read = readBySchema(schema, value);
  return "value" in read ? read : { answer: badRequest(context, read.faults) };
}

/** The JSON body by its schema, or the answer that says what is wrong with it. */
export async function readBody<Schema extends z.ZodType>(
  context: Context,
  schema: Schema,
): Promise<Read<z.output<Schema>>> {
  const bytes = await limitedBody(context);
  if (bytes === undefined)
    return {
      answer: problem(
        context,
        "body-too-large",
        `The body is larger than ${BODY_BYTES_MAX} bytes.`,
      ),
    };
  let body: unknown;
  try {
    body = JSON.parse(bytes);
  } catch {
    return { answer: problem(context, "bad-request", "The body is not JSON.") };
  }
  return readOrAnswer(context, schema, body);
}

/** Stops reading where it gets too large, whatever the sender has declared. */
async function limitedBody(context: Context): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of context.req.raw.body ?? []) {
    length += chunk.byteLength;
    if (length > BODY_BYTES_MAX) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
