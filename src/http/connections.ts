/**
 * The open connections of a server: how many there may be, which of them gives way, and who is still owed an answer.
 * It knows nothing of requests but when they begin and when they were answered.
 *
 *     opened -> waiting -> under way -> waiting -> ... -> closed
 *
 * Waiting is a connection that owes us a whole request: it has sent nothing since its last answer, or not all of its
 * headers. Whoever is under way is answered, and never has to give way.
 */
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";

export interface ConnectionOptions {
  readonly connectionsMax: number;
  /** Called for a connection that had begun a request and has to give way; it is to be closed. */
  readonly onGivingWay: (socket: Socket) => void;
}

export class Connections {
  readonly #options: ConnectionOptions;
  /** What had been received when a connection began to wait. Whoever has waited longest comes first. */
  readonly #waiting = new Map<Socket, number>();
  /** What is owed on each that is open, the next answer first. */
  readonly #open = new Map<Socket, Set<ServerResponse>>();

  constructor(server: Server, options: ConnectionOptions) {
    this.#options = options;
    server.on("connection", (socket: Socket) => this.#onOpen(socket));
    server.prependListener("request", (request: IncomingMessage, response: ServerResponse) =>
      this.#onRequest(request.socket, response),
    );
  }

  /** The answers that are owed, on all connections. */
  *unanswered(): Iterable<ServerResponse> {
    for (const owed of this.#open.values()) yield* owed;
  }

  /** The answers that are owed on one connection, the next one first. */
  unansweredOn(socket: Socket): readonly ServerResponse[] {
    return [...(this.#open.get(socket) ?? [])];
  }

  /** Whether a connection has sent anything since its last answer, and it is no whole request. */
  hasBegun(socket: Socket): boolean {
    const before = this.#waiting.get(socket);
    return before !== undefined && socket.bytesRead > before;
  }

  #onOpen(socket: Socket): void {
    this.#open.set(socket, new Set());
    socket.once("close", () => {
      this.#open.delete(socket);
      this.#waiting.delete(socket);
    });
    if (this.#open.size > this.#options.connectionsMax && !this.#makeRoom()) socket.destroy();
    else this.#waiting.set(socket, 0);
  }

  /** False where every connection is owed an answer. */
  #makeRoom(): boolean {
    for (const [socket] of this.#waiting) {
      if (this.hasBegun(socket)) this.#options.onGivingWay(socket);
      else socket.destroy();
      this.#waiting.delete(socket);
      return true;
    }
    return false;
  }

  #onRequest(socket: Socket, response: ServerResponse): void {
    this.#waiting.delete(socket);
    const owed = this.#open.get(socket);
    if (owed === undefined) return;
    owed.add(response);
    response.on("close", () => {
      owed.delete(response);
      if (owed.size > 0 || socket.destroyed) return;
      // What still comes of a body that was answered before its end begins no request.
      this.#waiting.set(socket, response.req.complete ? socket.bytesRead : Infinity);
    });
  }
}
