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
  readonly #underWay = new Map<Socket, Set<ServerResponse>>();
  #open = 0;

  constructor(server: Server, options: ConnectionOptions) {
    this.#options = options;
    server.on("connection", (socket: Socket) => this.#onOpen(socket));
    server.prependListener("request", (request: IncomingMessage, response: ServerResponse) =>
      this.#onRequest(request.socket, response),
    );
  }

  /** The answers that are owed, on all connections. */
  *unanswered(): Iterable<ServerResponse> {
    for (const responses of this.#underWay.values()) yield* responses;
  }

  /** The answers that are owed on one connection, the next one first. */
  unansweredOn(socket: Socket): readonly ServerResponse[] {
    return [...(this.#underWay.get(socket) ?? [])];
  }

  /** Whether a connection has sent anything since its last answer, and it is no whole request. */
  hasBegun(socket: Socket): boolean {
    const before = this.#waiting.get(socket);
    return before !== undefined && socket.bytesRead > before;
  }

  #onOpen(socket: Socket): void {
    this.#open++;
    socket.once("close", () => {
      this.#open--;
      this.#waiting.delete(socket);
      this.#underWay.delete(socket);
    });
    if (this.#open > this.#options.connectionsMax && !this.#makeRoom()) socket.destroy();
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
    const responses = this.#underWay.get(socket) ?? new Set();
    this.#underWay.set(socket, responses.add(response));
    response.once("close", () => {
      responses.delete(response);
      if (responses.size > 0 || !this.#underWay.delete(socket)) return;
      // What still comes of a body that was answered before its end begins no request.
      const received = response.req.complete ? socket.bytesRead : Infinity;
      if (!socket.destroyed) this.#waiting.set(socket, received);
    });
  }
}
