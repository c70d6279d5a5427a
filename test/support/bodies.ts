/** Requests with bodies, and what a source reads in them. */
import { parseBody, type ParsedBody, type RequestParts } from "../../src/extract/body.ts";
import type { Source } from "../../src/extract/source.ts";
import { settingsFrom } from "./service.ts";

export const FORM = "application/x-www-form-urlencoded";
export const LINES = "application/x-ndjson";

/** A source by what the configuration says of it, and the limits that hold for it. */
export function sourceOf(yaml: string, limits = "{}"): Source {
  return settingsFrom(`sources: { chat: ${yaml} }\nlimits: ${limits}`).sources.get("chat")!;
}

export interface Request {
  /** Undefined or left out for JSON; null for none. */
  readonly contentType?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: string;
}

export function requestOf(
  body: string | Uint8Array,
  { contentType = "application/json", headers = {}, query = "" }: Request = {},
): RequestParts {
  return {
    contentType: contentType ?? undefined,
    headers: new Map(Object.entries(headers)),
    query: new URLSearchParams(query),
    body: typeof body === "string" ? Buffer.from(body) : body,
  };
}

export function parsedBy(
  source: Source,
  body: string | Uint8Array,
  request: Request = {},
): ParsedBody {
  return parseBody(requestOf(body, request), source);
}

/** The bodies of the events; for a body without any, why in a line. */
export function bodiesIn(parsed: ParsedBody): readonly unknown[] | string {
  if (parsed.kind === "fault") return `${parsed.fault.code}: ${parsed.fault.detail}`;
  if (parsed.kind === "unmappable") return `unmappable: ${parsed.reason}`;
  return parsed.subjects.map(({ body }) => body);
}

/** The texts of the events, which have to be there. */
export function textsIn(parsed: ParsedBody): readonly string[] {
  if (parsed.kind !== "events") throw new Error(JSON.stringify(parsed));
  return parsed.subjects.map(({ json }) => json.text);
}
