/** Rules under `/v1`: those in force, and what others would make of everybody. Nothing here changes anything. */
import { whatIfSchema } from "../../schema/config.ts";
import { rulesSchema, whatIfEffectSchema } from "../../schema/http/rules.ts";
import { formatPath } from "../config/config-text.ts";
import { ruleWarnings } from "../config/config-warnings.ts";
import type { Settings } from "../config/config.ts";
import { compileRules } from "../config/rules-config.ts";
import type { Queries } from "../queries/queries.ts";
import type { Rulebook } from "../rulebook.ts";
import { badRequest, json } from "./answers.ts";
import type { Api } from "./operation.ts";

const tag = "rules";

export function addRules(api: Api, queries: Queries, rulebook: Rulebook, settings: Settings): void {
  api.add(
    {
      id: "readRules",
      method: "get",
      path: "/v1/rules",
      tag,
      scope: "read",
      summary: "The identity rules in force",
      answer: rulesSchema,
    },
    async ({ context }) => json(context, await queries.rules()),
  );

  api.add(
    {
      id: "askWhatIf",
      method: "post",
      path: "/v1/what-if",
      tag,
      scope: "read",
      summary: "What other rules would change",
      description:
        "What is posted replaces the rules of all namespaces; one that is left out has the defaults. Nothing changes.",
      body: whatIfSchema,
      example: { identity: { namespaces: { email: { limit: 1, block: ["noreply@*"] } } } },
      answer: whatIfEffectSchema,
      problems: ["rules-superseded"],
    },
    async ({ context, body: { identity, limits = {} } }) => {
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
    },
  );
}
