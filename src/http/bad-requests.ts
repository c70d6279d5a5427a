/**
 * What a sender is told whose request never became one: malformed, with too large headers, or not finished in time.
 * No route sees these, so they are answered on the bare connection, which then ends.
 */
import type { Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { RejectionCode } from "../messages.ts";
import type { Connections } from "./connections.ts";
import { problemText } from "./problem.ts";

/** Told of each that was turned away, to count it. */
export type OnTurnedAway = (code: RejectionCode, detail: string) => void;

interface Fault {
  readonly code: RejectionCode;
  readonly detail: string;
}

export const GAVE_WAY: Fault = {
  code: "overloaded",
  detail: "Too many connections are open, and this one waited longest; try again soon.",
};

const LATE = "ERR_HTTP_REQUEST_TIMEOUT";

function faultOf(error: NodeJS.ErrnoException): Fault {
  if (error.code === LATE)
    return { code: "too-slow", detail: "The request did not come in whole in time." };
  if (error.code === "HPE_HEADER_OVERFLOW")
    return {
      code: "headers-too-large",
      detail: "The headers are larger than limits.headerBytesMax allows.",
    };
  return { code: "malformed-request", detail: "This is no HTTP request that can be read." };
}

export function answerBadRequests(
  server: Server,
  connections: Connections,
  onTurnedAway: OnTurnedAway,
): void {
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => {
    const fault = faultOf(error);
    const owed = connections.unansweredOn(socket);
    const unfinished = owed.find(({ req }) => !req.complete);
    if (error.code === "ECONNRESET" || !socket.writable) socket.destroy();
    // Whoever reads the body of this request learns that it broke off, and counts it.
    else if (unfinished !== undefined) endUnfinished(socket, owed, unfinished, fault);
    else if (owed.length > 0) {
      // What came before in the same connection is answered first, or the sender would take this for its answer.
      onTurnedAway(fault.code, fault.detail);
      owed.at(-1)!.once("close", () => sayLast(socket, fault));
    } else if (!connections.hasBegun(socket))
      // It never sent anything, as browsers do that connect in advance, or has had its answer before its body ended.
      socket.destroy();
    else turnAwayOn(socket, fault, onTurnedAway);
  });
  // Nobody is asked to connect us with somebody else; without a listener Node would hang up without a word.
  server.on("connect", (_, socket: Socket) =>
    turnAwayOn(
      socket,
      { code: "malformed-request", detail: "This is no proxy: CONNECT is not answered." },
      onTurnedAway,
    ),
  );
}

/** Answers, counts and ends a connection that is owed nothing. */
export function turnAwayOn(socket: Socket, fault: Fault, onTurnedAway: OnTurnedAway): void {
  onTurnedAway(fault.code, fault.detail);
  sayLast(socket, fault);
}

function endUnfinished(
  socket: Socket,
  owed: readonly ServerResponse[],
  unfinished: ServerResponse,
  fault: Fault,
): void {
  // Only the next answer on a connection may be written to it.
  if (owed[0] === unfinished && !unfinished.headersSent) sayLast(socket, fault);
  else socket.destroy();
}

// Until then the sender may read its answer; what it still sends is thrown away.
const FAREWELL_MILLISECONDS = 500;

/**
 * Writes a last answer and ends the connection. A connection that is closed while something of it was not read is
 * reset, and the answer may be lost with it; so what still comes is read for a moment.
 */
function sayLast(socket: Socket, { code, detail }: Fault): void {
  if (socket.destroyed) return;
  socket.on("error", () => {});
  socket.end(problemText(code, detail));
  socket.resume();
  setTimeout(() => socket.destroy(), FAREWELL_MILLISECONDS).unref();
}
