/**
 * From a source's schemes and secrets to the one verifier that its deliveries pass, or to all that is wrong with them.
 * It knows how several schemes and several secrets go together, and no scheme itself.
 */
import type { VerifyScheme } from "../../schema/verify-config.ts";
import { compileHmac } from "./hmac.ts";
import { refused, VERIFIED, type CompiledScheme, type VerifierOptions } from "./scheme.ts";
import { compileStandardWebhooks } from "./standard-webhooks.ts";
import { compileToken } from "./token.ts";
import { compileTwilio } from "./twilio.ts";
import type { Verdict, Verifier, VerifierFault } from "./verifier.ts";

/**
 * Of several schemes any may hold, with any of the secrets. Paths of faults begin at the source: `verify`, with the
 * scheme's place where there are several, or `secret`, likewise. At least one scheme is the caller's duty: without any
 * there is nothing to verify.
 */
export function compileVerifier(
  schemes: readonly VerifyScheme[],
  secrets: readonly string[],
  options: VerifierOptions,
): { readonly verifier: Verifier } | { readonly faults: readonly VerifierFault[] } {
  if (schemes.length === 0) throw new Error("a verifier needs a scheme");
  const compiled = schemes.map((scheme) => compileScheme(scheme, secrets, options));
  const faults = [
    ...compiled.flatMap(({ faults }, index) =>
      faults.map(({ path, message }) => ({
        path: [...placeIn("verify", index, schemes.length), ...path],
        message,
      })),
    ),
    ...secretFaults(compiled, secrets),
  ];
  return faults.length > 0 ? { faults } : { verifier: anyOf(schemes, compiled) };
}

function compileScheme(
  scheme: VerifyScheme,
  secrets: readonly string[],
  options: VerifierOptions,
): CompiledScheme {
  switch (scheme.scheme) {
    case "hmac":
      return compileHmac(scheme, secrets, options);
    case "token":
      return compileToken(scheme, secrets);
    case "standard-webhooks":
      return compileStandardWebhooks(scheme, secrets);
    case "twilio":
      return compileTwilio(secrets, options);
  }
}

/** What is one need not be written as a list, so its place is its key. */
function placeIn(key: string, index: number, count: number): (string | number)[] {
  return count === 1 ? [key] : [key, index];
}

/**
 * Of several schemes each may have secrets of its own kind, and a secret must fit one of them. A scheme that finds none
 * never holds: a preset names all schemes of a sender, of which only one is in use.
 */
function secretFaults(
  compiled: readonly CompiledScheme[],
  secrets: readonly string[],
): VerifierFault[] {
  if (secrets.length === 0)
    return [
      {
        path: ["secret"],
        message: "it is missing, and verification needs it: write secret: ${NAME_OF_A_VARIABLE}",
      },
    ];
  return secrets.flatMap((secret, index): VerifierFault[] => {
    const path = placeIn("secret", index, secrets.length);
    if (secret === "")
      return [{ path, message: "it is empty, and an empty secret would let anybody sign" }];
    if (secret !== secret.trim())
      return [{ path, message: "it begins or ends with white space: remove that" }];
    const misfits = compiled.map((scheme) => scheme.misfits[index]);
    if (misfits.includes(undefined)) return [];
    return [{ path, message: [...new Set(misfits)].join("; or: ") }];
  });
}

/** Every scheme is asked, also after one held, so that the time does not tell which it was. */
function anyOf(schemes: readonly VerifyScheme[], compiled: readonly CompiledScheme[]): Verifier {
  return {
    verify: (request, now) => {
      const verdicts = compiled.map(({ check }) => check(request, now));
      return verdicts.some(({ verified }) => verified) ? VERIFIED : allRefused(schemes, verdicts);
    },
  };
}

function allRefused(schemes: readonly VerifyScheme[], verdicts: readonly Verdict[]): Verdict {
  const reasons = verdicts.map((verdict) => (verdict.verified ? "" : verdict.reason));
  if (reasons.length === 1) return refused(reasons[0]!);
  return refused(reasons.map((reason, index) => `${schemes[index]!.scheme}: ${reason}`).join("; "));
}
