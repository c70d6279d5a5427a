/**
 * The senders' side of verification, written after their documentation and independently of `src/verify`: from what a
 * preset says of a scheme, the headers and the address with which the sender would post a body.
 */
import { createHmac } from "node:crypto";
import type { HmacScheme, TokenScheme, VerifyScheme } from "../../schema/verify-config.ts";

export interface Unsigned {
  readonly method: string;
  /** What stands before the path in the address the sender posts to. */
  readonly origin: string;
  /** `/webhooks/{source}` and the query. */
  readonly target: string;
  readonly contentType: string;
  readonly body: Buffer;
  /** By lower-case name; a signed id may already be among them. */
  readonly headers: ReadonlyMap<string, string>;
}

export interface Signed {
  readonly target: string;
  /** To be sent besides those of the delivery, in the senders' own spelling. */
  readonly headers: Readonly<Record<string, string>>;
}

/** `now` in milliseconds since 1970. */
export function sign(scheme: VerifyScheme, secret: string, request: Unsigned, now: number): Signed {
  switch (scheme.scheme) {
    case "hmac":
      return { target: request.target, headers: hmacHeaders(scheme, secret, request, now) };
    case "token":
      return withToken(scheme, secret, request.target);
    case "standard-webhooks":
      return { target: request.target, headers: standardHeaders(secret, request, now) };
    case "twilio":
      return { target: request.target, headers: twilioHeaders(secret, request) };
  }
}

function hmacHeaders(scheme: HmacScheme, secret: string, request: Unsigned, now: number) {
  const timestamp = timestampOf(scheme, now);
  const url = `${request.origin}${request.target}`;
  const values: Record<string, string | Buffer> = {
    body: request.body,
    timestamp,
    id: request.headers.get(scheme.idHeader?.toLowerCase() ?? "") ?? "",
    method: request.method,
    url,
    decodedUrl: decodeURIComponent(url),
  };
  const mac = createHmac(scheme.algorithm, Buffer.from(secret, encodingOf(scheme)));
  for (const part of scheme.template.split(/(\{\w+\})/))
    mac.update(/^\{\w+\}$/.test(part) ? values[part.slice(1, -1)]! : part);
  const signature = `${scheme.prefix}${mac.digest(scheme.encoding)}`;
  const { fields, header, timestampHeader } = scheme;
  const value =
    fields === undefined
      ? signature
      : [
          ...(fields.timestamp === undefined ? [] : [`${fields.timestamp}=${timestamp}`]),
          `${fields.signature}=${signature}`,
        ].join(",");
  return {
    [header]: value,
    ...(timestampHeader !== undefined && { [timestampHeader]: timestamp }),
  };
}

function encodingOf({ secretEncoding }: HmacScheme): BufferEncoding {
  return secretEncoding === "text" ? "utf8" : secretEncoding;
}

/** Seconds, but for those who are known to write milliseconds or RFC 3339. */
function timestampOf({ timestampHeader = "" }: HmacScheme, now: number): string {
  if (/^x-(hubspot|webflow)-/i.test(timestampHeader)) return String(now);
  if (/^x-zendesk-/i.test(timestampHeader))
    return new Date(now).toISOString().replace(/\.\d+Z$/, "Z");
  return String(Math.floor(now / 1000));
}

function withToken(scheme: TokenScheme, secret: string, target: string): Signed {
  const [path = "", query] = target.split("?");
  switch (scheme.in) {
    case "header":
      return { target, headers: { [scheme.name ?? "Authorization"]: `${scheme.prefix}${secret}` } };
    case "basic":
      return {
        target,
        headers: { Authorization: `Basic ${Buffer.from(secret).toString("base64")}` },
      };
    case "query": {
      const parameters = new URLSearchParams(query);
      parameters.set(scheme.name ?? "token", secret);
      return { target: `${path}?${parameters.toString()}`, headers: {} };
    }
    case "path": {
      const rest = query === undefined ? "" : `?${query}`;
      return { target: `${path}/${encodeURIComponent(secret)}${rest}`, headers: {} };
    }
  }
}

function standardHeaders(secret: string, { headers, body }: Unsigned, now: number) {
  // An id that the delivery was recorded with is signed under the name it came by.
  const brand = headers.has("svix-id") ? "svix" : "webhook";
  const id = headers.get(`${brand}-id`) ?? "msg_1";
  const timestamp = String(Math.floor(now / 1000));
  const key = Buffer.from(secret.replace(/^(v1,)?whsec_/, ""), "base64");
  const mac = createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body);
  return {
    [`${brand}-id`]: id,
    [`${brand}-timestamp`]: timestamp,
    [`${brand}-signature`]: `v1,${mac.digest("base64")}`,
  };
}

function twilioHeaders(secret: string, { origin, target, body }: Unsigned) {
  const parameters = [...new URLSearchParams(body.toString())].toSorted(([left], [right]) =>
    left < right ? -1 : 1,
  );
  const text = parameters.map(([name, value]) => `${name}${value}`).join("");
  const mac = createHmac("sha1", secret).update(`${origin}${target}${text}`);
  return { "X-Twilio-Signature": mac.digest("base64") };
}
