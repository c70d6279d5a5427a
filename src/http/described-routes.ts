/** How the description tells what is no operation of the query API: webhooks, health, and the description itself. */
import type { RouteConfig } from "@hono/zod-openapi";
import { z } from "zod";
import { receiptSchema } from "../../schema/http/receipt.ts";
import { problemAnswers } from "./described-problems.ts";
import type { ProblemCode } from "./problem.ts";

const SOURCE = z
  .string()
  .meta({ description: "A source of the configuration.", examples: ["chat"] });
const EVENT_TYPE = z
  .string()
  .meta({ description: "The type of the events that are sent.", examples: ["page-view"] });
const TOKEN = z.string().meta({
  description: "For senders that can prove themselves by nothing but the address.",
});

const PAYLOAD = {
  type: "message",
  event_id: "E1",
  event_time: "2026-01-31T12:00:00Z",
  team_id: "T1",
  event: { user: { id: "U7" } },
};
const FORM = { submission_id: "s1", email: "ann@example.com" };

const JSON_BODY = z
  .union([z.record(z.string(), z.unknown()), z.array(z.unknown())])
  .meta({ description: "One event, or a list, one event an element." });
const FORM_BODY = z
  .record(z.string(), z.union([z.string(), z.array(z.string())]))
  .meta({ description: "The fields of a form." });

/** In the order in which clients that know one alone should take it. */
const BODY = {
  required: true,
  content: {
    "application/json": { schema: JSON_BODY, example: PAYLOAD },
    "application/x-ndjson": {
      schema: z.string().meta({ description: "One event a line." }),
      example: `${JSON.stringify(PAYLOAD)}\n`,
    },
    "application/x-www-form-urlencoded": { schema: FORM_BODY, example: FORM },
    "multipart/form-data": { schema: FORM_BODY, example: FORM },
  },
};

const REFUSALS: readonly ProblemCode[] = [
  "unparseable",
  "unverified",
  "disabled-source",
  "forbidden-origin",
  "unknown-source",
  "too-slow",
  "body-too-large",
  "unknown-content-type",
  "rate-limited",
  "internal",
  "overloaded",
  "store-unavailable",
  "rules-superseded",
];

function ingress(operationId: string, path: string, parameters: z.ZodRawShape): RouteConfig {
  return {
    operationId,
    method: "post",
    path,
    tags: ["webhooks"],
    summary: "Send events of a source",
    description:
      "What can be read and not be mapped is answered 200 and kept in quarantine; no sender's hook should be disabled for it. A source with `respond: empty` is answered without a body, and one with `redirectTo` sends a browser there.",
    security: [],
    request: { params: z.object(parameters), body: BODY },
    responses: {
      200: {
        description: "What became of each event.",
        content: { "application/json": { schema: receiptSchema } },
      },
      303: { description: "To the page that the source configures." },
      ...problemAnswers(REFUSALS),
    },
  };
}

function health(operationId: string, path: string, summary: string, status: string): RouteConfig {
  return {
    operationId,
    method: "get",
    path,
    tags: ["operation"],
    summary,
    security: [],
    responses: {
      200: {
        description: `${summary}: yes.`,
        content: { "application/json": { schema: z.strictObject({ status: z.literal(status) }) } },
      },
      ...problemAnswers(["internal", "store-unavailable"]),
    },
  };
}

function published(
  operationId: string,
  path: string,
  summary: string,
  type: string,
  schema: z.ZodType,
): RouteConfig {
  return {
    operationId,
    method: "get",
    path,
    tags: ["operation"],
    summary,
    security: [],
    responses: {
      200: { description: `${summary}.`, content: { [type]: { schema } } },
      304: { description: "It is the one that If-None-Match names." },
      ...problemAnswers(["not-found", "internal"]),
    },
  };
}

export const OTHER_ROUTES: readonly RouteConfig[] = [
  ingress("sendWebhook", "/webhooks/{source}", { source: SOURCE }),
  ingress("sendWebhookWithToken", "/webhooks/{source}/{token}", { source: SOURCE, token: TOKEN }),
  ingress("collect", "/collect/{eventType}/{source}", { eventType: EVENT_TYPE, source: SOURCE }),
  ingress("collectWithToken", "/collect/{eventType}/{source}/{token}", {
    eventType: EVENT_TYPE,
    source: SOURCE,
    token: TOKEN,
  }),
  health("readHealth", "/healthz", "Is it up", "ok"),
  health("readReadiness", "/readyz", "Can it do its work", "ready"),
  published(
    "readDescription",
    "/openapi.json",
    "This description",
    "application/json",
    z.record(z.string(), z.unknown()),
  ),
  published(
    "readDocumentation",
    "/docs",
    "This description, to be read and tried in a browser",
    "text/html",
    z.string(),
  ),
];
