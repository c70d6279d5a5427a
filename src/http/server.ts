/** Listens on a port, bounds what connections may cost, and stops without losing what was accepted. */
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions as NodeServerOptions,
  type ServerResponse,
} from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { getRequestListener } from "@hono/node-server";
import type { Hono } from "hono";
import type { Limits } from "../../schema/config.ts";
import { answerBadRequests, GAVE_WAY, turnAwayOn, type OnTurnedAway } from "./bad-requests.ts";
import { Connections } from "./connections.ts";
import { connectionsAllowed } from "./open-files.ts";
import { problemResponse } from "./problem.ts";

export interface RunningServer {
  /** Such as `http://127.0.0.1:8787`. */
  readonly url: string;
  /** Takes no new connections, answers the requests under way, then resolves; within seconds, whatever senders do. */
  stop(): Promise<void>;
}

type ServerLimits = Pick<
  Limits,
  | "headersSecondsMax"
  | "bodySecondsMax"
  | "idleSecondsMax"
  | "answerSecondsMax"
  | "headerBytesMax"
  | "connectionsMax"
>;

export interface ServerOptions {
  readonly host: string;
  /** 0 means any free one. */
  readonly port: number;
  readonly limits: ServerLimits;
  /** Told of what was turned away before any route saw it. Default: nobody is. */
  readonly onTurnedAway?: OnTurnedAway;
}

// Connections that the system may take before we do. Where more come at once it drops some, and their senders try again
// only after a second and then after three. Systems have a maximum of their own, on Linux this one.
const BACKLOG = 4096;
// Containers are killed ten seconds after they were told to stop; half of it goes to requests that are still coming in.
const STOP_MILLISECONDS_MAX = 5_000;

/** Rejects where the port cannot be had. */
export function startServer(app: Hono, options: ServerOptions): Promise<RunningServer> {
  const { host, port, limits, onTurnedAway = () => {} } = options;
  const turnAway = (detail: string) => {
    onTurnedAway("malformed-request", detail);
    return problemResponse("malformed-request", detail);
  };
  const listener = getRequestListener(app.fetch, {
    hostname: host,
    // What is wrong here is the address or the name of the host; routes tell of their own faults themselves.
    errorHandler: () => turnAway("The address asked for is none."),
  });
  const refuser = getRequestListener(
    () => turnAway("The request names no host; HTTP/1.1 wants a header Host."),
    { hostname: host },
  );
  const server = createServer(nodeOptions(limits));
  // Beyond a number of its own Node would leave headers out without a word; their size is bounded.
  server.maxHeadersCount = 0;
  server.on("request", (request, response) => {
    const answer = isHostMissing(request) ? refuser : listener;
    answer(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  const connections = new Connections(server, {
    connectionsMax: connectionsAllowed(limits.connectionsMax),
    onGivingWay: (socket) => turnAwayOn(socket, GAVE_WAY, onTurnedAway),
  });
  answerBadRequests(server, connections, onTurnedAway);
  askForBodiesLate(server);
  closeStuck(server, connections, limits.answerSecondsMax * 1000);
  const stop = stopper(server, connections);
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port, host, backlog: BACKLOG }, () => {
      server.off("error", reject);
      const address = server.address() as AddressInfo;
      const name = address.family === "IPv6" ? `[${address.address}]` : address.address;
      resolve({ url: `http://${name}:${address.port}`, stop });
    });
  });
}

/** HTTP/1.0 knows no such header. */
function isHostMissing({ headers, httpVersion }: IncomingMessage): boolean {
  return headers.host === undefined && httpVersion !== "1.0";
}

// How often Node looks for requests that are late, which costs nothing where none is. Where thousands are late they are
// hung up on as they become so, and not all at once, in a long pause for everybody.
const CHECK_MILLISECONDS_MAX = 100;
const CHECKS_PER_LIMIT = 4;
// Who reads a body keeps its time more exactly. This is for bodies that nobody reads.
const REQUEST_SECONDS_SLACK = 1;

function nodeOptions(limits: ServerLimits): NodeServerOptions {
  const headersTimeout = limits.headersSecondsMax * 1000;
  return {
    headersTimeout,
    requestTimeout: headersTimeout + (limits.bodySecondsMax + REQUEST_SECONDS_SLACK) * 1000,
    connectionsCheckingInterval: Math.min(
      CHECK_MILLISECONDS_MAX,
      headersTimeout / CHECKS_PER_LIMIT,
    ),
    keepAliveTimeout: limits.idleSecondsMax * 1000,
    maxHeaderSize: limits.headerBytesMax,
    // Node would refuse it without a word, and nobody would count it; see isHostMissing.
    requireHostHeader: false,
  };
}

/**
 * A sender that asks whether it should go on (`Expect: 100-continue`) is told so when somebody begins to read its body.
 * One that is refused before, because it declared too much, never sends it.
 */
function askForBodiesLate(server: Server): void {
  server.on("checkContinue", (request: IncomingMessage, response: ServerResponse) => {
    // After an answer without a body nobody could tell whether the body or the next request comes.
    response.setHeader("Connection", "close");
    request.once("resume", () => {
      if (response.headersSent) return;
      if (server.listening) response.removeHeader("Connection");
      response.writeContinue();
    });
    server.emit("request", request, response);
  });
  // HTTP defines no other expectation. Node would refuse one without a word; it may as well be passed over.
  server.on("checkExpectation", (request: IncomingMessage, response: ServerResponse) => {
    server.emit("request", request, response);
  });
}

/** Ends connections on which nothing moves: the idle, and those that do not take their answer. */
function closeStuck(server: Server, connections: Connections, milliseconds: number): void {
  server.setTimeout(milliseconds, (socket: Socket) => {
    const isWorkedFor = connections.unansweredOn(socket).length > 0 && socket.writableLength === 0;
    if (!isWorkedFor) socket.destroy();
  });
}

/**
 * Node's `close` waits for every open connection, for ever: one that is kept alive and used again, one whose request
 * never ends, one that only connected. So each answer given while stopping ends its connection, and what has not
 * become a request in time is cut off; its sender has been told nothing and sends it again.
 */
function stopper(server: Server, connections: Connections): () => Promise<void> {
  let stopping = false;
  server.prependListener("request", (_, response: ServerResponse) => {
    if (stopping) response.setHeader("Connection", "close");
  });
  return () =>
    new Promise((stopped, failed) => {
      stopping = true;
      for (const response of connections.unanswered())
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
