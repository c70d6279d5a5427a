/**
 * Signatures with a shared secret, described as data: which header, which algorithm, what is signed. Nearly every sender
 * is one such description.
 */
import type { HmacScheme } from "../../schema/verify-config.ts";
import { hmacFaults } from "./hmac-faults.ts";
import { isSignedWithAny, readSignatures } from "./mac.ts";
import {
  headerOf,
  isRefusal,
  refused,
  signedIdOf,
  singleHeaderOf,
  VERIFIED,
  type CompiledScheme,
  type Refusal,
  type VerifierOptions,
} from "./scheme.ts";
import { hmacKey, keysOf, misfitsOf } from "./secret-bytes.ts";
import { readSignedTime, staleness } from "./signed-time.ts";
import { filled, readTemplate, type SignedFields, type Template } from "./template.ts";
import type { SignedRequest } from "./verifier.ts";

export function compileHmac(
  scheme: HmacScheme,
  secrets: readonly string[],
  options: VerifierOptions,
): CompiledScheme {
  const template = readTemplate(scheme.template);
  const readings = secrets.map((secret) => hmacKey(secret, scheme.secretEncoding));
  const keys = keysOf(readings);
  return {
    faults: hmacFaults(scheme, template, options),
    misfits: misfitsOf(readings),
    check: (request, now) => {
      const claim = claimOf(scheme, template, request);
      if (isRefusal(claim)) return claim;
      // The signature comes first: only of a time that was signed can it be said that a clock is wrong.
      const message = filled(template, request, claim);
      if (!isSignedWithAny(keys, message, claim.signatures, scheme))
        return refused(
          `the signature in the header ${scheme.header} is none of this request's with any of the secrets`,
        );
      const { time } = claim;
      if (time === undefined) return VERIFIED;
      return staleness(time, now, scheme.toleranceSeconds) ?? VERIFIED;
    },
  };
}

/** What a request says of itself and is held to. */
interface Claim extends SignedFields {
  readonly signatures: readonly string[];
  /** Milliseconds since 1970; undefined where no time is signed. */
  readonly time: number | undefined;
}

function claimOf(scheme: HmacScheme, template: Template, request: SignedRequest): Claim | Refusal {
  const { variables } = template;
  if (request.url === undefined && (variables.has("url") || variables.has("decodedUrl")))
    return refused("the sender signs the public address, and none is known");
  const header = scheme.fields === undefined ? prefixed(scheme, request) : listed(scheme, request);
  if (isRefusal(header)) return header;
  const signatures = readSignatures(header.signatures, scheme, `the header ${scheme.header}`);
  if (isRefusal(signatures)) return signatures;
  const timestamp = timestampOf(scheme, header, request);
  if (isRefusal(timestamp)) return timestamp;
  const time = timestamp === "" ? undefined : readSignedTime(timestamp);
  if (timestamp !== "" && time === undefined)
    return refused(
      `what the header ${scheme.timestampHeader ?? scheme.header} holds as the time is none: expected Unix seconds or milliseconds, or RFC 3339`,
    );
  const id = scheme.idHeader === undefined ? "" : signedIdOf(request, scheme.idHeader);
  if (isRefusal(id)) return id;
  return { signatures, timestamp, time, id };
}

/** What the header of the signature holds. */
interface SignatureHeader {
  readonly signatures: readonly string[];
  /** Undefined where the time stands elsewhere. */
  readonly timestamp: string | undefined;
}

/** A header that is one signature, such as `sha256=5257a8…`. */
function prefixed(
  { header, prefix }: HmacScheme,
  request: SignedRequest,
): SignatureHeader | Refusal {
  const value = singleHeaderOf(request, header);
  if (isRefusal(value)) return value;
  if (!value.startsWith(prefix))
    return refused(`the header ${header} does not begin with ${prefix}`);
  return { signatures: [value.slice(prefix.length)], timestamp: undefined };
}

/** A header that is a list of fields, such as `t=1700000000,v1=5257a8…,v1=8c1fe0…`. Other fields are passed over. */
function listed({ header, fields }: HmacScheme, request: SignedRequest): SignatureHeader | Refusal {
  const value = headerOf(request, header);
  if (isRefusal(value)) return value;
  const pairs = value.split(",").map((item) => {
    const at = item.indexOf("=");
    return { name: item.slice(0, Math.max(at, 0)).trim(), value: item.slice(at + 1).trim() };
  });
  const valuesOf = (name: string | undefined) =>
    pairs.filter((pair) => pair.name === name).map((pair) => pair.value);
  const signatures = valuesOf(fields?.signature);
  if (signatures.length === 0)
    return refused(`the header ${header} holds no field ${fields?.signature}`);
  if (fields?.timestamp === undefined) return { signatures, timestamp: undefined };
  const timestamps = valuesOf(fields.timestamp);
  if (timestamps.length > 1)
    return refused(`the header ${header} holds the field ${fields.timestamp} more than once`);
  const [timestamp = ""] = timestamps;
  if (timestamp === "")
    return refused(`the header ${header} holds no time in the field ${fields.timestamp}`);
  return { signatures, timestamp };
}

/** The time exactly as it was sent, for that is what was signed; empty where none is. */
function timestampOf(
  { timestampHeader }: HmacScheme,
  header: SignatureHeader,
  request: SignedRequest,
): string | Refusal {
  if (timestampHeader === undefined) return header.timestamp ?? "";
  return singleHeaderOf(request, timestampHeader);
}
