/** The description of the API as a client reads it, and as much of its shape as tests look at. */
import { createApp } from "../../src/http/app.ts";
import { MemoryStore } from "../../src/store/memory.ts";
import { SEEDS } from "./ids.ts";
import { openTestService, settingsFrom } from "./service.ts";

export interface DescribedSchema {
  readonly examples?: readonly unknown[];
  readonly description?: string;
}

interface Content {
  readonly schema?: DescribedSchema;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, unknown>>;
}

export interface DescribedParameter {
  readonly name: string;
  readonly in: "path" | "query";
  readonly required: boolean;
  readonly description?: string;
  readonly schema: DescribedSchema;
}

export interface DescribedOperation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly parameters?: readonly DescribedParameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Content>> };
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, Content>> }>
  >;
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
}

export interface Description {
  readonly info: { readonly version: string };
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, DescribedOperation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, DescribedSchema>> };
}

export interface RegisteredRoute {
  readonly method: string;
  readonly path: string;
}

/** Of an app that nobody has configured; what it describes does not depend on it, but for the size of pages. */
export async function readDescription(): Promise<{
  readonly description: Description;
  readonly text: string;
  /** What the app answers to, as its router has it. */
  readonly routes: readonly RegisteredRoute[];
}> {
  const yaml = "sources: {}";
  const service = await openTestService(yaml, new MemoryStore(SEEDS));
  const settings = settingsFrom(yaml);
  const fail = (error: unknown) => {
    throw error;
  };
  const app = createApp({ service, settings, onError: fail });
  const answer = await app.request("/openapi.json");
  const text = await answer.text();
  await service.close();
  return { description: JSON.parse(text) as Description, text, routes: app.routes };
}

export interface NamedOperation extends DescribedOperation {
  readonly method: string;
  readonly path: string;
}

export function operationsOf({ paths }: Pick<Description, "paths">): NamedOperation[] {
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({
      ...operation,
      method: method.toUpperCase(),
      path,
    })),
  );
}
