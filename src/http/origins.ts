/**
 * Web pages of other origins: which may post to a source from a browser, and what they are told of it. A browser sends
 * the page's origin with every post; whoever sends none is no page, and passes here.
 */
import type { Context } from "hono";
import type { Door } from "../config/door.ts";

/** Whether a request with this origin may post. */
export function isAllowedOrigin(
  { allowedOrigins }: Pick<Door, "allowedOrigins">,
  origin: string | undefined,
): boolean {
  if (allowedOrigins === undefined || origin === undefined) return true;
  return allowedOrigins.includes("*") || allowedOrigins.includes(origin.toLowerCase());
}

/** Lets the page read the answer, where it may post at all. */
export function openToOrigin(context: Context, door: Door): void {
  const origin = context.req.header("origin");
  if (door.allowedOrigins === undefined) return;
  // A cache must not give one page the answer that was meant for another.
  context.header("Vary", "Origin");
  if (origin !== undefined && isAllowedOrigin(door, origin))
    context.header("Access-Control-Allow-Origin", origin);
}

/** How long a browser need not ask again; longer than this none remembers it. */
const PREFLIGHT_SECONDS = 7200;

/** Whether a browser asks if a page may post what a plain form cannot, such as JSON. */
export function isPreflight(context: Context): boolean {
  return (
    context.req.method === "OPTIONS" &&
    context.req.header("access-control-request-method") !== undefined
  );
}

/** The answer to a preflight; to a page that may not post it allows nothing. */
export function answerPreflight(context: Context, door: Door): Response {
  openToOrigin(context, door);
  if (isAllowedOrigin(door, context.req.header("origin"))) {
    context.header("Access-Control-Allow-Methods", "POST");
    context.header(
      "Access-Control-Allow-Headers",
      context.req.header("access-control-request-headers") ?? "Content-Type",
    );
    context.header("Access-Control-Max-Age", String(PREFLIGHT_SECONDS));
  }
  return context.body(null, 204);
}
