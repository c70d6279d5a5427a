/** Rules under `/v1`: those in force, and what others would make of everybody. Nothing here changes anything. */
import { Hono } from "hono";
import { whatIfSchema } from "../../schema/config.ts";
import { formatPath } from "../config/config-text.ts";
import { ruleWarnings } from "../config/config-warnings.ts";
import type { Settings } from "../config/config.ts";
import { compileRules } from "../config/rules-config.ts";
import type { Queries } from "../queries/queries.ts";
import type { Rulebook } from "../rulebook.ts";
import { badRequest, json, noParameters, readBody, readParameters } from "./answers.ts";

/** To be mounted behind `requireScope`. */
export function rulesRoutes(queries: Queries, rulebook: Rulebook, settings: Settings): Hono {
  const app = new Hono();

  app.get("/rules", async (context) => {
    const parameters = readParameters(context, noParameters);
    return "answer" in parameters ? parameters.answer : json(context, await queries.rules());
  });

  app.post("/what-if", async (context) => {
    const parameters = readParameters(context, noParameters);
    if ("answer" in parameters) return parameters.answer;
    const body = await readBody(context, whatIfSchema);
    if ("answer" in body) return body.answer;
    const { identity, limits = {} } = body.value;
    const {
      identifiersPerProfileMax = settings.limits.identifiersPerProfileMax,
      identifiersPerComponentMax = settings.limits.identifiersPerComponentMax,
    } = limits;
    const compiled = compileRules(identity, {
      identifiersPerProfileMax,
      identifiersPerComponentMax,
    });
    if ("faults" in compiled) return badRequest(context, compiled.faults);
    const warnings = [...compiled.warnings, ...ruleWarnings(identity, settings.sources.values())];
    return json(context, {
      warnings: warnings.map(({ path, message }) => ({ path: formatPath(path), message })),
      ...(await rulebook.whatIf(compiled)),
    });
  });
  return app;
}
