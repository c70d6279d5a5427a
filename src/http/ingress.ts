/** Ingress: webhooks in, receipts out. The size of a body is checked before anything else is looked at. */
import { Hono, type Context, type Next } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { Settings } from "../config/config.ts";
import type { Door } from "../config/door.ts";
import type { Engine, Question, Receipt, RejectionCode } from "../engine.ts";
import { usableEventType } from "../extract/extract.ts";
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
  const doorOf = (context: Context) => settings.doors.get(context.req.param("source") ?? "");
  /** For what goes wrong before the engine has seen the delivery. */
  const turnAway: TurnAway = (context, code, detail) => {
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
    return turnAway(
      context,
      "forbidden-origin",
      `Pages of ${JSON.stringify(origin)} may not post here; the source's allowedOrigins name those that may.`,
    );
  };
  const accept = async (context: Context) => {
    let body: ArrayBuffer;
    try {
      body = await context.req.arrayBuffer();
    } catch {
      return turnAway(context, "unparseable", BROKEN_OFF);
    }
    const request = requestOf(context);
    const receipt = await engine.receive({
      ...request,
      urlEventType: usableEventType(context.req.param("eventType")),
      contentType: request.headers.get("content-type"),
      body: new Uint8Array(body),
    });
    const respond = settings.sources.get(request.source)?.respond ?? "receipt";
    return answer(context, receipt, respond, doorOf(context));
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
  const limited = limitBody(settings, turnAway);
  for (const route of ROUTES) {
    app.post(route, checkOrigin, limited, accept);
    app.all(route, answerOther);
  }
  return app;
}

function requestOf(context: Context): Omit<Question, "method"> {
  const { url } = context.req;
  return {
    source: context.req.param("source") ?? "",
    headers: new Map(Object.entries(context.req.header())),
    query: new URL(url).searchParams,
    // As it was written, for senders that sign it: behind the host, which is the proxy's or nobody's.
    target: url.slice(url.indexOf("/", url.indexOf("//") + 2)),
    pathToken: context.req.param("token"),
  };
}

// Nobody is there any more to read it, but the delivery is counted like every other.
const BROKEN_OFF = "The body ended before it was complete.";

type TurnAway = (context: Context, code: RejectionCode, detail: string) => Response;

/** Refuses a body by its declared length, or as soon as more has come than its source allows. */
function limitBody(settings: Settings, turnAway: TurnAway) {
  const limiters = new Map<number, ReturnType<typeof bodyLimit>>();
  return async (context: Context, next: () => Promise<void>) => {
    const source = settings.sources.get(context.req.param("source") ?? "");
    const maxSize = source?.bodyBytesMax ?? settings.limits.bodyBytesMax;
    const refuse = (refused: Context) =>
      turnAway(
        refused,
        "body-too-large",
        `The body is larger than ${maxSize} bytes; send fewer events at once, or have bodyBytesMax raised.`,
      );
    // Node reads no more than was declared, so a declared length decides without a look at the body, which is costly.
    const declared = context.req.header("content-length");
    if (declared !== undefined && context.req.header("transfer-encoding") === undefined)
      return Number(declared) > maxSize ? refuse(context) : next();
    const limiter = limiters.get(maxSize) ?? bodyLimit({ maxSize, onError: refuse });
    limiters.set(maxSize, limiter);
    // A body of undeclared length is read here to be measured. What fails behind `next` is not about the body.
    let isRead = false;
    try {
      return await limiter(context, () => {
        isRead = true;
        return next();
      });
    } catch (error) {
      if (isRead) throw error;
      return turnAway(context, "unparseable", BROKEN_OFF);
    }
  };
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
      if (respond === "empty") return context.body(null, 200);
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
