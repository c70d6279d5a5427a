/**
 * What stands before the extraction of a source: who may post, how often, and what a sender is answered that only asks
 * whether the address is right. Compiled from the configuration, every fault told.
 */
import type { SourceConfig } from "../../schema/source-config.ts";
import type { VerifyScheme } from "../../schema/verify-config.ts";
import type { SourceFault } from "../extract/source.ts";
import { compileVerifier } from "../verify/compile.ts";
import { credentialNames, type CredentialNames } from "../verify/credentials.ts";
import type { Handshake } from "../verify/handshakes.ts";
import type { Verifier } from "../verify/verifier.ts";
import { compileRate, type Rate } from "./rate.ts";
import { secretFault } from "./secret-faults.ts";

export interface Door {
  /** Undefined where anybody may post. */
  readonly verifier: Verifier | undefined;
  /** Lower-case names of headers and query parameters that prove who posts, and must not be kept. */
  readonly credentials: CredentialNames;
  readonly handshake: Handshake | undefined;
  readonly rateLimit: Rate | undefined;
  /** Origins of web pages that may post from a browser; undefined where that is not looked at. */
  readonly allowedOrigins: readonly string[] | undefined;
  /** Where a browser goes after it posted a form. */
  readonly redirectTo: string | undefined;
}

export function compileDoor(
  name: string,
  config: SourceConfig,
  hasPublicUrl: boolean,
): { readonly door: Door } | { readonly faults: readonly SourceFault[] } {
  const schemes = schemesOf(config);
  const secrets = [config.secret ?? []].flat();
  const secret = secretFault(name, config);
  const compiled =
    schemes.length === 0
      ? { verifier: undefined }
      : compileVerifier(schemes, secrets, { hasPublicUrl });
  const faults = [
    ...(secret === undefined ? [] : [{ path: ["secret"], message: secret }]),
    ...handshakeFaults(config, secrets),
    // That a secret is missing was told already, and in the words of the sender.
    ...("faults" in compiled
      ? compiled.faults.filter(({ path }) => secret === undefined || path[0] !== "secret")
      : []),
  ];
  if ("faults" in compiled || faults.length > 0) return { faults };
  const { handshake: kind, handshakeToken: token, rateLimit } = config;
  return {
    door: {
      verifier: compiled.verifier,
      credentials: credentialNames(schemes),
      handshake:
        kind === undefined
          ? undefined
          : {
              kind,
              secretFor: secretFinder(schemes, secrets, hasPublicUrl),
              perSecond: rateLimit?.perSecond,
              token,
            },
      rateLimit: rateLimit === undefined ? undefined : compileRate(rateLimit),
      allowedOrigins: config.allowedOrigins?.map(asSent),
      // A header holds ASCII alone, whatever alphabet the page is named in.
      redirectTo: config.redirectTo === undefined ? undefined : new URL(config.redirectTo).href,
    },
  };
}

/** An origin as browsers send it: in lower case, its host in ASCII, without the port that its protocol has anyway. */
export function asSent(origin: string): string {
  return origin === "*" ? origin : new URL(origin).origin;
}

/** Tells by which of the secrets a request is verified; the first where it is by none, or nothing is verified. */
function secretFinder(
  schemes: readonly VerifyScheme[],
  secrets: readonly string[],
  hasPublicUrl: boolean,
): Handshake["secretFor"] {
  if (schemes.length === 0 || secrets.length < 2) return () => secrets[0];
  const verifiers = secrets.map((secret) => compileVerifier(schemes, [secret], { hasPublicUrl }));
  return (request, now) => {
    const index = verifiers.findIndex(
      (compiled) => "verifier" in compiled && compiled.verifier.verify(request, now).verified,
    );
    return secrets[Math.max(index, 0)];
  };
}

function schemesOf({ verify }: SourceConfig): readonly VerifyScheme[] {
  if (verify === undefined || verify === "none") return [];
  return Array.isArray(verify) ? verify : [verify];
}

function handshakeFaults(
  { handshake, handshakeToken }: SourceConfig,
  secrets: readonly string[],
): SourceFault[] {
  if (handshake === "meta" && handshakeToken === undefined)
    return [
      {
        path: ["handshakeToken"],
        message:
          "Meta proves itself with a verify token before it sends anything; choose one, write it here and there",
      },
    ];
  if (handshake === "zoom" && secrets.length === 0)
    return [
      {
        path: ["secret"],
        message:
          'Zoom asks for a text signed with the secret token of the app: set secret: "${…}", or handshake: null',
      },
    ];
  if (handshakeToken === undefined || handshake === "meta") return [];
  return [
    { path: ["handshakeToken"], message: "only the handshake of Meta has a token; take it away" },
  ];
}
