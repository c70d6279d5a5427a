/**
 * The shape of `selfsame.yaml`, declared once: it validates what is read, and the JSON Schema for editors is made
 * from it. What zod cannot see, such as whether a path can be parsed, is checked where the configuration is compiled.
 */
import { z } from "zod";

const NAME_CHARACTERS_MAX = 64;

/** SQLite gives these a meaning in which nothing outlives the process, or of another syntax than a path. */
export const databaseSchema = z
  .string()
  .min(1, "expected a file; an empty name is a database that is gone when the service stops")
  .refine(
    (file) => !/^(:|file:)/i.test(file),
    "expected the path of a file, not :memory: or a file: address",
  );

const name = z
  .string()
  .max(NAME_CHARACTERS_MAX)
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_.-]*$/,
    "a name starts with a letter or digit and goes on with letters, digits, _ . or -",
  );

const path = z.string().meta({
  description:
    'Where the value lies: "event.user.id", "$.a[0].b" (JSONPath), "header:X-Name", "query:name".',
});

const literal = z
  .strictObject({ value: z.union([z.string(), z.number(), z.boolean()]) })
  .meta({ description: "A literal value instead of a path." });

const extraction = z.union([path, literal, z.array(z.union([path, literal])).min(1)]).meta({
  description:
    "A path, a literal { value: … }, or a list of them: the first that gives a usable value counts.",
});

const trust = z.enum(["verified", "claimed"]);

const sourceSchema = z.strictObject({
  enabled: z.boolean().default(true).meta({ description: "A disabled source is answered 403." }),
  replaceProfileId: extraction
    .optional()
    .meta({ description: "Where the sender's own id of the person lies." }),
  idSpace: name.optional().meta({
    description:
      "The namespace of the sender's ids; sources may share one. Default: the source's name.",
  }),
  idScope: extraction.optional().meta({
    description: "A prefix that makes the sender's ids unique, such as a workspace's id.",
  }),
  eventType: extraction
    .optional()
    .meta({ description: "Default: the body's `type`, else the source's name." }),
  eventId: extraction.optional().meta({
    description:
      "What tells a redelivery from a new event. Default: known headers, else a hash of the body.",
  }),
  occurredAt: extraction.optional().meta({
    description:
      "RFC 3339, or Unix seconds or milliseconds. Default: when the delivery was received.",
  }),
  identifiers: z
    .record(name, extraction)
    .default({})
    .meta({ description: "Further identifiers by namespace, such as email." }),
  traits: z
    .record(z.string().min(1).max(256), extraction)
    .default({})
    .meta({ description: "Traits by name." }),
  events: path
    .optional()
    .meta({ description: "Where the events lie in a delivery that holds many." }),
  withoutId: z
    .enum(["anonymous", "quarantine", "drop"])
    .default("anonymous")
    .meta({ description: "What becomes of an event that names nobody." }),
  trust: trust
    .default("verified")
    .meta({ description: "How far the source is believed when it links two identifiers." }),
  respond: z.enum(["receipt", "full", "empty"]).default("receipt").meta({
    description: "What the sender is answered: outcomes, outcomes and profiles, or an empty body.",
  }),
  phoneCountry: z
    .string()
    .optional()
    .meta({ description: "The country (two letters) of phone numbers written without one." }),
  bodyBytesMax: z
    .int()
    .min(1)
    .max(25 * 2 ** 20)
    .optional()
    .meta({ description: "The largest body of this source. Default: limits.bodyBytesMax." }),
});

const namespaceSchema = z.strictObject({
  block: z.array(z.string().min(1).max(512)).optional().meta({
    description:
      "Values, with * for any run of characters, that never join anybody. Replaces the built-in list.",
  }),
  trust: trust
    .optional()
    .meta({ description: "The trust a source needs to link through this namespace." }),
  limit: z
    .int()
    .min(1)
    .optional()
    .meta({ description: "How many distinct values one person may hold." }),
  genericAfter: z.int().min(1).optional().meta({
    description:
      "Linked with more than this many identifiers of one other namespace, a value joins nobody.",
  }),
  priority: z.int().min(1).optional().meta({ description: "1 is followed first." }),
});

const limitsSchema = z.strictObject({
  bodyBytesMax: z
    .int()
    .min(1)
    .max(25 * 2 ** 20)
    .default(2 ** 20)
    .meta({ description: "1 MiB: larger than what common senders post in one delivery." }),
  jsonDepthMax: z.int().min(1).max(1000).default(64).meta({
    description:
      "Real payloads stay under 20; deeper nesting is an attack on the parser's readers.",
  }),
  eventsPerDeliveryMax: z.int().min(1).max(10_000).default(1000).meta({
    description: "A delivery is committed as a whole; a larger one would hold up all others.",
  }),
  identifiersPerEventMax: z
    .int()
    .min(1)
    .max(1000)
    .default(32)
    .meta({ description: "Each is a look-up and may be a merge." }),
  identifierBytesMax: z
    .int()
    .min(1)
    .max(4096)
    .default(512)
    .meta({ description: "Longer than any e-mail address, UUID or scoped id." }),
  pageSizeMax: z
    .int()
    .min(1)
    .max(10_000)
    .default(1000)
    .meta({ description: "The largest page of a journey." }),
  pageBytesMax: z
    .int()
    .min(1)
    .max(256 * 2 ** 20)
    .default(8 * 2 ** 20)
    .meta({
      description:
        "A page of a journey ends before its payloads exceed this: 8 MiB, a second on a slow line.",
    }),
  pendingDeliveriesMax: z.int().min(1).default(10_000).meta({
    description:
      "Deliveries waiting in memory for their commit; beyond it a sender is answered 503.",
  }),
  pendingBytesMax: z
    .int()
    .min(1)
    .default(256 * 2 ** 20)
    .meta({
      description:
        "The bodies of those deliveries together: 256 MiB, a part of a small machine's memory.",
    }),
  databaseBytesMax: z
    .int()
    .min(2 ** 20)
    .optional()
    .meta({
      description:
        "The database grows no further than this; then a sender is answered 503. Default: the disk.",
    }),
});

export const configSchema = z.strictObject({
  database: databaseSchema
    .default("./selfsame.db")
    .meta({ description: "The SQLite file, relative to where the command is run." }),
  apiKeys: z
    .array(
      z.strictObject({
        name,
        key: z.string().min(1),
        scopes: z.array(z.enum(["read", "write", "admin"])).min(1),
      }),
    )
    .default([])
    .meta({ description: "Who may query. None: the service answers on loopback only." }),
  sources: z
    .record(name, sourceSchema)
    .default({})
    .meta({ description: "The systems that post, by name." }),
  identity: z
    .strictObject({ namespaces: z.record(name, namespaceSchema).default({}) })
    .default({ namespaces: {} })
    .meta({ description: "The rules by which identifiers make one person." }),
  limits: limitsSchema.default(limitsSchema.parse({})),
});

export type Config = z.output<typeof configSchema>;
export type SourceConfig = z.output<typeof sourceSchema>;
export type Limits = z.output<typeof limitsSchema>;
export type Extraction = z.output<typeof extraction>;
