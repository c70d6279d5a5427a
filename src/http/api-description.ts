/**
 * The description of the API, OpenAPI 3.1, made of the operations and their schemas: of what reads and refuses requests,
 * and of nothing that would have to be kept equal to it.
 */
import { OpenAPIHono, type RouteConfig } from "@hono/zod-openapi";
import { z } from "zod";
import { referenceSchema } from "../../schema/http/common.ts";
import { VERSION } from "../version.ts";
import { OTHER_ROUTES } from "./described-routes.ts";
import { problemAnswers } from "./described-problems.ts";
import type { Operation } from "./operation.ts";
import type { ProblemCode } from "./problem.ts";

export type ApiDescription = ReturnType<OpenAPIHono["getOpenAPI31Document"]>;

const TAGS: Readonly<Record<Operation["tag"] | "webhooks", string>> = {
  webhooks: "Events come in, receipts go out.",
  people: "One person, by any id that anybody ever knew: profile, journey, and why.",
  questions: "Questions about all people, each of whom counts once.",
  decisions: "Who is who, ruled by people.",
  deliveries:
    "What became of what was sent; what could not be mapped, to be replayed or discarded.",
  rules: "The identity rules in force, and what others would change.",
  operation: "Is it up, what does it hold.",
};

const OVERVIEW = `Selfsame turns webhooks into people: it groups events by each sender's own id, joins them by shared identifiers, and answers
with one person and one journey.

Times are RFC 3339 in UTC with milliseconds. Every error is a problem (RFC 9457) whose \`type\` names the fault and whose \`detail\`
says what to do about it.`;

const KEY = "apiKey";

/** What an operation may answer beyond what it declares. */
const ALWAYS: readonly ProblemCode[] = [
  "bad-request",
  "unauthorised",
  "too-many-requests",
  "forbidden",
  "internal",
  "store-unavailable",
];
const WITH_BODY: readonly ProblemCode[] = ["body-too-large"];
/** Of a process that was started with other rules than those in force now. */
const WRITING: readonly ProblemCode[] = ["rules-superseded"];

export function describeApi(operations: readonly Operation[]): ApiDescription {
  const described = new OpenAPIHono();
  const { openAPIRegistry: registry } = described;
  registry.registerComponent("securitySchemes", KEY, {
    type: "http",
    scheme: "bearer",
    description:
      "A key of `apiKeys`, with the scope that the operation names: `read`, `write`, or `admin`, which includes both. Where no keys are configured none is asked for, and only this machine is answered.",
  });
  for (const route of OTHER_ROUTES) registry.registerPath(route);
  for (const operation of operations) registry.registerPath(routeConfig(operation));
  const description = described.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "Selfsame",
      version: VERSION,
      description: OVERVIEW,
      license: { name: "MIT" },
    },
    servers: [{ url: "/" }],
    tags: Object.entries(TAGS).map(([name, about]) => ({ name, description: about })),
  });
  const paths = Object.entries(description.paths ?? {});
  return {
    ...description,
    paths: Object.fromEntries(paths.map(([path, item]) => [path, withParameterExamples(item)])),
  };
}

type PathItem = NonNullable<ApiDescription["paths"]>[string];

/** A page that lets people try an operation fills in the example that stands beside the schema, not the one in it. */
function withParameterExamples(item: PathItem): PathItem {
  const operations = Object.entries(item as Readonly<Record<string, DescribedOperation>>);
  return Object.fromEntries(
    operations.map(([method, { parameters = [], ...operation }]) => [
      method,
      { ...operation, parameters: parameters.map(withExample) },
    ]),
  );
}

interface DescribedOperation {
  readonly parameters?: readonly DescribedParameter[];
}

interface DescribedParameter {
  readonly schema?: { readonly examples?: readonly unknown[] };
  readonly example?: unknown;
}

function withExample(parameter: DescribedParameter): DescribedParameter {
  const [example] = parameter.schema?.examples ?? [];
  return example === undefined ? parameter : { ...parameter, example };
}

function routeConfig(operation: Operation): RouteConfig {
  const { id, method, path, tag, scope, summary, description, query, body, example } = operation;
  const common = [
    ...ALWAYS,
    ...(body === undefined ? [] : WITH_BODY),
    ...(scope === "read" ? [] : WRITING),
  ];
  return {
    operationId: id,
    method,
    path,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    // Other schemes than OAuth name here what the holder of the key has to be allowed to do.
    security: [{ [KEY]: [scope] }],
    request: {
      params: parametersOf(operation),
      ...(query === undefined ? {} : { query: query as z.ZodObject }),
      ...(body === undefined
        ? {}
        : { body: { required: true, content: { "application/json": { schema: body, example } } } }),
    },
    responses: {
      200: {
        description: operation.answer.description ?? `${summary}.`,
        content: contentOf(operation),
      },
      ...problemAnswers([...common, ...(operation.problems ?? [])]),
    },
  };
}

const PARAMETERS: Readonly<Record<string, z.ZodType>> = { ref: referenceSchema };

function parametersOf({ path, parameters = {} }: Operation): z.ZodObject {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
  return z.object(
    Object.fromEntries(
      names.map((name) => [name, parameters[name] ?? PARAMETERS[name] ?? z.string()]),
    ),
  );
}

function contentOf({ answer, streams = {} }: Operation) {
  const others = Object.entries(streams).map(
    ([type, description]) => [type, { schema: z.string().meta({ description }) }] as const,
  );
  return { "application/json": { schema: answer }, ...Object.fromEntries(others) };
}
