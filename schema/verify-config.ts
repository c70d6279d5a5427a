/** How a source's deliveries are verified: a few schemes, each described as data, that cover nearly every sender. */
import { z } from "zod";

const headerName = z
  .string()
  .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, "expected the name of a header, such as X-Signature");

const TOLERANCE_SECONDS = 300;
const DAY_SECONDS = 86_400;

const toleranceSeconds = z.int().min(1).max(DAY_SECONDS).default(TOLERANCE_SECONDS).meta({
  description:
    "How far the signed time may lie from now, both ways; a recorded delivery cannot be played back later. Default: 5 minutes, as most senders advise.",
});

const hmac = z
  .strictObject({
    scheme: z.literal("hmac"),
    algorithm: z.enum(["sha1", "sha256", "sha384", "sha512"]).default("sha256"),
    encoding: z
      .enum(["hex", "base64", "base64url"])
      .default("hex")
      .meta({ description: "How the signature is written." }),
    header: headerName.meta({ description: "The header that carries the signature." }),
    prefix: z
      .string()
      .default("")
      .meta({ description: 'What stands before the signature, such as "sha256=".' }),
    fields: z
      .strictObject({ signature: z.string().min(1), timestamp: z.string().min(1).optional() })
      .optional()
      .meta({
        description:
          'The header is a list such as "t=1700000000,v1=5257a8…": the names of its fields. Several signatures may stand in it.',
      }),
    timestampHeader: headerName.optional().meta({ description: "The header of the signed time." }),
    idHeader: headerName.optional().meta({ description: "The header of the signed id." }),
    template: z.string().default("{body}").meta({
      description:
        "What is signed: text with {body}, {timestamp}, {id}, {method}, {url} and {decodedUrl} in it. {url} is made of publicUrl.",
    }),
    secretEncoding: z.enum(["text", "hex", "base64"]).default("text").meta({
      description: "How the secret is written: as it is, or as the hex or base64 of its bytes.",
    }),
    toleranceSeconds,
  })
  .meta({ description: "A signature made with a shared secret (HMAC)." });

const token = z
  .strictObject({
    scheme: z.literal("token"),
    in: z.enum(["header", "basic", "query", "path"]).meta({
      description:
        "header: as it is in the header `name`; basic: as user:password of HTTP Basic; query: in the parameter `name`; path: behind the source, /webhooks/{source}/{token}.",
    }),
    name: z.string().min(1).optional().meta({
      description: "The header (default: Authorization) or the query parameter (default: token).",
    }),
    prefix: z
      .string()
      .default("")
      .meta({ description: 'What stands before the token in the header, such as "Bearer ".' }),
  })
  .meta({ description: "A fixed secret that is sent along." });

const standardWebhooks = z
  .strictObject({ scheme: z.literal("standard-webhooks"), toleranceSeconds })
  .meta({
    description: "Standard Webhooks, with the headers webhook-* or svix-*; the secret is whsec_….",
  });

const twilio = z.strictObject({ scheme: z.literal("twilio") }).meta({
  description: "Twilio's signature over the public address and the sorted parameters.",
});

export const schemeSchemas = [hmac, token, standardWebhooks, twilio] as const;

const scheme = z.discriminatedUnion("scheme", schemeSchemas, {
  error: "expected scheme: hmac, token, standard-webhooks or twilio",
});

export const verifySchema = z.union([z.literal("none"), scheme, z.array(scheme).min(1).max(5)], {
  error: (issue) =>
    issue.input !== null && typeof issue.input === "object"
      ? undefined
      : "expected { scheme: … }, a list of such, or none",
});

export type VerifyScheme = z.output<typeof scheme>;
export type HmacScheme = z.output<typeof hmac>;
export type TokenScheme = z.output<typeof token>;
