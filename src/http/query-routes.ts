/** Questions about single people, and what happened to all of them, under `/v1`. */
import { z } from "zod";
import { changesSchema } from "../../schema/http/change.ts";
import { cursorSchema, referenceSchema } from "../../schema/http/common.ts";
import { explanationSchema } from "../../schema/http/explanation.ts";
import { journeySchema } from "../../schema/http/journey.ts";
import { graphSchema } from "../../schema/http/link.ts";
import { profileSchema } from "../../schema/http/profile.ts";
import { statisticsSchema } from "../../schema/http/statistics.ts";
import type { Settings } from "../config/config.ts";
import { parseTime } from "../extract/time.ts";
import type { Queries } from "../queries/queries.ts";
import type { Reader } from "../reading/reader.ts";
import type { Service } from "../service.ts";
import { VARYING } from "./accept.ts";
import { json, jsonText, limitSchema, negotiatedJson, nobody } from "./answers.ts";
import { decodeCursor } from "../queries/cursor.ts";
import { journeyType, streamJourney } from "./journey-stream.ts";
import type { Api } from "./operation.ts";
import { problem } from "./problem.ts";

const tag = "people";

const time = z.string().transform((text, context) => {
  const milliseconds = parseTime(text);
  if (milliseconds !== undefined) return milliseconds;
  context.addIssue({ code: "custom", message: "expected a time such as 2026-01-31T12:00:00Z" });
  return z.NEVER;
});

function journeyParameters(pageSizeMax: number) {
  return z.strictObject({
    from: time
      .meta({ description: "Occurred at or after this time.", examples: ["2026-01-01"] })
      .optional(),
    to: time
      .meta({ description: "Occurred before this time.", examples: ["2026-01-31T12:00:00Z"] })
      .optional(),
    type: z.string().meta({ description: "Only events of this type." }).optional(),
    source: z.string().meta({ description: "Only events of this source." }).optional(),
    order: z
      .enum(["asc", "desc"])
      .default("asc")
      .meta({ description: "The first or the last first." }),
    limit: limitSchema(pageSizeMax),
    cursor: cursorSchema.optional(),
  });
}

/** `onError` is told of what fails after an answer has begun. */
export function addQueries(
  api: Api,
  { queries, reader }: Pick<Service, "queries" | "reader">,
  settings: Settings,
  onError: (error: unknown) => void,
): void {
  addPeople(api, queries, reader);
  addJourney(api, { queries, reader }, settings, onError);
  addExplanation(api, queries);
  addChanges(api, queries, settings);
}

function addPeople(api: Api, queries: Queries, reader: Reader): void {
  api.add(
    {
      id: "readProfile",
      method: "get",
      path: "/v1/profiles/{ref}",
      tag,
      scope: "read",
      summary: "One person: identifiers, former ids, traits with their origin",
      answer: profileSchema,
      problems: ["not-found"],
    },
    async ({ context, parameter }) => {
      const text = await reader.read({ kind: "profile", reference: parameter("ref") });
      return text === undefined ? nobody(context) : jsonText(context, text);
    },
  );

  api.add(
    {
      id: "readGraph",
      method: "get",
      path: "/v1/profiles/{ref}/graph",
      tag,
      scope: "read",
      summary: "The links of a person, followed or not, and why",
      answer: graphSchema,
      problems: ["not-found"],
    },
    async ({ context, parameter }) => {
      const graph = await queries.graph(parameter("ref"));
      return graph === undefined ? nobody(context) : json(context, graph);
    },
  );
}

function addJourney(
  api: Api,
  { queries, reader }: Pick<Service, "queries" | "reader">,
  { limits: { pageSizeMax } }: Settings,
  onError: (error: unknown) => void,
): void {
  api.add(
    {
      id: "readJourney",
      method: "get",
      path: "/v1/profiles/{ref}/journey",
      tag,
      scope: "read",
      summary: "A person's events in the order they occurred",
      description:
        "A cursor stays a place whatever is merged or split: no event twice, none missing. As NDJSON or CSV the whole journey comes at once, without limit and cursor.",
      query: journeyParameters(pageSizeMax),
      answer: journeySchema,
      streams: {
        "application/x-ndjson": "One event a line, as in `events`.",
        "text/csv": "One event a line below the names of the columns; the payload is JSON text.",
      },
      problems: ["not-found", "not-acceptable"],
    },
    async ({ context, query: { cursor, ...query }, parameter }) => {
      const type = journeyType(context);
      if (typeof type !== "string") return type;
      if (type !== "application/json") {
        context.header("Vary", VARYING.Vary);
        return streamJourney(context, type, query, { queries, pageSizeMax, onError });
      }
      const place = cursor === undefined ? undefined : decodeCursor(cursor, query.order);
      if (place !== undefined && "fault" in place) {
        context.header("Vary", VARYING.Vary);
        return problem(context, "bad-request", `The cursor cannot be used: ${place.fault}.`);
      }
      const text = await reader.read({
        kind: "journey",
        reference: parameter("ref"),
        query: { ...query, after: place?.stamp },
      });
      if (text !== undefined) return negotiatedJson(text);
      context.header("Vary", VARYING.Vary);
      return nobody(context);
    },
  );
}

function addExplanation(api: Api, queries: Queries): void {
  api.add(
    {
      id: "explain",
      method: "get",
      path: "/v1/explain",
      tag,
      scope: "read",
      summary: "Why two references are one person, or why not",
      query: z.strictObject({
        a: referenceSchema.meta({ examples: ["chat:T1/U7"] }),
        b: referenceSchema,
      }),
      answer: explanationSchema,
      problems: ["not-found"],
    },
    async ({ context, query: { a, b } }) => {
      const explanation = await queries.explain(a, b);
      if (explanation !== undefined) return json(context, explanation);
      return nobody(context, (await queries.isKnown(a)) ? b : a);
    },
  );
}

function addChanges(api: Api, queries: Queries, settings: Settings): void {
  api.add(
    {
      id: "listChanges",
      method: "get",
      path: "/v1/changes",
      tag,
      scope: "read",
      summary: "The feed of what happened to people, in order",
      query: z.strictObject({
        after: z.coerce
          .number("expected a number")
          .int("expected a whole number")
          .min(0, "expected 0 or more")
          .default(0)
          .meta({ description: "The last `next`, or 0 for all there is." }),
        limit: limitSchema(settings.limits.pageSizeMax),
      }),
      answer: changesSchema,
    },
    async ({ context, query: { after, limit } }) =>
      json(context, await queries.changes(after, limit)),
  );
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
