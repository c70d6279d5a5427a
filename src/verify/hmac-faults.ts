/** What can be wrong with an hmac scheme before any delivery came, each with its fix. */
import type { HmacScheme } from "../../schema/verify-config.ts";
import type { VerifierOptions } from "./scheme.ts";
import { VARIABLES, type Template, type TemplateVariable } from "./template.ts";
import type { VerifierFault } from "./verifier.ts";

export function hmacFaults(
  scheme: HmacScheme,
  template: Template,
  options: VerifierOptions,
): VerifierFault[] {
  return [...templateFaults(scheme, template, options), ...headerFaults(scheme)];
}

function templateFaults(
  scheme: HmacScheme,
  { variables, unknown }: Template,
  options: VerifierOptions,
): VerifierFault[] {
  const fault = (message: string): VerifierFault => ({ path: ["template"], message });
  const known = VARIABLES.map((name) => `{${name}}`).join(", ");
  const faults = unknown.map((name) => fault(`{${name}} is no variable: expected one of ${known}`));
  if (!variables.has("body"))
    faults.push(fault("the body would not be signed: write {body} where the sender puts it"));
  for (const name of variables) {
    const missing = missingFor(name, scheme, options);
    if (missing !== undefined) faults.push(fault(`{${name}} is filled by nothing: ${missing}`));
  }
  return [...faults, ...unsignedFaults(scheme, variables)];
}

/** What has to be configured for a variable to have a value; undefined where it is. */
function missingFor(
  name: TemplateVariable,
  { timestampHeader, fields, idHeader }: HmacScheme,
  { hasPublicUrl }: VerifierOptions,
): string | undefined {
  switch (name) {
    case "timestamp":
      return timestampHeader === undefined && fields?.timestamp === undefined
        ? "name its header in timestampHeader, or its field in fields.timestamp"
        : undefined;
    case "id":
      return idHeader === undefined ? "name its header in idHeader" : undefined;
    case "url":
    case "decodedUrl":
      return hasPublicUrl
        ? undefined
        : "set publicUrl to the address under which senders reach the service";
    case "body":
    case "method":
      return undefined;
  }
}

/** A time or id that anybody may change says nothing; where it is configured it is meant to be signed. */
function unsignedFaults(
  { timestampHeader, fields, idHeader }: HmacScheme,
  variables: ReadonlySet<TemplateVariable>,
): VerifierFault[] {
  const fault = (path: readonly string[], name: TemplateVariable): VerifierFault => ({
    path,
    message: `it would not be signed: write {${name}} into the template where the sender puts it, or remove this key`,
  });
  const faults: VerifierFault[] = [];
  if (!variables.has("timestamp")) {
    if (timestampHeader !== undefined) faults.push(fault(["timestampHeader"], "timestamp"));
    if (fields?.timestamp !== undefined) faults.push(fault(["fields", "timestamp"], "timestamp"));
  }
  if (idHeader !== undefined && !variables.has("id")) faults.push(fault(["idHeader"], "id"));
  return faults;
}

function headerFaults({ fields, prefix, timestampHeader }: HmacScheme): VerifierFault[] {
  if (fields === undefined) return [];
  const faults: VerifierFault[] = [];
  if (prefix !== "")
    faults.push({
      path: ["prefix"],
      message:
        "fields say what stands before a signature: remove prefix, or fields if the header is no list",
    });
  if (fields.timestamp !== undefined && timestampHeader !== undefined)
    faults.push({
      path: ["timestampHeader"],
      message: "fields.timestamp says where the time stands: keep the one that the sender signs",
    });
  if (fields.signature === fields.timestamp)
    faults.push({
      path: ["fields", "timestamp"],
      message: "this is the signature's field too: give each its own",
    });
  for (const [key, name] of Object.entries(fields))
    if (/[\s,=]/.test(name ?? ""))
      faults.push({
        path: ["fields", key],
        message:
          'no field can have this name: expected it without "=", "," and white space, such as v1',
      });
  return faults;
}
