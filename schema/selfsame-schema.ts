/** The JSON Schema of `selfsame.yaml` for editors, made from the schema that validates it. */
import { z } from "zod";
import { configSchema } from "./config.ts";
import { sourceSchema } from "./source-config.ts";
import { schemeSchemas } from "./verify-config.ts";

interface JsonSchema {
  readonly description?: string;
  readonly anyOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | false;
  readonly [key: string]: unknown;
}

export function configJsonSchema(): object {
  const config = jsonSchemaOf(configSchema);
  const { sources, ...others } = config.properties!;
  return {
    ...config,
    properties: { ...others, sources: { ...sources, additionalProperties: writtenSource() } },
    title: "selfsame.yaml",
  };
}

function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, { io: "input", target: "draft-7" }) as JsonSchema;
}

/**
 * A source as it is written, before its preset is merged into it: null takes away what the preset says of all but
 * `verify`, and a `verify` without `scheme` changes the preset's. Without a preset neither is valid, which only the
 * service tells.
 */
function writtenSource(): JsonSchema {
  const { $schema: _, ...source } = jsonSchemaOf(sourceSchema);
  const { preset, verify, identifiers, traits, ...others } = source.properties!;
  const written = {
    ...others,
    identifiers: withNullEntries(identifiers!),
    traits: withNullEntries(traits!),
  };
  const changed = { ...verify, anyOf: [...verify!.anyOf!, changedScheme()] };
  return { ...source, properties: { preset: preset!, verify: changed, ...nullable(written) } };
}

function withNullEntries(entries: JsonSchema): JsonSchema {
  return { ...entries, additionalProperties: orNull(entries.additionalProperties as JsonSchema) };
}

/** The keys of all schemes: whose they are depends on the preset. */
function changedScheme(): JsonSchema {
  const all = schemeSchemas.map((scheme) => jsonSchemaOf(scheme).properties!);
  const { scheme: _, ...keys } = Object.assign({}, ...all) as Record<string, JsonSchema>;
  const withoutDefaults = Object.entries(keys).map(
    ([key, { default: _default, ...schema }]) => [key, schema] as const,
  );
  return {
    description: "What differs from the preset's.",
    type: "object",
    properties: nullable(Object.fromEntries(withoutDefaults)),
    additionalProperties: false,
  };
}

function nullable(properties: Readonly<Record<string, JsonSchema>>): Record<string, JsonSchema> {
  return Object.fromEntries(
    Object.entries(properties).map(([key, schema]) => [key, orNull(schema)]),
  );
}

function orNull({ description, ...schema }: JsonSchema): JsonSchema {
  const alternatives = schema.anyOf !== undefined && Object.keys(schema).length === 1;
  return {
    ...(description !== undefined && { description }),
    anyOf: [...(alternatives ? schema.anyOf! : [schema]), { type: "null" }],
  };
}
