/** Deliveries under `/v1`: what became of them, and what lies in quarantine to be replayed or discarded. */
import { Hono, type Context } from "hono";
import { z } from "zod";
import type { Settings } from "../config/config.ts";
import { decodeUtf8 } from "../extract/body.ts";
import { formatTime } from "../extract/time.ts";
import type { Quarantine, QuarantineOutcome } from "../quarantine.ts";
import type { DeliveryRecord, KeptDelivery } from "../store/deliveries.ts";
import type { Access } from "./access.ts";
import { json, limitSchema, readParameters } from "./answers.ts";
import { decodeDeliveryCursor, encodeDeliveryCursor } from "./cursor.ts";
import { problem } from "./problem.ts";

const COUNTED_ONLY: ReadonlySet<unknown> = new Set(["duplicate", "dropped", "rejected"]);

const outcome = z.enum(["accepted", "anonymous", "quarantined"], {
  error: ({ input }) =>
    COUNTED_ONLY.has(input)
      ? `of deliveries that are ${String(input)} only counts are left, which GET /v1/stats tells; expected accepted, anonymous or quarantined`
      : "expected accepted, anonymous or quarantined",
});

export function deliveryRoutes(quarantine: Quarantine, settings: Settings, access: Access): Hono {
  const app = new Hono();
  const read = access.requireScope("read");
  const write = access.requireScope("write");
  const listParameters = z.strictObject({
    source: z.string().optional(),
    outcome: outcome.optional(),
    limit: limitSchema(settings.limits.pageSizeMax),
    cursor: z.string().optional(),
  });

  app.get("/deliveries", read, async (context) => {
    const parameters = readParameters(context, listParameters);
    if ("answer" in parameters) return parameters.answer;
    const { cursor, ...request } = parameters.value;
    const place = cursor === undefined ? undefined : decodeDeliveryCursor(cursor);
    if (place !== undefined && "fault" in place)
      return problem(context, "bad-request", `The cursor cannot be used: ${place.fault}.`);
    const { deliveries, next } = await quarantine.list({ ...request, after: place?.id });
    return json(context, {
      deliveries: deliveries.map(deliveryView),
      next: next === undefined ? null : encodeDeliveryCursor(next),
    });
  });

  app.get("/deliveries/:id", read, async (context) => {
    const found = await quarantine.find(context.req.param("id"));
    return "kind" in found
      ? problem(context, found.code, found.detail)
      : json(context, keptView(found.record, found.kept));
  });

  app.post("/deliveries/:id/replay", write, async (context) => {
    const [replayed] = await quarantine.replay([context.req.param("id")]);
    return answer(context, replayed!);
  });

  app.delete("/deliveries/:id", write, async (context) =>
    answer(context, await quarantine.discard(context.req.param("id"))),
  );
  return app;
}

function answer(context: Context, done: QuarantineOutcome): Response {
  return done.kind === "done"
    ? json(context, { delivery: done.delivery, events: done.events })
    : problem(context, done.code, done.detail);
}

function deliveryView({ id, source, receivedAt, outcome: ended, events }: DeliveryRecord) {
  return {
    id,
    source,
    receivedAt: formatTime(receivedAt),
    outcome: ended,
    events: events.map(({ id: event, ...rest }) => ({ event, ...rest })),
  };
}

/** The body as text where it is UTF-8, which is what nearly every sender sends. */
function keptView(record: DeliveryRecord, kept: KeptDelivery) {
  const text = decodeUtf8(kept.body);
  return {
    ...deliveryView(record),
    eventType: kept.urlEventType ?? null,
    contentType: kept.contentType ?? null,
    headers: new Map(Object.entries(kept.headers)),
    query: kept.query,
    ...(text === undefined
      ? { bodyBase64: Buffer.from(kept.body).toString("base64") }
      : { body: text }),
  };
}
