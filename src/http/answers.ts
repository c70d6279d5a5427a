/** What the routes of the query API have in common: how they answer, and how they read parameters and bodies. */
import type { Context } from "hono";
import { z } from "zod";
import { writeJson } from "./json.ts";
import { problem } from "./problem.ts";

const PAGE_SIZE_DEFAULT = 100;
/** Rules and filters are short; larger is a mistake or worse. */
const BODY_BYTES_MAX = 2 ** 20;

export function limitSchema(pageSizeMax: number) {
  return z.coerce
    .number("expected a number")
    .int("expected a whole number")
    .min(1, "expected at least 1")
    .max(pageSizeMax, `expected at most ${pageSizeMax}`)
    .default(Math.min(PAGE_SIZE_DEFAULT, pageSizeMax));
}

/** A parameter that is true or false. */
export function flagSchema() {
  return z
    .enum(["true", "false"], "expected true or false")
    .default("false")
    .transform((text) => text === "true");
}

export function json(context: Context, value: unknown): Response {
  return context.body(writeJson(value), 200, { "Content-Type": "application/json" });
}

export function nobody(context: Context): Response {
  return problem(
    context,
    "not-found",
    "Nobody is known by this; a reference is a profile id or namespace:value, URL-encoded.",
  );
}

export function badRequest(context: Context, error: z.ZodError): Response {
  const faults = error.issues.map(
    (issue) => `${issue.path.length > 0 ? `${issue.path.join(".")}: ` : ""}${issue.message}`,
  );
  return problem(context, "bad-request", `${faults.join("; ")}.`);
}

/** The JSON body by its schema, or the answer that says what is wrong with it. */
export async function readBody<Schema extends z.ZodType>(
  context: Context,
  schema: Schema,
): Promise<{ readonly value: z.output<Schema> } | { readonly answer: Response }> {
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
  const parsed = schema.safeParse(body);
  return parsed.success ? { value: parsed.data } : { answer: badRequest(context, parsed.error) };
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
