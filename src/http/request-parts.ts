/**
 * What a request says beside its body, as the engine takes it. Where there is a connection it is taken from what Node has
 * parsed: a Headers and a URL of every request would cost more than all else that the edge does for a webhook.
 */
import type { IncomingMessage } from "node:http";
import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";

/** Node's own request; undefined where a test hands one over without a connection. */
export function incomingOf(context: Context): IncomingMessage | undefined {
  const { incoming } = (context.env ?? {}) as Partial<HttpBindings>;
  return incoming;
}

/** By lower-case name. */
export function headersOf(context: Context): ReadonlyMap<string, string> {
  const incoming = incomingOf(context);
  return incoming === undefined
    ? new Map(Object.entries(context.req.header()))
    : headersFrom(incoming.rawHeaders);
}

/**
 * From names and values in turns. A header that comes twice is joined as the Fetch standard has it, which is not what
 * Node's own `headers` hold: they leave out the second of some, which a signature may stand in.
 */
export function headersFrom(written: readonly string[]): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  for (let place = 0; place + 1 < written.length; place += 2) {
    const name = written[place]!.toLowerCase();
    const value = written[place + 1]!;
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : joined(name, before, value));
  }
  return headers;
}

function joined(name: string, before: string, value: string): string {
  switch (name) {
    case "cookie":
      return `${before}; ${value}`;
    // A comma may be part of one. None is for us: it is what servers send.
    case "set-cookie":
      return value;
    default:
      return `${before}, ${value}`;
  }
}

/** The parameters of an address that Hono gives, which is ASCII: what a URL of it would tell. */
export function queryOf(url: string): URLSearchParams {
  // Its question mark is left on: without it, one that follows it would be taken off.
  return new URLSearchParams(queryTextOf(url));
}

/** With its question mark; empty where there is none. */
export function queryTextOf(url: string): string {
  const end = url.indexOf("#");
  const address = end === -1 ? url : url.slice(0, end);
  const start = address.indexOf("?");
  return start === -1 ? "" : address.slice(start);
}

/**
 * What stands behind the host, which is the proxy's or nobody's. For senders that sign it exactly as it was written: as a
 * URL it would be rewritten where it holds such as an apostrophe.
 */
export function targetOf(context: Context): string {
  const written = incomingOf(context)?.url ?? context.req.url;
  return written.startsWith("/")
    ? written
    : written.slice(written.indexOf("/", written.indexOf("//") + 2));
}
