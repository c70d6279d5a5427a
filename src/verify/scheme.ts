/**
 * What every scheme of verification compiles to, and the few words that all of them need. It knows no scheme.
 */
import type { SignedRequest, Verdict, Verifier, VerifierFault } from "./verifier.ts";

/** What of the settings around a source decides whether a scheme can work. */
export interface VerifierOptions {
  /** Whether the address under which senders reach the service is configured; some sign it. */
  readonly hasPublicUrl: boolean;
}

/** A scheme with the secrets that it can use. `check` may be called only where there are no faults. */
export interface CompiledScheme {
  /** What of the scheme itself is wrong; paths begin within it. */
  readonly faults: readonly VerifierFault[];
  /** For each secret in turn: why the scheme cannot use it, or undefined where it can. */
  readonly misfits: readonly (string | undefined)[];
  readonly check: Verifier["verify"];
}

export type Refusal = Extract<Verdict, { verified: false }>;

export const VERIFIED: Verdict = { verified: true };

export function refused(reason: string): Refusal {
  return { verified: false, reason };
}

export function isRefusal(value: object | string): value is Refusal {
  return typeof value === "object" && "reason" in value;
}

/** What stands in a header that may be a list. */
export function headerOf(request: SignedRequest, name: string): string | Refusal {
  const value = request.headers.get(name.toLowerCase());
  if (value === undefined) return refused(`there is no header ${name}`);
  return value === "" ? refused(`the header ${name} is empty`) : value;
}

/** What stands in a header that holds one value: HTTP joins a header that was sent twice with a comma and a space. */
export function singleHeaderOf(request: SignedRequest, name: string): string | Refusal {
  const value = headerOf(request, name);
  if (isRefusal(value) || !value.includes(", ")) return value;
  return refused(`the header ${name} holds several values, one is expected`);
}

/** An id is signed as it was sent, which only ASCII makes sure of: HTTP does not say what other bytes mean. */
export function signedIdOf(request: SignedRequest, name: string): string | Refusal {
  const value = singleHeaderOf(request, name);
  if (isRefusal(value) || /^[\x20-\x7e]+$/.test(value)) return value;
  return refused(`the header ${name} holds other characters than ASCII`);
}
