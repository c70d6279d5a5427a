/** Deliveries under `/v1`: what became of them, and what lies in quarantine to be replayed or discarded. */
import type { Context } from "hono";
import { z } from "zod";
import { cursorSchema, deliveryIdSchema } from "../../schema/http/common.ts";
import {
  deliveriesPageSchema,
  keptDeliverySchema,
  listedOutcomeSchema,
} from "../../schema/http/delivery.ts";
import { receiptSchema } from "../../schema/http/receipt.ts";
import type { Settings } from "../config/config.ts";
import { decodeUtf8 } from "../extract/body.ts";
import { formatTime } from "../extract/time.ts";
import type { Quarantine, QuarantineOutcome } from "../quarantine.ts";
import type { DeliveryRecord, KeptDelivery } from "../store/deliveries.ts";
import { json, limitSchema } from "./answers.ts";
import { decodeDeliveryCursor, encodeDeliveryCursor } from "../queries/cursor.ts";
import type { Api } from "./operation.ts";
import { problem } from "./problem.ts";

const tag = "deliveries";
const parameters = { id: deliveryIdSchema };

export function addDeliveries(api: Api, quarantine: Quarantine, settings: Settings): void {
  addReading(api, quarantine, settings);
  addSettling(api, quarantine);
}

function addReading(api: Api, quarantine: Quarantine, settings: Settings): void {
  api.add(
    {
      id: "listDeliveries",
      method: "get",
      path: "/v1/deliveries",
      tag,
      scope: "read",
      summary: "Deliveries that left more than counts, the last received first",
      description: "A page may be short, or empty, and still have a `next`.",
      query: z.strictObject({
        source: z.string().meta({ description: "Only those of this source." }).optional(),
        outcome: listedOutcomeSchema.meta({ description: "Only those that ended so." }).optional(),
        limit: limitSchema(settings.limits.pageSizeMax),
        cursor: cursorSchema.optional(),
      }),
      answer: deliveriesPageSchema,
    },
    async ({ context, query: { cursor, ...request } }) => {
      const place = cursor === undefined ? undefined : decodeDeliveryCursor(cursor);
      if (place !== undefined && "fault" in place)
        return problem(context, "bad-request", `The cursor cannot be used: ${place.fault}.`);
      const { deliveries, next } = await quarantine.list({ ...request, after: place?.id });
      return json(context, {
        deliveries: deliveries.map(deliveryView),
        next: next === undefined ? null : encodeDeliveryCursor(next),
      });
    },
  );

  api.add(
    {
      id: "readDelivery",
      method: "get",
      path: "/v1/deliveries/{id}",
      tag,
      scope: "read",
      summary: "A delivery in quarantine, as it came",
      parameters,
      answer: keptDeliverySchema,
      problems: ["unknown-delivery"],
    },
    async ({ context, parameter }) => {
      const found = await quarantine.find(parameter("id"));
      return "kind" in found
        ? problem(context, found.code, found.detail)
        : json(context, keptView(found.record, found.kept));
    },
  );
}

function addSettling(api: Api, quarantine: Quarantine): void {
  api.add(
    {
      id: "replayDelivery",
      method: "post",
      path: "/v1/deliveries/{id}/replay",
      tag,
      scope: "write",
      summary: "Take a delivery in quarantine again, by the configuration as it is now",
      parameters,
      answer: receiptSchema,
      problems: ["unknown-delivery", "unconfigured-source"],
    },
    async ({ context, parameter }) => {
      const [replayed] = await quarantine.replay([parameter("id")]);
      return answer(context, replayed!);
    },
  );

  api.add(
    {
      id: "discardDelivery",
      method: "delete",
      path: "/v1/deliveries/{id}",
      tag,
      scope: "write",
      summary: "Let what lies in quarantine of a delivery go for good",
      parameters,
      answer: receiptSchema,
      problems: ["unknown-delivery"],
    },
    async ({ context, parameter }) => answer(context, await quarantine.discard(parameter("id"))),
  );
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
