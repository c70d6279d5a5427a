/**
 * Handshakes: how senders ask whether an address is right before they send events to it, and what they want to hear.
 * A handshake makes no event. What comes as a POST is looked at after it was verified, like any delivery.
 */
import { createHmac } from "node:crypto";
import type { SourceConfig } from "../../schema/source-config.ts";
import { fingerprint, isAnyOf } from "./constant-time.ts";
import type { SignedRequest } from "./verifier.ts";

export interface Handshake {
  readonly kind: NonNullable<SourceConfig["handshake"]>;
  /**
   * What an answer is signed with: the secret by which the request is verified, for while one is replaced by another the
   * sender knows only one of them; else the first.
   */
  readonly secretFor: (request: SignedRequest, now: number) => string | undefined;
  /** How many deliveries are taken per second; undefined for any number. */
  readonly perSecond: number | undefined;
  /** What the sender proves itself with in the handshake itself. */
  readonly token: string | undefined;
}

/** What a sender is answered with status 200. */
export interface Greeting {
  readonly contentType: string | undefined;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A question is short; what is longer is a delivery, and is not parsed here as well. */
const QUESTION_BYTES_MAX = 16_384;

const EMPTY: Greeting = { contentType: undefined, body: "", headers: {} };

function plain(body: string): Greeting {
  // The text is the asker's own: no browser may take it for a page.
  const headers = { "X-Content-Type-Options": "nosniff" };
  return { contentType: "text/plain; charset=utf-8", body, headers };
}

/** The answer to a POST that is a handshake, at a time in milliseconds since 1970; undefined for every other. */
export function answerPost(
  { kind, secretFor }: Handshake,
  request: SignedRequest,
  now: number,
): Greeting | undefined {
  switch (kind) {
    case "slack":
      return answerSlack(request);
    case "zoom":
      return answerZoom(request, secretFor(request, now));
    case "github":
      return request.headers.get("x-github-event") === "ping" ? EMPTY : undefined;
    case "intercom":
      return questionOf(request, '"ping"')?.["topic"] === "ping" ? EMPTY : undefined;
    case "mailchimp":
      return request.body.byteLength === 0 ? EMPTY : undefined;
    case "meta":
    case "cloudevents":
      return undefined;
  }
}

/** Slack asks for its own text back; of the address of a slash command it only wants to see the certificate. */
function answerSlack(request: SignedRequest): Greeting | undefined {
  const question = questionOf(request, "url_verification");
  const challenge = question?.["challenge"];
  if (question?.["type"] === "url_verification" && typeof challenge === "string")
    return plain(challenge);
  return isShortFormWith(request, "ssl_check", "1") ? EMPTY : undefined;
}

/** Zoom's texts are base64. Any other could be a delivery, for which the answer would be a valid signature. */
const PLAIN_TOKEN = /^[A-Za-z0-9+/_-]{1,256}={0,2}$/;

/** Zoom asks for the HMAC of a text of its own, and asks again every few days. */
function answerZoom(request: SignedRequest, secret: string | undefined): Greeting | undefined {
  const question = questionOf(request, "endpoint.url_validation");
  if (question?.["event"] !== "endpoint.url_validation") return undefined;
  const { payload } = question;
  const plainToken = isRecord(payload) ? payload["plainToken"] : undefined;
  if (typeof plainToken !== "string" || !PLAIN_TOKEN.test(plainToken)) return undefined;
  if (secret === undefined) return undefined;
  const encryptedToken = createHmac("sha256", secret).update(plainToken).digest("hex");
  return {
    contentType: "application/json",
    body: JSON.stringify({ plainToken, encryptedToken }),
    headers: {},
  };
}

function isShortFormWith(
  { body, contentType }: SignedRequest,
  field: string,
  value: string,
): boolean {
  if (body.byteLength > QUESTION_BYTES_MAX) return false;
  if (contentType?.toLowerCase().startsWith("application/x-www-form-urlencoded") !== true)
    return false;
  return new URLSearchParams(Buffer.from(body).toString("latin1")).get(field) === value;
}

/** The JSON object of a short body that holds the word; most deliveries are told from a handshake by that alone. */
function questionOf(
  { body }: SignedRequest,
  word: string,
): Readonly<Record<string, unknown>> | undefined {
  if (body.byteLength > QUESTION_BYTES_MAX) return undefined;
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (!bytes.includes(word)) return undefined;
  try {
    const value: unknown = JSON.parse(bytes.toString("utf8"));
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether the source is asked by other methods than POST, which its deliveries come with. */
export function methodsOf(kind: Handshake["kind"]): readonly string[] {
  switch (kind) {
    case "meta":
    case "mailchimp":
      return ["GET", "HEAD"];
    case "intercom":
      return ["HEAD"];
    case "cloudevents":
      return ["OPTIONS"];
    case "slack":
    case "zoom":
    case "github":
      return [];
  }
}

/** The answer to a request by one of `methodsOf`; undefined where it proves nothing or asks for nothing. */
export function answerOther(
  { kind, token, perSecond }: Handshake,
  { query, headers }: SignedRequest,
): Greeting | undefined {
  if (kind === "meta") {
    const given = query.get("hub.verify_token");
    const isRight =
      token !== undefined && given !== null && isAnyOf([fingerprint(given)], [fingerprint(token)]);
    return isRight && query.get("hub.mode") === "subscribe"
      ? plain(query.get("hub.challenge") ?? "")
      : undefined;
  }
  if (kind === "cloudevents") {
    const origin = headers.get("webhook-request-origin");
    if (origin === undefined) return undefined;
    return {
      ...EMPTY,
      headers: {
        "WebHook-Allowed-Origin": origin,
        "WebHook-Allowed-Rate": perMinute(perSecond),
        Allow: "POST, OPTIONS",
      },
    };
  }
  return EMPTY;
}

/** A rate as CloudEvents writes it: whole requests per minute, one at least, or an asterisk for any number. */
function perMinute(perSecond: number | undefined): string {
  return perSecond === undefined ? "*" : String(Math.max(1, Math.floor(perSecond * 60)));
}
