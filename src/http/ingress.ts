/** Ingress: webhooks in, receipts out. The size of a body is checked before anything else is looked at. */
import { Hono, type Context } from "hono";
import type { Settings } from "../config/config.ts";
import type { Engine, Receipt, RejectionCode } from "../engine.ts";
import { usableEventType } from "../extract/extract.ts";
import { BodyReading } from "./body-reading.ts";
import { problem } from "./problem.ts";

type Respond = "receipt" | "full" | "empty";

export function ingressRoutes(engine: Engine, settings: Settings): Hono {
  const app = new Hono();
  const bodies = new BodyReading(settings.limits);
  /** For what goes wrong before the engine has seen the delivery. */
  const turnAway = (context: Context, code: RejectionCode, detail: string) => {
    const name = context.req.param("source") ?? "";
    engine.reject(settings.sources.has(name) ? name : undefined, code, detail);
    return problem(context, code, detail);
  };
  const accept = async (context: Context) => {
    const name = context.req.param("source") ?? "";
    const eventType = context.req.param("eventType");
    const headers = new Map(Object.entries(context.req.header()));
    const source = settings.sources.get(name);
    const body = await bodies.read(context, source?.bodyBytesMax ?? settings.limits.bodyBytesMax);
    if ("fault" in body) return turnAway(context, body.code, body.fault);
    try {
      const receipt = await engine.receive({
        source: name,
        urlEventType: usableEventType(eventType),
        contentType: headers.get("content-type"),
        headers,
        query: new URL(context.req.url).searchParams,
        body: body.bytes,
      });
      return answer(context, receipt, source?.respond ?? "receipt");
    } finally {
      body.release();
    }
  };
  for (const route of ["/webhooks/:source", "/collect/:eventType/:source"]) {
    app.post(route, accept);
    app.all(route, (context) => {
      context.header("Allow", "POST");
      return problem(context, "method-not-allowed", "Webhooks are posted.");
    });
  }
  return app;
}

function answer(context: Context, receipt: Receipt, respond: Respond): Response {
  if (receipt.kind === "rejected") return problem(context, receipt.code, receipt.detail);
  if (respond === "empty") return context.body(null, 200);
  return context.json({ delivery: receipt.delivery, events: receipt.events });
}
