/**
 * The shape of `selfsame.yaml`, declared once: it validates what is read, and the JSON Schema for editors is made
 * from it. What zod cannot see, such as whether a path can be parsed, is checked where the configuration is compiled.
 */
import { z } from "zod";
import { name, origin, rate, sourceSchema, trust } from "./source-config.ts";

const BLOCK_PATTERNS_MAX = 10_000;
/** A regular expression longer than this is no longer read by anybody; it also bounds what compiling one can cost. */
export const REGEX_CHARACTERS_MAX = 256;

/** SQLite gives these a meaning in which nothing outlives the process, or of another syntax than a path. */
export const databaseSchema = z
  .string()
  .min(1, "expected a file; an empty name is a database that is gone when the service stops")
  .refine(
    (file) => !/^(:|file:)/i.test(file),
    "expected the path of a file, not :memory: or a file: address",
  );

const blockPattern = z.union(
  [
    z.string().min(1).max(512).meta({
      description:
        'A whole value, with * for any run of characters: "info@company.example", "noreply@*". Written between slashes, "/^test[0-9]+@/", it is a regular expression instead.',
    }),
    z
      .strictObject({
        regex: z
          .string()
          .min(1)
          .max(REGEX_CHARACTERS_MAX, `expected at most ${REGEX_CHARACTERS_MAX} characters`)
          .meta({
            description:
              "A regular expression in RE2's syntax, which has neither look-around nor back-references and takes time linear in the value. It is searched for anywhere in the normalised value (an e-mail address is in lower case there); anchor it with ^ and $, ignore case with (?i).",
          }),
      })
      .meta({
        description:
          'The same as between slashes. A value that itself begins and ends with a slash, "/a/", is written { regex: "^/a/$" }.',
      }),
  ],
  {
    error:
      'expected a value such as "noreply@*", a regular expression between slashes, or { regex: … }',
  },
);

const namespaceSchema = z.strictObject({
  block: z.array(blockPattern).max(BLOCK_PATTERNS_MAX).optional().meta({
    description:
      "Values that never join anybody: exact, with * for any run of characters, or a /regular expression/. Replaces the built-in list, which email alone has. Every value of the namespace is compared with each of them, hence at most 10,000.",
  }),
  trust: trust
    .default("claimed")
    .meta({ description: "The trust a source needs to link through this namespace." }),
  limit: z.int().min(1).optional().meta({
    description:
      "How many distinct values one person may hold. Default: as many as limits.identifiersPerProfileMax.",
  }),
  genericAfter: z.int().min(1).default(100).meta({
    description:
      "Linked with more than this many identifiers of one other namespace, a value joins nobody: info@company.example is no person's. 100 is more than one person has of anything, and less than a shared mailbox gathers.",
  }),
  priority: z.int().min(1).optional().meta({
    description: "Where a limit lets not all links be followed, 1 comes first. Default: last.",
  }),
});

/** What holds for a namespace of which the configuration says nothing. */
export const NAMESPACE_DEFAULTS = namespaceSchema.parse({});

export const identitySchema = z
  .strictObject({ namespaces: z.record(name, namespaceSchema).default({}) })
  .meta({ description: "The rules by which identifiers make one person." });

const identifiersPerProfileMax = z.int().min(1).max(100_000).meta({
  description:
    "How many identifiers one person may hold, of all namespaces together; a link beyond is kept and not followed. Default: 1,000, far beyond a person's, so what reaches it joined by accident; fewer where fewer may hang together.",
});

const identifiersPerComponentMax = z.int().min(1).max(100_000).meta({
  description:
    "How many identifiers may hang together before the rules divide them into people; a link beyond is kept, refused and reported. Where the rules divide them they are looked at all at once, with every link between them, so it bounds the identifiers that one event can make us look at. How many links there are it does not bound: of each identifier genericAfter bounds those to any one other namespace.",
});

// A timer counts milliseconds, to at most 24 days; nobody waits for an hour.
const seconds = z.number().min(0.01).max(3600);

export const limitsSchema = z.strictObject({
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
  formFieldsMax: z.int().min(1).max(10_000).default(1000).meta({
    description:
      "The fields and files of one form. A long questionnaire has hundreds; more are an attack on those who read them.",
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
  identifiersPerProfileMax: identifiersPerProfileMax.optional(),
  identifiersPerComponentMax: identifiersPerComponentMax.default(10_000),
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
        "The bodies of those deliveries and all that are being received, together: 256 MiB, a part of a small machine's memory. Beyond it the slowest that is still coming in is answered 503.",
    }),
  unfinishedBodiesMax: z.int().min(1).optional().meta({
    description:
      "How many bodies may be coming in at once; beyond it the slowest is answered 503. Default: half of connectionsMax, so that the other half is left to those who send their headers or wait for an answer.",
  }),
  bodySecondsMax: seconds.default(30).meta({
    description:
      "A body that has not come in whole this long after its headers is answered 408. 30 seconds are what the most patient senders wait for an answer, and enough for 25 MiB at 7 Mbit/s or a form from a poor mobile line.",
  }),
  headersSecondsMax: seconds.default(10).meta({
    description:
      "A connection whose request has not come as far as the end of its headers within this is answered 408, one that sent nothing at all is closed. Headers come in one piece; 10 seconds allow for a few lost packets.",
  }),
  idleSecondsMax: seconds.default(65).meta({
    description:
      "How long a connection is kept open for the sender's next request: longer than the 60 seconds of common proxies, so that it is they who close it and no request meets a closing connection.",
  }),
  answerSecondsMax: seconds.default(30).meta({
    description:
      "A connection that takes nothing of its answer for this long is closed; the answer would lie in memory.",
  }),
  headerBytesMax: z
    .int()
    .min(1024)
    .max(2 ** 20)
    .default(2 ** 14)
    .meta({
      description:
        "The headers of a request; larger ones are answered 431. 16 KiB is what Node and most proxies allow, and every connection may hold as much.",
    }),
  connectionsMax: z.int().min(1).default(10_000).meta({
    description:
      "Open connections. Beyond it the one that has waited longest without a whole request gives way to a new one; fewer where the system lets the process open fewer files. 10,000 cost some 200 MB, and are more than senders and proxies keep open.",
  }),
  questionSecondsMax: seconds.default(30).meta({
    description:
      "A question over everybody, such as a funnel, that is not answered within this is given up and answered 503; its wait for other questions counts. 30 seconds are what common clients and proxies wait, and enough for some ten million events.",
  }),
  questionsAtOnceMax: z.int().min(1).max(64).default(2).meta({
    description:
      "How many questions over everybody are answered at once, each in a thread of its own. More than the processor has cores to spare would take them from those who post.",
  }),
  questionsWaitingMax: z.int().min(0).max(10_000).default(20).meta({
    description:
      "How many further ones may wait for their turn; beyond it they are answered 503. More would hardly be answered within questionSecondsMax.",
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

/** What a key lets its holder do. */
export const scope = z.enum(["read", "write", "admin"]);

export const configSchema = z.strictObject({
  database: databaseSchema
    .default("./selfsame.db")
    .meta({ description: "The SQLite file, relative to where the command is run." }),
  apiKeys: z
    .array(
      z.strictObject({
        name,
        // Others can be configured and never be sent; a secret file often ends in a line end.
        key: z
          .string()
          .regex(
            /^[!-~]([ -~]*[!-~])?$/,
            "expected ASCII characters without a blank or a line end around them, as a header carries them",
          ),
        scopes: z.array(scope).min(1),
        rateLimit: rate.optional().meta({
          description:
            "How many queries the key may ask per second on average, and at once (burst; default: ten seconds' worth); beyond it 429 with Retry-After. Default: apiRateLimit.",
        }),
      }),
    )
    .default([])
    .meta({
      description:
        "Who may query, beside the keys that `keys create` makes. None of either: the service answers on loopback only.",
    }),
  apiRateLimit: rate.optional().meta({
    description:
      "The rate of each key that has none of its own, and of every key made by command; each counts alone. Default: no limit, for what one query may cost is limited already.",
  }),
  cors: z
    .strictObject({
      origins: z.array(origin).min(1).max(100).meta({
        description:
          "The origins of web pages that may query from a browser, such as https://dash.example.com, or * for every page that has a key.",
      }),
    })
    .optional()
    .meta({
      description:
        "Web pages of other origins that may query. Default: none. Those that may post are each source's allowedOrigins.",
    }),
  publicUrl: z
    .string()
    .regex(
      /^https?:\/\/[^\s/?#@]+(\/[^\s?#]*)?$/,
      "expected the address senders post to, up to /webhooks, such as https://hooks.example.com",
    )
    .optional()
    .meta({
      description:
        "The service as its senders see it, up to /webhooks: https://hooks.example.com. For senders that sign the address they post to, such as HubSpot and Twilio.",
    }),
  sources: z
    .record(name, sourceSchema)
    .default({})
    .meta({ description: "The systems that post, by name." }),
  identity: identitySchema.default({ namespaces: {} }),
  limits: limitsSchema.default(limitsSchema.parse({})),
});

/**
 * The question "what if these were all the rules there are?": a namespace that is left out has no rules but the defaults,
 * a limit that is left out stays what it is. `version` and `at` mean nothing; they let `GET /v1/rules` be posted back.
 */
export const whatIfSchema = z
  .strictObject({
    identity: identitySchema,
    limits: z
      .strictObject({
        identifiersPerProfileMax: identifiersPerProfileMax.optional(),
        identifiersPerComponentMax: identifiersPerComponentMax.optional(),
      })
      .optional(),
    version: z.int().optional(),
    at: z.string().optional(),
  })
  .meta({ id: "WhatIfRequest", description: "What if these were all the rules there are?" });

export type Config = z.output<typeof configSchema>;
export type Limits = z.output<typeof limitsSchema>;
export type IdentityConfig = z.output<typeof identitySchema>;
export type NamespaceConfig = z.output<typeof namespaceSchema>;
export type BlockPattern = z.output<typeof blockPattern>;
