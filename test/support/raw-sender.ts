/** A sender on a bare socket: it writes what it likes, when it likes, and hears everything that comes back. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { onTestFinished } from "vitest";

export interface RawAnswer {
  readonly status: number;
  /** As they were sent, in lower case. */
  readonly head: string;
  readonly body: string;
}

export class RawSender {
  /** Resolves when the connection has ended, however it did. */
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  #received = "";

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("error", () => {});
    socket.setEncoding("latin1").on("data", (text: string) => (this.#received += text));
    this.closed = new Promise((closed) => socket.once("close", () => closed()));
    onTestFinished(() => void socket.destroy());
  }

  /** `text` is the first that it sends. */
  static async open(url: string, text = ""): Promise<RawSender> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    const sender = new RawSender(socket);
    await once(socket, "connect");
    await sender.send(text);
    return sender;
  }

  /** Resolves when the text is on its way; nobody minds where the connection has ended. */
  send(text: string): Promise<void> {
    if (text === "" || !this.#socket.writable) return Promise.resolve();
    return new Promise((sent) => this.#socket.write(text, "latin1", () => sent()));
  }

  /** Stops taking what comes back. */
  stopReading(): void {
    this.#socket.pause();
  }

  get isOpen(): boolean {
    return !this.#socket.destroyed && this.#socket.readable;
  }

  /** All that came back so far. */
  get received(): string {
    return this.#received;
  }

  /** Resolves as soon as what came back matches; rejects where the connection ends without. */
  heard(pattern: RegExp): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = () => {
        if (pattern.test(this.#received)) resolve();
      };
      this.#socket.on("data", look);
      look();
      this.#socket.once("close", () => reject(new Error(`ended after ${this.#received}`)));
    });
  }

  /** What came back until the connection ended. */
  async answers(): Promise<readonly RawAnswer[]> {
    await this.closed;
    return answersIn(this.#received);
  }
}

/** Every answer has a Content-Length, or no body at all. */
export function answersIn(text: string): RawAnswer[] {
  const answers: RawAnswer[] = [];
  for (let rest = text; rest !== "";) {
    const end = rest.indexOf("\r\n\r\n") + 4;
    const head = rest.slice(0, end).toLowerCase();
    const status = Number(/^http\/1\.1 (\d{3}) /.exec(head)?.[1]);
    if (end < 4 || Number.isNaN(status)) throw new Error(`no answer: ${rest}`);
    const length = Number(/\ncontent-length: (\d+)\r/.exec(head)?.[1] ?? 0);
    answers.push({ status, head, body: rest.slice(end, end + length) });
    rest = rest.slice(end + length);
  }
  return answers;
}

/** The head of a POST of JSON to a source; without a length the body comes in chunks. */
export function postHead(source: string, length?: number, more = ""): string {
  const framing = length === undefined ? "Transfer-Encoding: chunked" : `Content-Length: ${length}`;
  return `POST /webhooks/${source} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${more}${framing}\r\n\r\n`;
}
