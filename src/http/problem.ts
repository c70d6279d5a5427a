/**
 * Problem details (RFC 9457): how every error is answered. The one place where codes become statuses; an answer names
 * the fault and the fix, never a stack trace and never a secret.
 */
import { STATUS_CODES } from "node:http";
import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { UnansweredCode } from "../analyst.ts";
import type { RejectionCode } from "../messages.ts";

export type ProblemCode =
  | RejectionCode
  | "bad-request"
  | "unauthorised"
  | "forbidden"
  | "not-found"
  | "method-not-allowed"
  | "unknown-reference"
  | "unknown-decision"
  | "bad-decision"
  | "contradiction"
  | "unknown-delivery"
  | "unconfigured-source"
  | UnansweredCode;

interface Kind {
  readonly status: ContentfulStatusCode;
  readonly title: string;
  /** How long a sender should wait before it tries again. */
  readonly retryAfterSeconds?: number;
}

function kindOf(code: ProblemCode): Kind {
  switch (code) {
    case "bad-request":
    case "malformed-request":
      return { status: 400, title: "The request cannot be understood" };
    case "bad-decision":
      return { status: 400, title: "No such decision can be made" };
    case "unknown-reference":
      return { status: 404, title: "Nobody is known by this" };
    case "unknown-decision":
      return { status: 404, title: "No such decision stands" };
    case "unknown-delivery":
      return { status: 404, title: "No such delivery is kept" };
    case "unconfigured-source":
      return { status: 409, title: "The source is not configured" };
    case "contradiction":
      return { status: 409, title: "Another decision says otherwise" };
    case "unparseable":
      return { status: 400, title: "The body cannot be parsed" };
    case "unauthorised":
      return { status: 401, title: "An API key is needed" };
    case "unverified":
      return { status: 401, title: "Not verified" };
    case "forbidden-origin":
      return { status: 403, title: "Not allowed from this page" };
    case "forbidden":
      return { status: 403, title: "Not allowed" };
    case "disabled-source":
      return { status: 403, title: "The source is disabled" };
    case "not-found":
      return { status: 404, title: "Not found" };
    case "unknown-source":
      return { status: 404, title: "Unknown source" };
    case "method-not-allowed":
      return { status: 405, title: "Method not allowed" };
    case "too-slow":
      return { status: 408, title: "The request took too long" };
    case "body-too-large":
      return { status: 413, title: "The body is too large" };
    case "unknown-content-type":
      return { status: 415, title: "Unknown content type" };
    case "headers-too-large":
      return { status: 431, title: "The headers are too large" };
    case "internal":
      return { status: 500, title: "Internal error" };
    case "rate-limited":
      return { status: 429, title: "Too many deliveries", retryAfterSeconds: 1 };
    case "overloaded":
      return { status: 503, title: "Too busy", retryAfterSeconds: 1 };
    case "rules-superseded":
      // The sender may well come again: somebody has to restart this process meanwhile.
      return { status: 503, title: "Other rules are in force", retryAfterSeconds: 60 };
    case "question-too-long":
      // It would take as long again; a question that is narrower may come at once.
      return { status: 503, title: "The question took too long", retryAfterSeconds: 60 };
    case "question-too-large":
      return { status: 422, title: "The question needs too much memory" };
    case "too-many-questions":
      return { status: 503, title: "Too many questions", retryAfterSeconds: 5 };
    case "cancelled":
      return { status: 503, title: "The question was given up", retryAfterSeconds: 1 };
    case "store-unavailable":
      return { status: 503, title: "The database is unavailable", retryAfterSeconds: 5 };
  }
}

interface Problem {
  readonly status: ContentfulStatusCode;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

function describe(code: ProblemCode, detail: string, retryAfterSeconds?: number): Problem {
  const { status, title, retryAfterSeconds: usual } = kindOf(code);
  const wait = retryAfterSeconds ?? usual;
  const retryAfter = wait === undefined ? {} : { "Retry-After": String(wait) };
  // A 401 has to name a way to prove oneself (RFC 9110, 11.6.1); which one it is only the source's owner is told.
  const way = code === "unverified" ? { "WWW-Authenticate": 'Signature realm="webhooks"' } : {};
  return {
    status,
    headers: { ...retryAfter, ...way, "Content-Type": "application/problem+json" },
    body: JSON.stringify({ type: `urn:selfsame:problem:${code}`, title, status, detail }),
  };
}

/** `retryAfterSeconds` is when to come again, where that is known better than by the code. */
export function problem(
  context: Context,
  code: ProblemCode,
  detail: string,
  retryAfterSeconds?: number,
): Response {
  const { status, headers, body } = describe(code, detail, retryAfterSeconds);
  return context.body(body, status, headers);
}

/** The same for what became no request that a route could answer. */
export function problemResponse(code: ProblemCode, detail: string): Response {
  const { status, headers, body } = describe(code, detail);
  return new Response(body, { status, headers });
}

/** The same as it goes over the wire, the last on its connection. */
export function problemText(code: ProblemCode, detail: string): string {
  const { status, headers, body } = describe(code, detail);
  const fields = {
    ...headers,
    "Content-Length": String(Buffer.byteLength(body)),
    Connection: "close",
  };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines, "", body].join("\r\n");
}
