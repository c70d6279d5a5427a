/** What a sender signs, as a text with gaps: reading such a template and filling its gaps. It knows no signature. */
import type { SignedRequest } from "./verifier.ts";

export const VARIABLES = ["body", "timestamp", "id", "method", "url", "decodedUrl"] as const;

export type TemplateVariable = (typeof VARIABLES)[number];

/** Bytes that are signed as they stand, or the name of what fills the gap. */
type TemplatePart = Uint8Array | TemplateVariable;

export interface Template {
  readonly parts: readonly TemplatePart[];
  readonly variables: ReadonlySet<TemplateVariable>;
  /** What stands between braces and is no variable. */
  readonly unknown: readonly string[];
}

export function readTemplate(text: string): Template {
  // A split by an expression with one group gives texts and names in turn.
  const pieces = text.split(/\{([^{}]*)\}/);
  const names = pieces.filter((_, index) => index % 2 === 1);
  const parts = pieces.flatMap((piece, index): TemplatePart[] => {
    if (index % 2 === 1) return isVariable(piece) ? [piece] : [];
    return piece === "" ? [] : [Buffer.from(piece)];
  });
  return {
    parts,
    variables: new Set(names.filter(isVariable)),
    unknown: names.filter((name) => !isVariable(name)),
  };
}

function isVariable(name: string): name is TemplateVariable {
  return (VARIABLES as readonly string[]).includes(name);
}

/** What the sender says beside the request itself; empty where the template does not ask for it. */
export interface SignedFields {
  readonly timestamp: string;
  readonly id: string;
}

/** The pieces of what was signed. The body stays bytes: a text of it would not be what was sent where it is not UTF-8. */
export function filled(
  { parts }: Template,
  request: SignedRequest,
  { timestamp, id }: SignedFields,
): (string | Uint8Array)[] {
  return parts.map((part) => {
    if (typeof part !== "string") return part;
    switch (part) {
      case "body":
        return request.body;
      case "timestamp":
        return timestamp;
      case "id":
        return id;
      case "method":
        return request.method;
      case "url":
        return request.url ?? "";
      case "decodedUrl":
        return decodedUrl(request.url ?? "");
    }
  });
}

/**
 * An address as HubSpot signs it (version 3 of its signatures): it decodes these characters, `: / ? @ ! $ ' ( ) * , ;`, and
 * leaves all others encoded. https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation
 */
function decodedUrl(url: string): string {
  return url.replace(/%(?:3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)/gi, (encoded) =>
    String.fromCharCode(Number.parseInt(encoded.slice(1), 16)),
  );
}
