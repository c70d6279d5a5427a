/** Requests as senders sign them, and verifiers made of what a configuration says. */
import { verifySchema, type VerifyScheme } from "../../schema/verify-config.ts";
import { compileVerifier } from "../../src/verify/compile.ts";
import type { SignedRequest, Verdict, Verifier, VerifierFault } from "../../src/verify/verifier.ts";

/** A moment in November 2023, as milliseconds and as Unix seconds. */
export const NOW = 1_700_000_000_000;
export const NOW_SECONDS = String(NOW / 1000);

export interface Sent {
  readonly method?: string;
  readonly url?: string | undefined;
  readonly contentType?: string;
  /** Names in any case. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: string;
  readonly pathToken?: string;
  readonly body?: string | Uint8Array;
}

export function signedRequest(sent: Sent): SignedRequest {
  const headers = Object.entries(sent.headers ?? {});
  return {
    method: sent.method ?? "POST",
    url: sent.url,
    contentType: sent.contentType,
    headers: new Map(headers.map(([name, value]) => [name.toLowerCase(), value])),
    query: new URLSearchParams(sent.query),
    pathToken: sent.pathToken,
    body: Buffer.from(sent.body ?? ""),
  };
}

/** A source's `verify` as it is written, with the defaults filled in. */
export function schemesOf(written: unknown): readonly VerifyScheme[] {
  const read = verifySchema.parse(written);
  if (read === "none") throw new Error("none is no scheme");
  return Array.isArray(read) ? read : [read];
}

function compiled(written: unknown, secrets: string | readonly string[], hasPublicUrl: boolean) {
  return compileVerifier(schemesOf(written), [secrets].flat(), { hasPublicUrl });
}

export function verifierOf(written: unknown, secrets: string | readonly string[]): Verifier {
  const made = compiled(written, secrets, true);
  if ("faults" in made) throw new Error(JSON.stringify(made.faults));
  return made.verifier;
}

export function verdictOf(
  written: unknown,
  secrets: string | readonly string[],
  sent: Sent,
  now = NOW,
): Verdict {
  return verifierOf(written, secrets).verify(signedRequest(sent), now);
}

/** The reason why a request is not verified; throws where it is. */
export function reasonOf(
  written: unknown,
  secrets: string | readonly string[],
  sent: Sent,
  now = NOW,
): string {
  const verdict = verdictOf(written, secrets, sent, now);
  if (verdict.verified) throw new Error("the request is verified");
  return verdict.reason;
}

/** What is wrong with a source, as `path: message`; empty where nothing is. */
export function faultsOf(
  written: unknown,
  secrets: string | readonly string[],
  hasPublicUrl = true,
): string[] {
  const made = compiled(written, secrets, hasPublicUrl);
  const faults: readonly VerifierFault[] = "faults" in made ? made.faults : [];
  return faults.map(({ path, message }) => `${path.join(".")}: ${message}`);
}

export const VERIFIED = { verified: true };
