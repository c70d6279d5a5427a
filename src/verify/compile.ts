/** Stands in until the room is built. */
import type { VerifyScheme } from "../../schema/verify-config.ts";
import type { Verifier, VerifierFault } from "./verifier.ts";
export function compileVerifier(
  _schemes: readonly VerifyScheme[],
  _secrets: readonly string[],
  _options: { readonly hasPublicUrl: boolean },
): { readonly verifier: Verifier } | { readonly faults: readonly VerifierFault[] } {
  return { faults: [] };
}
export function credentialNames(_schemes: readonly VerifyScheme[]): {
  readonly headers: ReadonlySet<string>;
  readonly query: ReadonlySet<string>;
} {
  return { headers: new Set(), query: new Set() };
}
