/**
 * Twilio's signature: over the public address and either the sorted parameters of a form or, by way of a hash in the
 * address, any other body. https://www.twilio.com/docs/usage/security#validating-requests
 */
import { createHash } from "node:crypto";
import { fingerprint, isAnyOf } from "./constant-time.ts";
import { isSignedWithAny, readSignatures, type MacForm } from "./mac.ts";
import {
  isRefusal,
  refused,
  singleHeaderOf,
  VERIFIED,
  type CompiledScheme,
  type Refusal,
  type VerifierOptions,
} from "./scheme.ts";
import { hmacKey, keysOf, misfitsOf } from "./secret-bytes.ts";
import type { SignedRequest } from "./verifier.ts";

export const TWILIO_HEADER = "X-Twilio-Signature";
const BODY_HASH = "bodySHA256";
const FORM: MacForm = { algorithm: "sha1", encoding: "base64" };

export function compileTwilio(
  secrets: readonly string[],
  { hasPublicUrl }: VerifierOptions,
): CompiledScheme {
  const readings = secrets.map((secret) => hmacKey(secret, "text"));
  const keys = keysOf(readings);
  return {
    faults: hasPublicUrl
      ? []
      : [
          {
            path: ["scheme"],
            message:
              "Twilio signs the address it sends to: set publicUrl to the one under which it reaches the service",
          },
        ],
    misfits: misfitsOf(readings),
    check: (request) => {
      const { url } = request;
      if (url === undefined) return refused("Twilio signs the public address, and none is known");
      const header = singleHeaderOf(request, TWILIO_HEADER);
      if (isRefusal(header)) return header;
      const signatures = readSignatures([header], FORM, `the header ${TWILIO_HEADER}`);
      if (isRefusal(signatures)) return signatures;
      const parameters = signedParameters(request, url);
      if (isRefusal(parameters)) return parameters;
      // Both are looked at, so that the time does not tell which of them it was.
      const isSigned = [url, otherPort(url)].map((address) =>
        isSignedWithAny(keys, [address, parameters], signatures, FORM),
      );
      return isSigned.includes(true)
        ? VERIFIED
        : refused(
            `the signature in the header ${TWILIO_HEADER} is none of this request's with any of the secrets; compare publicUrl with the address that Twilio sends to`,
          );
    },
  };
}

/** What is signed after the address. A body that neither the parameters nor the hash speak for is not signed at all. */
function signedParameters(request: SignedRequest, url: string): string | Refusal {
  const hash = new URLSearchParams(url.split("#", 1)[0]!.split("?").slice(1).join("?")).get(
    BODY_HASH,
  );
  if (hash !== null) {
    const actual = createHash("sha256").update(request.body).digest("hex");
    return isAnyOf([fingerprint(hash.toLowerCase())], [fingerprint(actual)])
      ? ""
      : refused(`the body is not the one whose hash stands in ${BODY_HASH}`);
  }
  if (isForm(request.contentType)) return sortedParameters(request.body);
  return request.body.length === 0
    ? ""
    : refused(`the body is not signed: it is no form, and the address has no ${BODY_HASH}`);
}

function isForm(contentType: string | undefined): boolean {
  const type = contentType?.split(";", 1)[0]?.trim().toLowerCase();
  return type === "application/x-www-form-urlencoded";
}

/** Names and values in the order of the names; of a name that is there several times each value once, in order. */
function sortedParameters(body: Uint8Array): string {
  const values = new Map<string, Set<string>>();
  for (const [name, value] of new URLSearchParams(Buffer.from(body).toString())) {
    const before = values.get(name);
    if (before === undefined) values.set(name, new Set([value]));
    else before.add(value);
  }
  return [...values.keys()]
    .sort()
    .flatMap((name) => [...values.get(name)!].sort().map((value) => name + value))
    .join("");
}

/** The address without its port, or with the standard one if it has none: Twilio signs now this, now that. */
function otherPort(url: string): string {
  const match = /^(https?):\/\/([^/?#]*)/i.exec(url);
  if (match === null) return url;
  const [origin, protocol, authority] = match as unknown as [string, string, string];
  const without = authority.replace(/:\d+$/, "");
  const standard = protocol.toLowerCase() === "https" ? ":443" : ":80";
  const other = without === authority ? authority + standard : without;
  return `${protocol}://${other}${url.slice(origin.length)}`;
}
