/** The query API under `/v1`. */
import { Hono } from "hono";
import { z } from "zod";
import { statisticsSchema } from "../../schema/http/statistics.ts";
import type { Settings } from "../config/config.ts";
import { parseTime } from "../extract/time.ts";
import type { Queries } from "../queries/queries.ts";
import { json, limitSchema, nobody, readParameters } from "./answers.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";
import { journeyType, streamJourney } from "./journey-stream.ts";
import type { Api } from "./operation.ts";
import { problem } from "./problem.ts";
import { eventRecord, profileRecord } from "./records.ts";

const time = z.string().transform((text, context) => {
  const milliseconds = parseTime(text);
  if (milliseconds !== undefined) return milliseconds;
  context.addIssue({ code: "custom", message: "expected a time such as 2026-01-31T12:00:00Z" });
  return z.NEVER;
});

function journeySchema(pageSizeMax: number) {
  return z.strictObject({
    from: time.optional(),
    to: time.optional(),
    type: z.string().optional(),
    source: z.string().optional(),
    order: z.enum(["asc", "desc"]).default("asc"),
    limit: limitSchema(pageSizeMax),
    cursor: z.string().optional(),
  });
}

const explainParameters = z.strictObject({
  a: z.string("expected a reference"),
  b: z.string("expected a reference"),
});

/** To be mounted behind `requireScope`. */
export function queryRoutes(
  queries: Queries,
  settings: Settings,
  onError: (error: unknown) => void,
): Hono {
  const app = new Hono();
  const journeyParameters = journeySchema(settings.limits.pageSizeMax);
  const changesParameters = z.strictObject({
    after: z.coerce
      .number("expected a number")
      .int("expected a whole number")
      .min(0, "expected 0 or more")
      .default(0),
    limit: limitSchema(settings.limits.pageSizeMax),
  });
  app.get("/profiles/:ref", async (context) => {
    const profile = await queries.profile(context.req.param("ref"));
    if (profile === undefined) return nobody(context);
    return json(context, profileRecord(profile));
  });

  app.get("/profiles/:ref/journey", async (context) => {
    const type = journeyType(context);
    if (typeof type !== "string") return type;
    const parameters = readParameters(context, journeyParameters);
    if ("answer" in parameters) return parameters.answer;
    const { cursor, ...query } = parameters.value;
    if (type !== "application/json") {
      const { pageSizeMax } = settings.limits;
      return streamJourney(context, type, query, { queries, pageSizeMax, onError });
    }
    const place = cursor === undefined ? undefined : decodeCursor(cursor, query.order);
    if (place !== undefined && "fault" in place)
      return problem(context, "bad-request", `The cursor cannot be used: ${place.fault}.`);
    const journey = await queries.journey(context.req.param("ref"), {
      ...query,
      after: place?.stamp,
    });
    if (journey === undefined) return nobody(context);
    return json(context, {
      profile: journey.profile,
      events: journey.events.map(eventRecord),
      next: journey.next === null ? null : encodeCursor(query.order, journey.next),
    });
  });

  app.get("/profiles/:ref/graph", async (context) => {
    const graph = await queries.graph(context.req.param("ref"));
    return graph === undefined ? nobody(context) : json(context, graph);
  });

  app.get("/explain", async (context) => {
    const parameters = readParameters(context, explainParameters);
    if ("answer" in parameters) return parameters.answer;
    const explanation = await queries.explain(parameters.value.a, parameters.value.b);
    if (explanation !== undefined) return json(context, explanation);
    const { a } = parameters.value;
    return nobody(context, (await queries.isKnown(a)) ? parameters.value.b : a);
  });

  app.get("/changes", async (context) => {
    const parameters = readParameters(context, changesParameters);
    if ("answer" in parameters) return parameters.answer;
    return json(context, await queries.changes(parameters.value.after, parameters.value.limit));
  });

  return app;
}

export function addStatistics(api: Api, queries: Queries): void {
  api.add(
    {
      id: "readStatistics",
      method: "get",
      path: "/v1/stats",
      tag: "operation",
      scope: "read",
      summary: "How many of what there are",
      answer: statisticsSchema,
    },
    async ({ context }) => json(context, await queries.stats()),
  );
}
