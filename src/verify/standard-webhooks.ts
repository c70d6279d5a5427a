/**
 * Standard Webhooks, and Svix from which they come: three headers, a list of signatures, a secret that is base64.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
import type { VerifyScheme } from "../../schema/verify-config.ts";
import { isSignedWithAny, readSignatures, type MacForm } from "./mac.ts";
import {
  headerOf,
  isRefusal,
  refused,
  signedIdOf,
  singleHeaderOf,
  VERIFIED,
  type CompiledScheme,
  type Refusal,
} from "./scheme.ts";
import { base64Bytes, keyOf, keysOf, misfitsOf, type KeyReading } from "./secret-bytes.ts";
import { readSignedTime, staleness } from "./signed-time.ts";
import type { SignedRequest } from "./verifier.ts";

type StandardWebhooksScheme = Extract<VerifyScheme, { scheme: "standard-webhooks" }>;

const FORM: MacForm = { algorithm: "sha256", encoding: "base64" };

/** What comes before -id, -timestamp and -signature; the first whose signature is there counts. */
const BRANDS = ["webhook", "svix"] as const;

export const SIGNATURE_HEADERS: readonly string[] = BRANDS.map((brand) => `${brand}-signature`);

export function compileStandardWebhooks(
  { toleranceSeconds }: StandardWebhooksScheme,
  secrets: readonly string[],
): CompiledScheme {
  const readings = secrets.map(standardKey);
  const keys = keysOf(readings);
  return {
    faults: [],
    misfits: misfitsOf(readings),
    check: (request, now) => {
      const claim = claimOf(request);
      if (isRefusal(claim)) return claim;
      const message = [`${claim.id}.${claim.timestamp}.`, request.body];
      if (!isSignedWithAny(keys, message, claim.signatures, FORM))
        return refused("none of the signatures is this request's with any of the secrets");
      return staleness(claim.time, now, toleranceSeconds) ?? VERIFIED;
    },
  };
}

/** Senders show the secret as whsec_…, as v1,whsec_… or as the base64 alone. */
function standardKey(secret: string): KeyReading {
  const bytes = base64Bytes(secret.replace(/^(v1,)?(whsec_)?/, ""));
  return bytes === undefined
    ? {
        misfit:
          "it is not base64, as the secrets of Standard Webhooks are: copy it whole from the sender, whsec_…",
      }
    : keyOf(bytes);
}

interface Claim {
  readonly id: string;
  readonly timestamp: string;
  readonly time: number;
  readonly signatures: readonly string[];
}

function claimOf(request: SignedRequest): Claim | Refusal {
  const brand = BRANDS.find((brand) => request.headers.has(`${brand}-signature`)) ?? BRANDS[0];
  const signatures = signaturesOf(request, `${brand}-signature`);
  if (isRefusal(signatures)) return signatures;
  const id = signedIdOf(request, `${brand}-id`);
  if (isRefusal(id)) return id;
  const timestamp = singleHeaderOf(request, `${brand}-timestamp`);
  if (isRefusal(timestamp)) return timestamp;
  // Unix seconds and nothing else. Eleven digits are the year 5138; from twelve on it would be read as milliseconds.
  const time = /^\d{1,11}$/.test(timestamp) ? readSignedTime(timestamp) : undefined;
  if (time === undefined)
    return refused(`what the header ${brand}-timestamp holds is no time: expected Unix seconds`);
  return { id, timestamp, time, signatures };
}

/** The signatures of version 1, which are HMACs; others, such as v1a with its public key, are passed over. */
function signaturesOf(request: SignedRequest, name: string): readonly string[] | Refusal {
  const value = headerOf(request, name);
  if (isRefusal(value)) return value;
  const ofVersion = value.split(" ").filter((item) => item.startsWith("v1,"));
  if (ofVersion.length === 0) return refused(`the header ${name} holds no signature of version v1`);
  return readSignatures(
    ofVersion.map((item) => item.slice("v1,".length)),
    FORM,
    `the header ${name}`,
  );
}
