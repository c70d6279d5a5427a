/** Listens on a port and stops without losing what was accepted. */
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import type { Hono } from "hono";

export interface RunningServer {
  /** Such as `http://127.0.0.1:8787`. */
  readonly url: string;
  /** Takes no new connections, finishes the requests under way, then resolves. */
  stop(): Promise<void>;
}

// A sender that has not finished a body of a few megabytes by then is broken or hostile.
const REQUEST_MILLISECONDS_MAX = 30_000;

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
        resolve({
          url: `http://${name}:${address.port}`,
          stop: () =>
            new Promise((stopped, failed) => {
              server.close((error) => (error === undefined ? stopped() : failed(error)));
              // Connections kept alive without a request would keep the server from closing.
              if ("closeIdleConnections" in server) server.closeIdleConnections();
            }),
        });
      },
    );
    server.once("error", reject);
  });
}
