/**
 * Operations: what a route of the query API takes and answers, declared once. The same declaration reads and refuses requests,
 * asks for the scope, and is published as OpenAPI, so that none of the three can say something else than the others.
 */
import { Hono, type Context, type MiddlewareHandler } from "hono";
import type { z } from "zod";
import type { Scope } from "./access.ts";
import { noParameters, parameterReader, readBody } from "./answers.ts";
import { problem, type ProblemCode } from "./problem.ts";

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
  /**
   * What the braces of the path hold, as published; nothing is refused for it. Default: `{ref}` is a reference, any other
   * a text that the description says nothing of.
   */
  readonly parameters?: Readonly<Record<string, z.ZodType>>;
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

interface Asked<Query, Body> {
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
  readonly operations: Operation[] = [];
  readonly #app = new Hono({ strict: false });
  readonly #requireScope: (scope: Scope) => MiddlewareHandler;

  constructor(requireScope: (scope: Scope) => MiddlewareHandler) {
    this.#requireScope = requireScope;
  }

  add<Query extends z.ZodType = typeof noParameters, Body extends z.ZodType = z.ZodUndefined>(
    operation: Operation<Query, Body>,
    answer: Answer<Query, Body>,
  ): void {
    this.operations.push(operation);
    const path = routeOf(operation.path);
    const guard = this.#requireScope(operation.scope);
    const readParameters = parameterReader(operation.query ?? noParameters);
    this.#app.on(operation.method.toUpperCase(), path, guard, async (context) => {
      const query = readParameters(context);
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

  /**
   * The routes, to be asked for when all are added. Below /v1 a key is asked for first, whatever the address: who has none
   * does not learn what there is.
   */
  routes(): Hono {
    this.#app.use("/v1/*", this.#requireScope("read"));
    for (const path of new Set(this.operations.map((operation) => operation.path)))
      this.#app.all(routeOf(path), (context) => this.#refuseMethod(context, path));
    return this.#app;
  }

  #refuseMethod(context: Context, path: string): Response {
    const methods = this.operations
      .filter((operation) => operation.path === path)
      .map(({ method }) => method.toUpperCase());
    context.header("Allow", methods.join(", "));
    return problem(context, "method-not-allowed", `This address takes ${methods.join(" and ")}.`);
  }
}

/** As the router writes it: `/v1/profiles/:ref`. */
function routeOf(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ":$1");
}
