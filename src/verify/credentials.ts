/** Which parts of a request are credentials: what is kept of a delivery, such as in quarantine, must leave them out. */
import type { VerifyScheme } from "../../schema/verify-config.ts";
import { SIGNATURE_HEADERS } from "./standard-webhooks.ts";
import { tokenPlace } from "./token.ts";
import { TWILIO_HEADER } from "./twilio.ts";

/** Names in lower case. */
export interface CredentialNames {
  readonly headers: ReadonlySet<string>;
  readonly query: ReadonlySet<string>;
  /** Whether what stands in the path behind the source is one. */
  readonly inPath: boolean;
}

export function credentialNames(schemes: readonly VerifyScheme[]): CredentialNames {
  const places = schemes.flatMap(placesOf);
  const namesIn = (part: Place["in"]) =>
    new Set(places.filter((place) => place.in === part).map(({ name }) => name.toLowerCase()));
  const inPath = schemes.some((scheme) => scheme.scheme === "token" && scheme.in === "path");
  return { headers: namesIn("header"), query: namesIn("query"), inPath };
}

interface Place {
  readonly in: "header" | "query";
  readonly name: string;
}

function placesOf(scheme: VerifyScheme): Place[] {
  switch (scheme.scheme) {
    case "hmac":
      return [{ in: "header", name: scheme.header }];
    case "token":
      return [tokenPlace(scheme) ?? []].flat();
    case "standard-webhooks":
      return SIGNATURE_HEADERS.map((name) => ({ in: "header", name }));
    case "twilio":
      return [{ in: "header", name: TWILIO_HEADER }];
  }
}
