/**
 * Slow senders, in a process of their own because each connection is an open file: half of them never finish their
 * headers, half drip a body. Whoever is hung up on comes again at once. Arguments: the URL to post to, how many.
 *
 * It prints a line when all have sent their first part, and answers its parent with how many are open and how often
 * one was hung up on.
 */
import { connect, type Socket } from "node:net";

export interface SlowReport {
  readonly open: number;
  readonly hungUpOn: number;
}

// Each sends a byte this often, at another time than the others: fast enough that nobody takes it for dead.
const DRIP_MILLISECONDS = 2000;
const TURNS = 20;
// No more are opened at once than fit into a queue of connections that wait to be accepted.
const OPENED_AT_ONCE = 200;
const BODY_BYTES = 100_000;

const url = new URL(process.argv[2]!);
const count = Number(process.argv[3]);
const sockets: (Socket | undefined)[] = Array.from({ length: count });
let hungUpOn = 0;

function firstPart(index: number): string {
  const head = `POST ${url.pathname} HTTP/1.1\r\nHost: ${url.host}\r\nContent-Type: application/json\r\n`;
  return index % 2 === 0 ? `${head}X-Slow: ` : `${head}Content-Length: ${BODY_BYTES}\r\n\r\n{`;
}

/** `sent` is called when the first part is on its way, or never will be. */
function open(index: number, sent: () => void): void {
  const socket = connect(Number(url.port), url.hostname);
  socket.on("error", () => {});
  socket.once("close", () => {
    hungUpOn++;
    sockets[index] = undefined;
    sent();
  });
  socket.once("connect", () => {
    sockets[index] = socket;
    socket.resume().write(firstPart(index), () => sent());
  });
}

for (let index = 0; index < count; index += OPENED_AT_ONCE) {
  const some = Array.from(
    { length: Math.min(OPENED_AT_ONCE, count - index) },
    (_, at) => new Promise<void>((sent) => open(index + at, sent)),
  );
  await Promise.all(some);
}

let turn = 0;
setInterval(() => {
  turn++;
  for (let index = turn % TURNS; index < count; index += TURNS) {
    const socket = sockets[index];
    if (socket === undefined) open(index, () => {});
    else socket.write("x");
  }
}, DRIP_MILLISECONDS / TURNS);

process.on("message", () => {
  const report: SlowReport = { open: sockets.filter((socket) => socket).length, hungUpOn };
  process.send!(report);
});
// A parent that is gone needs nobody to be slow for it.
process.once("disconnect", () => process.exit());
process.stdout.write("all are slow\n");
