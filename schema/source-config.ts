/**
 * The shape of one source in `selfsame.yaml`: how its deliveries are verified and answered, and where in them lies what.
 * A preset is the same shape, kept as data.
 */
import { z } from "zod";
import { verifySchema } from "./verify-config.ts";

const NAME_CHARACTERS_MAX = 64;

export const name = z
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

/** The parts of a composite value; more are a mistake. */
const PARTS_MAX = 8;

const composite = z
  .strictObject({
    all: z.array(path).min(2).max(PARTS_MAX),
    separator: z.string().length(1, "expected one character").default("/"),
  })
  .meta({
    description:
      "Several values that only together say it, such as { all: [source, id] }. Written one after the other; a separator within all but the last is escaped as a URL would, so that no two of them read the same. Where one is missing there is none.",
  });

const extractionPart = z.union([path, literal, composite], {
  error:
    'expected a path such as "event.user.id", a literal { value: … }, or several paths { all: [ … ] }',
});

const extraction = z
  .union([extractionPart, z.array(extractionPart).min(1)], {
    error:
      'expected a path such as "event.user.id", a literal { value: … }, several paths { all: [ … ] }, or a list of them',
  })
  .meta({
    description:
      "A path, a literal { value: … }, several paths that only together say it { all: [ … ] }, or a list of them: the first that gives a usable value counts.",
  });

export const trust = z.enum(["verified", "claimed"]);

const condition = z.union(
  [
    path.meta({ description: "An event is dropped where anything but null or false stands here." }),
    z.strictObject({
      path,
      equals: z.union([
        z.string(),
        z.number(),
        z.boolean(),
        z.array(z.union([z.string(), z.number(), z.boolean()])).min(1),
      ]),
    }),
  ],
  { error: 'expected a path such as "event.bot_id", or { path: …, equals: … }' },
);

const secret = z
  .string()
  .min(
    1,
    "expected a secret; an empty one would let anybody sign (is the environment variable empty?)",
  );

const SECRETS_MAX = 10;
const DAY_SECONDS = 86_400;

/** One thing that is wrong is told once: what is no address at all need not be told that its host is none either. */
const fault = (error: string) => ({ error, abort: true });

export const origin = z
  .string()
  .regex(
    /^(\*|https?:\/\/[^/\s?#@*]+)$/,
    fault("expected a whole origin such as https://www.example.com, without a path, or * for all"),
  )
  .refine((text) => text === "*" || URL.canParse(text), "no origin has such a host or port");

/** How often something may be done. */
export const rate = z.strictObject({
  // One a day is 0.0000116; what is rarer is a mistake.
  perSecond: z.number().min(0.00001).max(1_000_000),
  burst: z.int().min(1).max(10_000_000).optional(),
});

const absoluteUrl = z
  .string()
  .regex(
    /^https?:\/\/[^\s/]+\S*$/,
    fault("expected an address that begins with https:// or http://"),
  )
  .refine((text) => URL.canParse(text), "no address has such a host or port");

export const sourceSchema = z.strictObject({
  preset: z.string().optional().meta({
    description:
      "A known sender, such as slack or stripe: its verification, paths and answers. Every key written beside it overrides the preset's; null takes away what the preset says.",
  }),
  enabled: z.boolean().default(true).meta({ description: "A disabled source is answered 403." }),
  secret: z
    .union([secret, z.array(secret).min(1).max(SECRETS_MAX)], {
      error: "expected a secret, or a list of them while one is replaced by another",
    })
    .optional()
    .meta({
      description:
        "What the sender signs with, or the token it sends; several while one is replaced by another. Write ${NAME} and keep it in the environment.",
    }),
  verify: verifySchema.optional().meta({
    description:
      "How it is checked that a delivery comes from the sender; of a list, any may hold. none: anybody may post.",
  }),
  handshake: z
    .enum(["slack", "meta", "zoom", "mailchimp", "cloudevents", "github", "intercom"])
    .optional()
    .meta({
      description:
        "How the sender asks whether the address is right before it sends events. Such questions are answered and make no event.",
    }),
  handshakeToken: secret.optional().meta({
    description: "What the sender proves itself with in its handshake: Meta's verify token.",
  }),
  jsonFields: z.array(z.string().min(1)).max(32).default([]).meta({
    description:
      "Fields of a form whose value is JSON text, such as Slack's payload: they are read as the JSON they hold.",
  }),
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
  repeatWindowSeconds: z.int().min(1).default(DAY_SECONDS).meta({
    description:
      "How long an event that has neither an id nor a time of its own is known again by its text; the same text later is a new event. Default: a day, which outlasts the retries of most senders.",
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
  drop: z.array(condition).max(100).default([]).meta({
    description:
      "Events that are answered and not kept: those where something stands at one of the paths, or where it equals a value.",
  }),
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
  allowedOrigins: z.array(origin).max(100).optional().meta({
    description:
      "The web pages that may post here from a browser, by origin. Without it no page of another origin can read an answer; with it a post from any other origin is answered 403. A page whose Referrer-Policy is no-referrer or same-origin keeps its origin back, and only * lets its forms in.",
  }),
  honeypot: z.string().min(1).optional().meta({
    description:
      "A field that people do not see and leave empty. An event that fills it is a machine's, and dropped.",
  }),
  redirectTo: absoluteUrl.optional().meta({
    description:
      "Where a browser goes after a plain form was posted (303). A request that accepts JSON and no HTML gets its receipt instead.",
  }),
  rateLimit: rate.optional().meta({
    description:
      "How many deliveries are taken per second on average, and at once (burst; default: ten seconds' worth); beyond it the sender is answered 429 with Retry-After. Default: no limit.",
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
    .meta({
      description:
        "The largest body of this source, also after it was expanded. Default: limits.bodyBytesMax.",
    }),
});

export type SourceConfig = z.output<typeof sourceSchema>;
export type Extraction = z.output<typeof extraction>;
export type ExtractionPart = z.output<typeof extractionPart>;
export type DropCondition = z.output<typeof condition>;
