/**
 * Operations: what a route of the query API takes and answers, declared once. The same declaration reads and refuses requests,
 * asks for the scope, and is published as OpenAPI, so that none of the three can say something else than the others.
 */
import { OpenAPIHono, type z } from "@hono/zod-openapi";
import type { Context, MiddlewareHandler } from "hono";
import type { Scope } from "./access.ts";
import { noParameters, readBody, readParameters } from "./answers.ts";
import type { ProblemCode } from "./problem.ts";

export interface Operation<
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
> {
  /** A verb and its object, such as `readProfile`: what generated clients call it. */
  readonly id: string;
  readonly method: "get" | "post" | "delete";
  /** With its parameters in braces: `/v1/profiles/{ref}`. */
  readonly path: string;
  /** Under which heading it is documented. */
  readonly tag: "people" | "questions" | "decisions" | "deliveries" | "rules" | "operation";
  readonly scope: Scope;
  /** One line, without a full stop. */
  readonly summary: string;
  readonly description?: string;
  /** The parameters of the query string. Default: none, and one that is given is refused. */
  readonly query?: Query;
  /** The JSON body. Default: none is read. */
  readonly body?: Body;
  /** A body that can be sent as it is. */
  readonly example?: z.input<Body>;
  /** What a 200 holds, as JSON. */
  readonly answer: z.ZodType;
  /** Further content types of a 200, each with what one line or the whole of it is. */
  readonly streams?: Readonly<Record<string, string>>;
  /** How it may fail, beyond what the key and the shape of the request can be refused for. */
  readonly problems?: readonly ProblemCode[];
}

export interface Asked<Query, Body> {
  readonly context: Context;
  readonly query: Query;
  readonly body: Body;
  /** A parameter of the path, decoded. */
  readonly parameter: (name: string) => string;
}

type Answer<Query extends z.ZodType, Body extends z.ZodType> = (
  asked: Asked<z.output<Query>, z.output<Body>>,
) => Promise<Response> | Response;

/** The query API: a router that knows what its routes take. */
export class Api {
  readonly app = new OpenAPIHono({ strict: false });
  readonly operations: Operation[] = [];
  readonly #requireScope: (scope: Scope) => MiddlewareHandler;

  constructor(requireScope: (scope: Scope) => MiddlewareHandler) {
    this.#requireScope = requireScope;
  }

  add<Query extends z.ZodType = typeof noParameters, Body extends z.ZodType = z.ZodUndefined>(
    operation: Operation<Query, Body>,
    answer: Answer<Query, Body>,
  ): void {
    this.operations.push(operation);
    const path = operation.path.replaceAll(/\{(\w+)\}/g, ":$1");
    const guard = this.#requireScope(operation.scope);
    this.app.on(operation.method.toUpperCase(), path, guard, async (context) => {
      const query = readParameters(context, operation.query ?? noParameters);
      if ("answer" in query) return query.answer;
      const body =
        operation.body === undefined
          ? { value: undefined }
          : await readBody(context, operation.body);
      if ("answer" in body) return body.answer;
      return answer({
        context,
        query: query.value as z.output<Query>,
        body: body.value as z.output<Body>,
        parameter: (name) => context.req.param(name)!,
      });
    });
  }
}
