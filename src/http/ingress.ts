/** Ingress: webhooks in, receipts out. No body is read for a page or a source that may not post, nor beyond its limit. */
import type { HttpBindings } from "@hono/node-server";
import { Hono, type Context, type Next } from "hono";
import type { Settings } from "../config/config.ts";
import type { Door } from "../config/door.ts";
import type { Engine } from "../engine.ts";
import type { Question, Receipt, RejectionCode } from "../messages.ts";
import { usableEventType } from "../extract/extract.ts";
import { BodyReading } from "./body-reading.ts";
import { answerPreflight, isAllowedOrigin, isPreflight, openToOrigin } from "./origins.ts";
import { problem } from "./problem.ts";

type Respond = "receipt" | "full" | "empty";

/** What stands behind the source is a token, for senders that can prove themselves by nothing but the address. */
const ROUTES = [
  "/webhooks/:source",
  "/webhooks/:source/:token",
  "/collect/:eventType/:source",
  "/collect/:eventType/:source/:token",
];

export function ingressRoutes(engine: Engine, settings: Settings): Hono {
  const app = new Hono();
  const bodies = new BodyReading(settings.limits);
  const doorOf = (context: Context) => settings.doors.get(context.req.param("source") ?? "");
  /** For what goes wrong before the engine has seen the delivery. */
  const turnAway = (context: Context, code: RejectionCode, detail: string) => {
    const name = context.req.param("source") ?? "";
    engine.reject(settings.sources.has(name) ? name : undefined, code, detail);
    return problem(context, code, detail);
  };
  const checkOrigin = async (context: Context, next: Next) => {
    const door = doorOf(context);
    if (door === undefined) return next();
    openToOrigin(context, door);
    const origin = context.req.header("origin");
    if (isAllowedOrigin(door, origin)) return next();
    return turnAway(context, "forbidden-origin", whyForbidden(origin));
  };
  const accept = async (context: Context) => {
    const request = requestOf(context);
    // Nobody's body is read for nothing.
    const closed = engine.refuseClosed(request.source);
    if (closed !== undefined) return answer(context, closed, "receipt", undefined);
    const source = settings.sources.get(request.source)!;
    const body = await bodies.read(context, source.bodyBytesMax);
    if ("fault" in body) return turnAway(context, body.code, body.fault);
    try {
      const receipt = await engine.receive({
        ...request,
        urlEventType: usableEventType(context.req.param("eventType")),
        contentType: request.headers.get("content-type"),
        body: body.bytes,
      });
      return answer(context, receipt, source.respond, doorOf(context));
    } finally {
      body.release();
    }
  };
  const answerOther = (context: Context) => {
    const door = doorOf(context);
    const question = { ...requestOf(context), method: context.req.method };
    const methods = engine.methods(question.source);
    // Both kinds of OPTIONS may come to one source; a browser's names itself by a header of its own.
    if (isPreflight(context) && door?.allowedOrigins !== undefined)
      return answerPreflight(context, door);
    if (methods.includes(question.method))
      return answer(context, engine.greet(question), "empty", undefined);
    context.header("Allow", ["POST", ...methods].join(", "));
    return problem(context, "method-not-allowed", "Webhooks are posted.");
  };
  for (const route of ROUTES) {
    app.post(route, checkOrigin, accept);
    app.all(route, answerOther);
  }
  return app;
}

/** A page that tells no other site where its visitors come from keeps its origin to itself too. */
function whyForbidden(origin: string | undefined): string {
  return origin === "null"
    ? "The page does not tell its origin. A Referrer-Policy of no-referrer or same-origin keeps it back; strict-origin tells it."
    : `Pages of ${JSON.stringify(origin)} may not post here; the source's allowedOrigins name those that may.`;
}

function requestOf(context: Context): Omit<Question, "method"> {
  const { url } = context.req;
  return {
    source: context.req.param("source") ?? "",
    headers: new Map(Object.entries(context.req.header())),
    query: new URL(url).searchParams,
    target: targetOf(context),
    pathToken: context.req.param("token"),
  };
}

/**
 * What stands behind the host, which is the proxy's or nobody's. For senders that sign it exactly as it was written: as a
 * URL it would be rewritten where it holds such as an apostrophe.
 */
function targetOf(context: Context): string {
  const { incoming } = (context.env ?? {}) as Partial<HttpBindings>;
  const written = incoming?.url ?? context.req.url;
  return written.startsWith("/")
    ? written
    : written.slice(written.indexOf("/", written.indexOf("//") + 2));
}

function answer(
  context: Context,
  receipt: Receipt,
  respond: Respond,
  door: Door | undefined,
): Response {
  switch (receipt.kind) {
    case "greeting": {
      const { body, contentType, headers } = receipt.greeting;
      const typed = contentType === undefined ? {} : { "Content-Type": contentType };
      return context.body(body, 200, { ...headers, ...typed });
    }
    case "rejected":
      return problem(context, receipt.code, receipt.detail, receipt.retryAfterSeconds);
    case "received":
      if (door?.redirectTo !== undefined && isNavigation(context))
        return context.redirect(door.redirectTo, 303);
      // No body at all would be sent in chunks, of which there are none.
      if (respond === "empty") return context.body("", 200);
      return context.json({ delivery: receipt.delivery, events: receipt.events });
  }
}

/** Whether a browser shows the answer to somebody, and not a script that reads it. */
function isNavigation(context: Context): boolean {
  const mode = context.req.header("sec-fetch-mode");
  if (mode !== undefined) return mode === "navigate";
  const accept = context.req.header("accept") ?? "";
  return accept.includes("text/html") || !accept.includes("application/json");
}
