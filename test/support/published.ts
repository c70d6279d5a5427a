/**
 * Holds answers to what is published of them: the description is read as a client reads it, from `/openapi.json`, and an
 * answer below `/v1` whose status, type or shape it does not tell fails the test that got it.
 */
import type { Hono } from "hono";
import { z } from "zod";
import type { DescribedOperation, Description } from "./description.ts";

/** An answer as far as it is held to the description. */
export interface GivenAnswer {
  readonly method: string;
  /** Without the query string. */
  readonly path: string;
  readonly status: number;
  /** Without its parameters; undefined where there is none. */
  readonly type: string | undefined;
  /** What JSON holds; undefined for other types. */
  readonly body?: unknown;
}

/** A faulty 404 of an address that nobody declared is no operation's. */
const BEYOND_OPERATIONS = new Set([401, 403, 404, 405]);

export class Published {
  readonly #paths: readonly {
    readonly pattern: RegExp;
    readonly operations: Readonly<Record<string, DescribedOperation>>;
  }[];
  readonly #definitions: object;
  readonly #schemas = new Map<string, z.ZodType>();

  constructor({ paths, components }: Description) {
    this.#paths = Object.entries(paths).map(([path, operations]) => ({
      pattern: new RegExp(`^${path.replaceAll(".", "\\.").replaceAll(/\{\w+\}/g, "[^/]+")}/?$`),
      operations,
    }));
    this.#definitions = definable(components.schemas) as object;
  }

  /** What is wrong with an answer; undefined where it is as published. */
  faultOf({ method, path, status, type, body }: GivenAnswer): string | undefined {
    const at = `${method} ${path}, answered ${status} ${type}`;
    const found = this.#paths.find(({ pattern }) => pattern.test(path));
    const operation = found?.operations[method === "HEAD" ? "get" : method.toLowerCase()];
    if (operation === undefined) {
      if (!BEYOND_OPERATIONS.has(status))
        return `${at}: no such operation is published; declare it with Api.add`;
      const fault = type === PROBLEM ? this.#fault("problem", PROBLEM_REFERENCE, body) : "";
      return fault === undefined ? undefined : `${at}: expected a problem ${fault}`;
    }
    const { operationId, responses } = operation;
    const content = responses[status]?.content;
    if (content === undefined)
      return `${at}: ${operationId} publishes no such status; ${toDeclare(type, body)}`;
    if (method === "HEAD") return undefined;
    const media = content[type ?? ""];
    if (media === undefined)
      return `${at}: ${operationId} publishes only ${Object.keys(content).join(", ")}; name the type in streams of the operation`;
    if (body === undefined) return undefined;
    const fault = this.#fault(`${operationId} ${status} ${type}`, media.schema ?? {}, body);
    if (fault !== undefined) return `${at}: not as the schema of ${operationId} says: ${fault}`;
    if (type !== PROBLEM) return undefined;
    const isDeclared = Object.hasOwn(media.examples ?? {}, codeOf(body) ?? "");
    return isDeclared ? undefined : `${at}: ${toDeclare(type, body)} of ${operationId}`;
  }

  #fault(name: string, schema: object, body: unknown): string | undefined {
    const known = this.#schemas.get(name) ?? this.#compile(schema);
    this.#schemas.set(name, known);
    const read = known.safeParse(body);
    return read.success ? undefined : z.prettifyError(read.error);
  }

  #compile(schema: object): z.ZodType {
    return z.fromJSONSchema({
      ...(definable(schema) as object),
      $defs: this.#definitions,
    } as Parameters<typeof z.fromJSONSchema>[0]);
  }
}

const PROBLEM = "application/problem+json";
const PROBLEM_REFERENCE = { $ref: "#/components/schemas/Problem" };

/** Schemas refer to their neighbours in the description; by themselves they have to bring them along. */
function definable(value: unknown): unknown {
  const text = JSON.stringify(value).replaceAll("#/components/schemas/", "#/$defs/");
  return JSON.parse(text) as unknown;
}

function codeOf(body: unknown): string | undefined {
  const { type } = (body ?? {}) as { readonly type?: string };
  return type?.split(":").at(-1);
}

function toDeclare(type: string | undefined, body: unknown): string {
  return type === PROBLEM
    ? `add ${JSON.stringify(codeOf(body))} to the problems`
    : "declare what is answered";
}

let published: Promise<Published> | undefined;

/** The description is the same for every app but for how long a page may be, which no answer is held to. */
function publishedBy(app: Hono): Promise<Published> {
  published ??= readPublished(app);
  return published;
}

async function readPublished(app: Hono): Promise<Published> {
  const answer = await app.request("/openapi.json");
  return new Published((await answer.json()) as Description);
}

/** From now on a request to the app is rejected where the answer is not as published. */
export function holdToDescription(app: Hono): Hono {
  const original = app.fetch;
  app.fetch = async (request, ...rest) => {
    const answer = await original(request, ...rest);
    const { pathname } = new URL(request.url);
    // A page's question whether it may ask at all is no operation.
    if (!pathname.startsWith("/v1") || request.method === "OPTIONS") return answer;
    const type = answer.headers.get("content-type")?.split(";")[0]?.trim();
    const isJson = type !== undefined && /[/+]json$/.test(type) && request.method !== "HEAD";
    const given = {
      method: request.method,
      path: pathname,
      status: answer.status,
      type,
      ...(isJson ? { body: await answer.clone().json() } : {}),
    };
    const fault = (await publishedBy(app)).faultOf(given);
    if (fault !== undefined) throw new Error(fault);
    return answer;
  };
  return app;
}
