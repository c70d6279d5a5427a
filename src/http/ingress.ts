/** Ingress: webhooks in, receipts out. The size of a body is checked before anything else is looked at. */
import { Hono, type Context } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { Settings } from "../config.ts";
import type { Engine, Receipt } from "../engine.ts";
import { usableEventType } from "../extract/extract.ts";
import { problem } from "./problem.ts";

type Respond = "receipt" | "full" | "empty";

export function ingressRoutes(engine: Engine, settings: Settings): Hono {
  const app = new Hono();
  const accept = async (context: Context) => {
    const name = context.req.param("source") ?? "";
    const eventType = context.req.param("eventType");
    const headers = new Map(Object.entries(context.req.header()));
    let body: ArrayBuffer;
    try {
      body = await context.req.arrayBuffer();
    } catch {
      engine.reject(settings.sources.has(name) ? name : undefined, "unparseable", "");
      return problem(context, "unparseable", "The body ended before it was complete.");
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
  const limited = limitBody(engine, settings);
  for (const route of ["/webhooks/:source", "/collect/:eventType/:source"]) {
    app.post(route, limited, accept);
    app.all(route, (context) => {
      context.header("Allow", "POST");
      return problem(context, "method-not-allowed", "Webhooks are posted.");
    });
  }
  return app;
}

/** Refuses a body by its declared length, or as soon as more has come than its source allows. */
function limitBody(engine: Engine, settings: Settings) {
  const limiters = new Map<number, ReturnType<typeof bodyLimit>>();
  return (context: Context, next: () => Promise<void>) => {
    const source = settings.sources.get(context.req.param("source") ?? "");
    const maxSize = source?.bodyBytesMax ?? settings.limits.bodyBytesMax;
    const limiter =
      limiters.get(maxSize) ??
      bodyLimit({
        maxSize,
        onError: (refused) => {
          const name = refused.req.param("source") ?? "";
          const detail = `The body is larger than ${maxSize} bytes; send fewer events at once or raise bodyBytesMax.`;
          engine.reject(settings.sources.has(name) ? name : undefined, "body-too-large", detail);
          return problem(refused, "body-too-large", detail);
        },
      });
    limiters.set(maxSize, limiter);
    return limiter(context, next);
  };
}

function answer(context: Context, receipt: Receipt, respond: Respond): Response {
  if (receipt.kind === "rejected") return problem(context, receipt.code, receipt.detail);
  if (respond === "empty") return context.body(null, 200);
  return context.json({ delivery: receipt.delivery, events: receipt.events });
}
