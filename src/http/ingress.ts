/** Ingress: webhooks in, receipts out. No body is read for a page or a source that may not post, nor beyond its limit. */
import { Hono, type Context } from "hono";
import type { Settings } from "../config/config.ts";
import type { Door } from "../config/door.ts";
import type { Engine } from "../engine.ts";
import type { Question, Receipt, RejectionCode } from "../messages.ts";
import { usableEventType } from "../extract/extract.ts";
import { BodyReading } from "./body-reading.ts";
import { answerPreflight, isAllowedOrigin, isPreflight, openToOrigin } from "./origins.ts";
import { problem } from "./problem.ts";
import { headersOf, queryOf, targetOf } from "./request-parts.ts";

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
  /** The answer to a page that may not post; undefined for whoever may. */
  const refuseOrigin = (context: Context, door: Door | undefined) => {
    if (door?.allowedOrigins === undefined) return undefined;
    openToOrigin(context, door);
    const origin = context.req.header("origin");
    return isAllowedOrigin(door, origin)
      ? undefined
      : turnAway(context, "forbidden-origin", whyForbidden(origin));
  };
  const accept = async (context: Context) => {
    const door = doorOf(context);
    const forbidden = refuseOrigin(context, door);
    if (forbidden !== undefined) return forbidden;
    const { source: name, headers, query, target, pathToken } = requestOf(context);
    // Nobody's body is read for nothing.
    const closed = engine.refuseClosed(name);
    if (closed !== undefined) return answer(context, closed, "receipt", undefined);
    const { bodyBytesMax, respond } = settings.sources.get(name)!;
    const body = await bodies.read(context, lengthOf(headers), bodyBytesMax);
    if ("fault" in body) return turnAway(context, body.code, body.fault);
    try {
      // Each by its name: to spread an object where more members follow costs as much as parsing the body.
      const receipt = await engine.receive({
        source: name,
        headers,
        query,
        target,
        pathToken,
        urlEventType: usableEventType(context.req.param("eventType")),
        contentType: headers.get("content-type"),
        body: body.bytes,
      });
      return answer(context, receipt, respond, door);
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
    app.post(route, accept);
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
  return {
    source: context.req.param("source") ?? "",
    headers: headersOf(context),
    query: queryOf(context.req.url),
    target: targetOf(context),
    pathToken: context.req.param("token"),
  };
}

/** How many bytes the sender says its body has; 0 where it does not say. */
function lengthOf(headers: ReadonlyMap<string, string>): number {
  return Number(headers.get("content-length") ?? 0);
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
