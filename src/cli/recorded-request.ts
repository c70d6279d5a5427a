/** Requests recorded one a line, for imports that need headers: `{"headers":{…},"query":"a=b","body":…}`. */
import { z } from "zod";
import { formatOf } from "../extract/body/format.ts";
import { JsonText } from "../extract/json-text.ts";
import { parseTime } from "../extract/time.ts";
import type { IncomingDelivery } from "../messages.ts";

const requestSchema = z.strictObject({
  headers: z.record(z.string(), z.string()).default({}),
  query: z.string().default(""),
  eventType: z.string().optional(),
  receivedAt: z
    .string()
    .transform((text) => parseTime(text))
    .optional(),
  body: z.unknown(),
});

/** A JSON body keeps its text; a form's body and JSON Lines are a string. Undefined where the line is no recorded request. */
export function parseRecordedRequest(line: string): Omit<IncomingDelivery, "source"> | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  const parsed = requestSchema.safeParse(value);
  if (!parsed.success) return undefined;
  const { headers, query, eventType, receivedAt, body } = parsed.data;
  const byName = new Map(Object.entries(headers).map(([name, text]) => [name.toLowerCase(), text]));
  const contentType = byName.get("content-type") ?? "application/json";
  const format = formatOf(contentType);
  const isJson = "kind" in format && format.kind === "json";
  const text = typeof body === "string" && !isJson ? body : new JsonText(line).at(["body"]);
  if (text === undefined) return undefined;
  return {
    contentType,
    headers: byName,
    query: new URLSearchParams(query),
    body: Buffer.from(text),
    urlEventType: eventType,
    receivedAt,
  };
}
