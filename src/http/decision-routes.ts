/** Decisions under `/v1`: who is who, ruled by people. */
import type { Context } from "hono";
import { z } from "zod";
import { cursorSchema, decisionIdSchema } from "../../schema/http/common.ts";
import {
  decisionEffectSchema,
  decisionRequestSchema,
  decisionSchema,
  decisionsPageSchema,
} from "../../schema/http/decision.ts";
import type { Settings } from "../config/config.ts";
import type { DecisionOutcome, Decisions } from "../decisions.ts";
import { keyNameOf } from "./access.ts";
import { flagSchema, json, limitSchema } from "./answers.ts";
import type { Api } from "./operation.ts";
import { problem } from "./problem.ts";

const tag = "decisions";
const dryRunParameters = z.strictObject({
  dryRun: flagSchema().meta({ description: "Only tell what would change." }),
});
const parameters = { id: decisionIdSchema };

export function addDecisions(api: Api, decisions: Decisions, settings: Settings): void {
  addRuling(api, decisions);
  addReading(api, decisions, settings);
}

function addRuling(api: Api, decisions: Decisions): void {
  api.add(
    {
      id: "decide",
      method: "post",
      path: "/v1/decisions",
      tag,
      scope: "write",
      summary: "Rule that two identifiers are one person, or two",
      description:
        "It stands until it is taken back, whatever arrives and however often everything is rebuilt.",
      query: dryRunParameters,
      body: decisionRequestSchema,
      example: {
        kind: "split",
        a: "chat:T1/U7",
        b: "email:ann@example.com",
        reason: "a shared laptop",
        by: "Eve",
        dryRun: true,
      },
      answer: decisionEffectSchema,
      problems: ["unknown-reference", "bad-decision", "contradiction"],
    },
    async ({ context, query, body }) => {
      const { dryRun = query.dryRun, by = keyNameOf(context), ...request } = body;
      return answer(context, await decisions.decide({ ...request, by, dryRun }));
    },
  );

  api.add(
    {
      id: "takeDecisionBack",
      method: "delete",
      path: "/v1/decisions/{id}",
      tag,
      scope: "write",
      summary: "Take a decision back",
      parameters,
      query: dryRunParameters,
      answer: decisionEffectSchema,
      problems: ["unknown-decision"],
    },
    async ({ context, query, parameter }) =>
      answer(context, await decisions.takeBack(parameter("id"), query.dryRun)),
  );
}

function addReading(api: Api, decisions: Decisions, settings: Settings): void {
  api.add(
    {
      id: "readDecision",
      method: "get",
      path: "/v1/decisions/{id}",
      tag,
      scope: "read",
      summary: "One decision, also one that was taken back",
      parameters,
      answer: decisionSchema,
      problems: ["unknown-decision"],
    },
    async ({ context, parameter }) => {
      const decision = await decisions.find(parameter("id"));
      return decision === undefined
        ? problem(context, "unknown-decision", "No decision has this id.")
        : json(context, decision);
    },
  );

  api.add(
    {
      id: "listDecisions",
      method: "get",
      path: "/v1/decisions",
      tag,
      scope: "read",
      summary: "What people ruled, in the order in which they did",
      query: z.strictObject({
        limit: limitSchema(settings.limits.pageSizeMax),
        cursor: cursorSchema.optional(),
        takenBack: flagSchema().meta({ description: "Also those that were taken back." }),
      }),
      answer: decisionsPageSchema,
    },
    async ({ context, query: { cursor, ...request } }) => {
      const page = await decisions.list({ ...request, after: cursor });
      return page === undefined
        ? problem(
            context,
            "bad-request",
            "The cursor cannot be used: it was not made by this service.",
          )
        : json(context, page);
    },
  );
}

function answer(context: Context, outcome: DecisionOutcome): Response {
  return outcome.kind === "decided"
    ? json(context, outcome.effect)
    : problem(context, outcome.code, outcome.detail);
}
