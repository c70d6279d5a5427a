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

export interface Door {
  /** Undefined where anybody may post. */
  readonly verifier: Verifier | undefined;
  /** Lower-case names of headers and query parameters that prove who posts, and must not be kept. */
  readonly credentials: CredentialNames;
  readonly handshake: Handshake | undefined;
  readonly rateLimit: { readonly perSecond: number; readonly burst: number } | undefined;
  /** Origins of web pages that may post from a browser; undefined where that is not looked at. */
  readonly allowedOrigins: readonly string[] | undefined;
  /** Where a browser goes after it posted a form. */
  readonly redirectTo: string | undefined;
}

/** Without a number of its own, a burst is what comes in this time. */
const BURST_SECONDS = 10;

export function compileDoor(
  config: SourceConfig,
  hasPublicUrl: boolean,
): { readonly door: Door } | { readonly faults: readonly SourceFault[] } {
  const schemes = schemesOf(config);
  const secrets = [config.secret ?? []].flat();
  const faults = [...secretFaults(config, schemes), ...handshakeFaults(config, secrets)];
  if (faults.length > 0) return { faults };
  const compiled =
    schemes.length === 0
      ? { verifier: undefined }
      : compileVerifier(schemes, secrets, { hasPublicUrl });
  if ("faults" in compiled) return compiled;
  const { handshake: kind, handshakeToken: token, rateLimit } = config;
  return {
    door: {
      verifier: compiled.verifier,
      credentials: credentialNames(schemes),
      handshake: kind === undefined ? undefined : { kind, secrets, token },
      rateLimit:
        rateLimit === undefined
          ? undefined
          : {
              perSecond: rateLimit.perSecond,
              burst: rateLimit.burst ?? Math.max(1, Math.ceil(rateLimit.perSecond * BURST_SECONDS)),
            },
      allowedOrigins: config.allowedOrigins?.map((origin) => origin.toLowerCase()),
      redirectTo: config.redirectTo,
    },
  };
}

function schemesOf({ verify }: SourceConfig): readonly VerifyScheme[] {
  if (verify === undefined || verify === "none") return [];
  return Array.isArray(verify) ? verify : [verify];
}

function secretFaults(
  { secret, verify, preset, handshake }: SourceConfig,
  schemes: readonly VerifyScheme[],
): SourceFault[] {
  if (secret === undefined && schemes.length > 0)
    return [
      {
        path: ["secret"],
        message: `${preset ?? "verify"} needs the secret by which a delivery is known to be the sender's: write secret: "\${NAME}" and set NAME in the environment, or verify: none to let anybody post`,
      },
    ];
  if (secret === undefined || schemes.length > 0 || handshake === "zoom") return [];
  return [
    {
      path: ["secret"],
      message:
        verify === "none"
          ? "nothing looks at the secret while verify is none; take away one of the two"
          : "nothing looks at the secret; say with verify how the sender uses it, or name its preset",
    },
  ];
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
        message: "Zoom asks for a text signed with the secret token of the app; write secret",
      },
    ];
  if (handshakeToken === undefined || handshake === "meta") return [];
  return [
    { path: ["handshakeToken"], message: "only the handshake of Meta has a token; take it away" },
  ];
}
