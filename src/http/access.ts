/**
 * Who may query: bearer keys with scopes, and web pages of other origins. Where no key was ever made everybody on this
 * machine may: the service then listens on loopback only, and answers only requests that name it so. A web page that
 * points a name of its own at 127.0.0.1 (DNS rebinding) sends that name as the host; one that posts to 127.0.0.1 from
 * elsewhere sends its origin.
 */
import type { Context, MiddlewareHandler } from "hono";
import { cors } from "hono/cors";
import type { AccessSettings } from "../config/access.ts";
import { formatTime } from "../extract/time.ts";
import type { KeyAdmission, Keys } from "../keys.ts";
import type { Scope } from "../store/keys.ts";
import { problem } from "./problem.ts";

export type { Scope } from "../store/keys.ts";

/** Methods of the query API. */
const METHODS = ["GET", "POST", "DELETE"];
/** How long a browser need not ask again; longer than this none remembers it. */
const PREFLIGHT_SECONDS = 7200;

/** What stands before the query API; one for the whole of it, so that a key's rate is counted once. */
export class Access {
  readonly #keys: Pick<Keys, "admit">;
  readonly #origins: AccessSettings["corsOrigins"];
  /** A scheme with a host, as the last request had it, and whether only this machine has that name. */
  #lastNamed: { readonly host: string; readonly isLoopback: boolean } | undefined;

  constructor(keys: Pick<Keys, "admit">, { corsOrigins }: Pick<AccessSettings, "corsOrigins">) {
    this.#keys = keys;
    this.#origins = corsOrigins;
  }

  /** Lets a request through that carries a key of the scope; `admin` includes every scope. */
  requireScope(scope: Scope): MiddlewareHandler {
    return async (context, next) => {
      const key = /^Bearer (.+)$/i.exec(context.req.header("authorization") ?? "")?.[1];
      const admission = await this.#keys.admit(key, scope);
      if (admission.kind === "keyless" && this.#isFromHere(context)) return next();
      if (admission.kind !== "admitted") return refusal(context, admission, scope);
      context.set(KEY_NAME, admission.name);
      return next();
    };
  }

  /** Lets the configured web pages read answers, and tells their browsers so before they ask; never with cookies. */
  openToPages(): MiddlewareHandler {
    const origins = this.#origins;
    if (origins === undefined) return (_context, next) => next();
    return cors({
      origin: (origin) => (this.#isAllowed(origin) || origins.includes("*") ? origin : null),
      allowMethods: METHODS,
      allowHeaders: ["Authorization", "Content-Type"],
      exposeHeaders: ["Retry-After", "WWW-Authenticate"],
      maxAge: PREFLIGHT_SECONDS,
    });
  }

  /** By name. That every page may send a key does not say that any may do without. */
  #isAllowed(origin: string): boolean {
    return this.#origins?.includes(origin.toLowerCase()) === true && origin !== "*";
  }

  /** Browsers name the origin of the page with every request that could change something, other clients do not. */
  #isFromHere(context: Context): boolean {
    if (!this.#isNamedLoopback(context.req.url)) return false;
    const origin = context.req.header("origin");
    if (origin === undefined || this.#isAllowed(origin)) return true;
    return URL.canParse(origin) && isLoopback(new URL(origin).hostname);
  }

  /** Clients name the service as they did before, and a URL of every request would cost more than all else here does. */
  #isNamedLoopback(url: string): boolean {
    const host = /^[^/]*\/\/[^/?#\\]+/.exec(url)?.[0] ?? url;
    if (this.#lastNamed?.host !== host)
      this.#lastNamed = { host, isLoopback: isLoopback(new URL(host).hostname) };
    return this.#lastNamed.isLoopback;
  }
}

function refusal(
  context: Context,
  admission: Exclude<KeyAdmission, { readonly kind: "admitted" }>,
  scope: Scope,
): Response {
  switch (admission.kind) {
    case "keyless":
      return problem(
        context,
        "forbidden",
        "Without apiKeys only this machine may query; configure apiKeys, or make one with: selfsame keys create.",
      );
    case "missing":
    case "unknown":
      return unauthorised(context, "Send Authorization: Bearer with an API key that holds.");
    // Whoever is told this has the key, and so learns nothing that others could guess.
    case "revoked":
      return unauthorised(
        context,
        "The API key was revoked; make another with: selfsame keys create.",
      );
    case "expired":
      return unauthorised(
        context,
        `The API key expired at ${formatTime(admission.at)}; make another with: selfsame keys create.`,
      );
    case "unscoped":
      return problem(context, "forbidden", `The key lacks the scope ${scope}.`);
    case "limited":
      return problem(
        context,
        "too-many-requests",
        "The key asks more often than its rateLimit allows.",
        admission.retryAfterSeconds,
      );
  }
}

function unauthorised(context: Context, detail: string): Response {
  context.header("WWW-Authenticate", "Bearer");
  return problem(context, "unauthorised", detail);
}

const KEY_NAME = "keyName";

/** By which key a request came that `requireScope` let through; undefined where there are none. */
export function keyNameOf(context: Context): string | undefined {
  return context.get(KEY_NAME) as string | undefined;
}

/** Whether only this machine can reach an address. */
export function isLoopback(host: string): boolean {
  return ["localhost", "::1", "[::1]"].includes(host) || /^127(\.\d{1,3}){3}$/.test(host);
}
