/** Decisions under `/v1`: who is who, ruled by people. */
import { Hono, type Context } from "hono";
import { z } from "zod";
import type { Settings } from "../config/config.ts";
import type { DecisionOutcome, Decisions } from "../decisions.ts";
import { keyNameOf, type Access } from "./access.ts";
import { flagSchema, json, limitSchema, readBody, readParameters } from "./answers.ts";
import { problem } from "./problem.ts";

const TEXT_CHARACTERS_MAX = 1000;

const text = (what: string) =>
  z
    .string(`expected ${what}`)
    .trim()
    .min(1, `expected ${what}`)
    .max(TEXT_CHARACTERS_MAX, `expected at most ${TEXT_CHARACTERS_MAX} characters`);

const decisionBody = z.strictObject({
  kind: z.enum(["join", "split"], "expected join or split"),
  a: text("a reference: a profile id or namespace:value"),
  b: text("a reference: a profile id or namespace:value"),
  reason: text("a reason, for whoever reads it later"),
  by: text("the name of who decides").optional(),
  override: z.boolean("expected true or false").optional(),
  dryRun: z.boolean("expected true or false").optional(),
});

export function decisionRoutes(decisions: Decisions, settings: Settings, access: Access): Hono {
  const app = new Hono();
  const read = access.requireScope("read");
  const write = access.requireScope("write");
  const listParameters = z.strictObject({
    limit: limitSchema(settings.limits.pageSizeMax),
    cursor: z.string().optional(),
    takenBack: flagSchema(),
  });
  const dryRunParameters = z.strictObject({ dryRun: flagSchema() });

  app.post("/decisions", write, async (context) => {
    const parameters = readParameters(context, dryRunParameters);
    if ("answer" in parameters) return parameters.answer;
    const body = await readBody(context, decisionBody);
    if ("answer" in body) return body.answer;
    const { dryRun = parameters.value.dryRun, by = keyNameOf(context), ...request } = body.value;
    return answer(context, await decisions.decide({ ...request, by, dryRun }));
  });

  app.get("/decisions/:id", read, async (context) => {
    const decision = await decisions.find(context.req.param("id"));
    return decision === undefined
      ? problem(context, "unknown-decision", "No decision has this id.")
      : json(context, decision);
  });

  app.get("/decisions", read, async (context) => {
    const parameters = readParameters(context, listParameters);
    if ("answer" in parameters) return parameters.answer;
    const { cursor, ...request } = parameters.value;
    const page = await decisions.list({ ...request, after: cursor });
    return page === undefined
      ? problem(
          context,
          "bad-request",
          "The cursor cannot be used: it was not made by this service.",
        )
      : json(context, page);
  });

  app.delete("/decisions/:id", write, async (context) => {
    const parameters = readParameters(context, dryRunParameters);
    if ("answer" in parameters) return parameters.answer;
    const { dryRun } = parameters.value;
    return answer(context, await decisions.takeBack(context.req.param("id"), dryRun));
  });
  return app;
}

function answer(context: Context, outcome: DecisionOutcome): Response {
  return outcome.kind === "decided"
    ? json(context, outcome.effect)
    : problem(context, outcome.code, outcome.detail);
}
