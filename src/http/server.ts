/** Listens on a port and stops without losing what was accepted. */
import type { Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import type { Hono } from "hono";

export interface RunningServer {
  /** Such as `http://127.0.0.1:8787`. */
  readonly url: string;
  /** Takes no new connections, answers the requests under way, then resolves; within seconds, whatever senders do. */
  stop(): Promise<void>;
}

// A sender that has not finished a body of a few megabytes by then is broken or hostile.
const REQUEST_MILLISECONDS_MAX = 30_000;
// Containers are killed ten seconds after they were told to stop; half of it goes to requests that are still coming in.
const STOP_MILLISECONDS_MAX = 5_000;

/** Port 0 means any free one. Rejects where the port cannot be had. */
export function startServer(app: Hono, host: string, port: number): Promise<RunningServer> {
  return new Promise((resolve, reject) => {
    const server = serve(
      {
        fetch: app.fetch,
        hostname: host,
        port,
        serverOptions: { requestTimeout: REQUEST_MILLISECONDS_MAX },
      },
      (address: AddressInfo) => {
        server.off("error", reject);
        const name = address.family === "IPv6" ? `[${address.address}]` : address.address;
        resolve({ url: `http://${name}:${address.port}`, stop });
      },
      // Without options of its own the adaptor makes a plain HTTP/1.1 server.
    ) as Server;
    server.once("error", reject);
    const stop = stopper(server);
  });
}

/**
 * Node's `close` waits for every open connection, for ever: one that is kept alive and used again, one whose request
 * never ends, one that only connected. So each answer given while stopping ends its connection, and what has not
 * become a request in time is cut off; its sender has been told nothing and sends it again.
 */
function stopper(server: Server): () => Promise<void> {
  const unanswered = new Set<ServerResponse>();
  let stopping = false;
  server.prependListener("request", (_, response) => {
    if (stopping) response.setHeader("Connection", "close");
    unanswered.add(response);
    response.once("close", () => unanswered.delete(response));
  });
  return () =>
    new Promise((stopped, failed) => {
      stopping = true;
      for (const response of unanswered)
        if (!response.headersSent) response.setHeader("Connection", "close");
      const deadline = setTimeout(() => server.closeAllConnections(), STOP_MILLISECONDS_MAX);
      // It also ends the connections that are idle now.
      server.close((error) => {
        clearTimeout(deadline);
        if (error === undefined) stopped();
        else failed(error);
      });
    });
}
