/** Ingress: webhooks in, receipts out. The size of a body is checked before anything else is looked at. */
import { Hono, type Context } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { Settings } from "../config/config.ts";
import type { Engine, Receipt, RejectionCode } from "../engine.ts";
import { usableEventType } from "../extract/extract.ts";
import { problem } from "./problem.ts";

type Respond = "receipt" | "full" | "empty";

export function ingressRoutes(engine: Engine, settings: Settings): Hono {
  const app = new Hono();
  /** For what goes wrong before the engine has seen the delivery. */
  const turnAway: TurnAway = (context, code, detail) => {
    const name = context.req.param("source") ?? "";
    engine.reject(settings.sources.has(name) ? name : undefined, code, detail);
    return problem(context, code, detail);
  };
  const accept = async (context: Context) => {
    const name = context.req.param("source") ?? "";
    const eventType = context.req.param("eventType");
    const headers = new Map(Object.entries(context.req.header()));
    let body: ArrayBuffer;
    try {
      body = await context.req.arrayBuffer();
    } catch {
      return turnAway(context, "unparseable", BROKEN_OFF);
    }
    const receipt = await engine.receive({
      source: name,
      urlEventType: usableEventType(eventType),
      contentType: headers.get("content-type"),
      headers,
      query: new URL(context.req.url).searchParams,
      body: new Uint8Array(body),
    });
    return answer(context, receipt, settings.sources.get(name)?.respond ?? "receipt");
  };
  const limited = limitBody(settings, turnAway);
  for (const route of ["/webhooks/:source", "/collect/:eventType/:source"]) {
    app.post(route, limited, accept);
    app.all(route, (context) => {
      context.header("Allow", "POST");
      return problem(context, "method-not-allowed", "Webhooks are posted.");
    });
  }
  return app;
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

function answer(context: Context, receipt: Receipt, respond: Respond): Response {
  if (receipt.kind === "rejected") return problem(context, receipt.code, receipt.detail);
  if (respond === "empty") return context.body(null, 200);
  return context.json({ delivery: receipt.delivery, events: receipt.events });
}
