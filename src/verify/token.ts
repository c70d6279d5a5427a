/** A fixed secret that the sender sends along: as a header, as user:password, in the query or in the path. */
import type { TokenScheme } from "../../schema/verify-config.ts";
import { fingerprint, isAnyOf } from "./constant-time.ts";
import {
  headerOf,
  isRefusal,
  refused,
  VERIFIED,
  type CompiledScheme,
  type Refusal,
} from "./scheme.ts";
import { base64Bytes } from "./secret-bytes.ts";
import type { SignedRequest, VerifierFault } from "./verifier.ts";

const DEFAULT_HEADER = "Authorization";
const DEFAULT_PARAMETER = "token";

/** The header or the query parameter that holds the token; undefined where it stands in the path. */
export function tokenPlace(
  scheme: TokenScheme,
): { readonly in: "header" | "query"; readonly name: string } | undefined {
  switch (scheme.in) {
    case "header":
      return { in: "header", name: scheme.name ?? DEFAULT_HEADER };
    case "basic":
      return { in: "header", name: DEFAULT_HEADER };
    case "query":
      return { in: "query", name: scheme.name ?? DEFAULT_PARAMETER };
    case "path":
      return undefined;
  }
}

export function compileToken(scheme: TokenScheme, secrets: readonly string[]): CompiledScheme {
  const expected = secrets.map((secret) => fingerprint(secret));
  return {
    faults: tokenFaults(scheme),
    misfits: secrets.map((secret) =>
      scheme.in === "basic" && !secret.includes(":")
        ? "it is no user and password: write them with a colon between, user:password"
        : undefined,
    ),
    check: (request) => {
      const token = tokenOf(scheme, request);
      if (isRefusal(token)) return token;
      return isAnyOf([fingerprint(token.bytes)], expected)
        ? VERIFIED
        : refused(`the token in ${placeOf(scheme)} is none of the secrets`);
    },
  };
}

function tokenFaults({ in: place, name, prefix }: TokenScheme): VerifierFault[] {
  const faults: VerifierFault[] = [];
  if (prefix !== "" && place !== "header")
    faults.push({
      path: ["prefix"],
      message: `it stands before a token in a header, not in: ${place}; remove it`,
    });
  if (/^(bearer|basic|token)$/i.test(prefix))
    faults.push({
      path: ["prefix"],
      message: `a space follows it in the header: write it in quotes, "${prefix} "`,
    });
  if (name !== undefined && (place === "basic" || place === "path"))
    faults.push({
      path: ["name"],
      message: `in: ${place} has no name; remove it, or write in: header or in: query`,
    });
  if (name !== undefined && place === "header" && !/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name))
    faults.push({ path: ["name"], message: "expected the name of a header, such as X-Token" });
  return faults;
}

function placeOf(scheme: TokenScheme): string {
  const place = tokenPlace(scheme);
  if (place === undefined) return "the path";
  return place.in === "header" ? `the header ${place.name}` : `the parameter ${place.name}`;
}

interface Token {
  readonly bytes: Uint8Array;
}

function tokenOf(scheme: TokenScheme, request: SignedRequest): Token | Refusal {
  switch (scheme.in) {
    case "header":
      return headerToken(scheme, request);
    case "basic":
      return basicToken(request);
    case "query": {
      const name = scheme.name ?? DEFAULT_PARAMETER;
      const values = request.query.getAll(name);
      if (values.length > 1) return refused(`the parameter ${name} was sent more than once`);
      const [value = ""] = values;
      return value === "" ? refused(`there is no parameter ${name}`) : textToken(value);
    }
    case "path":
      return request.pathToken === undefined || request.pathToken === ""
        ? refused("there is no token in the path")
        : textToken(request.pathToken);
  }
}

function textToken(text: string): Token {
  return { bytes: Buffer.from(text) };
}

function headerToken({ name = DEFAULT_HEADER, prefix }: TokenScheme, request: SignedRequest) {
  const value = headerOf(request, name);
  if (isRefusal(value)) return value;
  // HTTP compares the names of authentication schemes without regard to case (RFC 9110, section 11.1).
  const isBearer = prefix.toLowerCase() === "bearer ";
  const begins = isBearer
    ? value.slice(0, prefix.length).toLowerCase() === "bearer "
    : value.startsWith(prefix);
  if (!begins) return refused(`the header ${name} does not begin with ${prefix}`);
  const token = value.slice(prefix.length);
  return token === ""
    ? refused(`the header ${name} holds no token`)
    : { bytes: headerBytes(token) };
}

/** The bytes that a header was sent as: HTTP gives each as one character. A text that HTTP cannot have given is UTF-8. */
function headerBytes(text: string): Uint8Array {
  return Buffer.from(text, /^[\0-\xff]*$/.test(text) ? "latin1" : "utf8");
}

function basicToken(request: SignedRequest): Token | Refusal {
  const value = headerOf(request, DEFAULT_HEADER);
  if (isRefusal(value)) return value;
  const match = /^basic +(\S+)$/i.exec(value);
  const bytes = match === null ? undefined : base64Bytes(match[1]!);
  return bytes === undefined
    ? refused(`the header ${DEFAULT_HEADER} is not Basic with the base64 of user:password`)
    : { bytes };
}
