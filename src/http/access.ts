/**
 * Who may query: bearer keys with scopes. Without configured keys everybody on this machine may: the service then
 * listens on loopback only, and answers only requests that name it so. A web page that points a name of its own at
 * 127.0.0.1 (DNS rebinding) sends that name as the host; one that posts to 127.0.0.1 from elsewhere sends its origin.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import type { Context, MiddlewareHandler } from "hono";
import type { Config } from "../../schema/config.ts";
import { problem } from "./problem.ts";

type ApiKeys = Config["apiKeys"];
export type Scope = ApiKeys[number]["scopes"][number];

function hash(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

/** Lets a request through that carries a key of the scope; `admin` includes every scope. */
export function requireScope(apiKeys: ApiKeys, scope: Scope): MiddlewareHandler {
  const keys = apiKeys.map(({ name, key, scopes }) => ({ name, digest: hash(key), scopes }));
  return async (context: Context, next) => {
    if (keys.length === 0) {
      if (isLoopback(new URL(context.req.url).hostname) && isFromHere(context)) return next();
      return problem(
        context,
        "forbidden",
        "Without apiKeys only this machine may query; configure apiKeys.",
      );
    }
    const given = /^Bearer (.+)$/i.exec(context.req.header("authorization") ?? "")?.[1];
    const digest = hash(given ?? "");
    // Every key is compared, and in constant time, so that the time tells nothing of any of them.
    const matching = keys.filter((key) => timingSafeEqual(key.digest, digest));
    if (given === undefined || matching.length === 0) {
      context.header("WWW-Authenticate", "Bearer");
      return problem(
        context,
        "unauthorised",
        "Send Authorization: Bearer with a configured API key.",
      );
    }
    const allowed = matching.find(
      ({ scopes }) => scopes.includes(scope) || scopes.includes("admin"),
    );
    if (allowed !== undefined) {
      context.set(KEY_NAME, allowed.name);
      return next();
    }
    return problem(context, "forbidden", `The key lacks the scope ${scope}.`);
  };
}

const KEY_NAME = "keyName";

/** By which key a request came that `requireScope` let through; undefined where there are none. */
export function keyNameOf(context: Context): string | undefined {
  return context.get(KEY_NAME) as string | undefined;
}

/** Browsers name the origin of the page with every request that could change something, other clients do not. */
function isFromHere(context: Context): boolean {
  const origin = context.req.header("origin");
  return origin === undefined || (URL.canParse(origin) && isLoopback(new URL(origin).hostname));
}

/** Whether only this machine can reach an address. */
export function isLoopback(host: string): boolean {
  return ["localhost", "::1", "[::1]"].includes(host) || /^127(\.\d{1,3}){3}$/.test(host);
}
