/**
 * Lines of a stream of bytes, with a limit on each, so that a file without line breaks cannot fill the memory. A line
 * ends with LF or CR LF, neither of which belongs to it.
 */

export interface Line {
  /** From 1. */
  readonly number: number;
  /** Undefined where the line is longer than allowed. */
  readonly bytes: Buffer | undefined;
  /** How many bytes of the stream are behind it. */
  readonly endOffset: number;
}

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

export async function* linesOf(
  stream: AsyncIterable<Buffer>,
  lineBytesMax: number,
): AsyncGenerator<Line, void> {
  let number = 1;
  let offset = 0;
  let pieces: Buffer[] = [];
  let length = 0;
  const add = (piece: Buffer) => {
    length += piece.length;
    offset += piece.length;
    if (length <= lineBytesMax) pieces.push(piece);
  };
  const finish = (): Line => {
    const bytes = length <= lineBytesMax ? withoutReturn(joined(pieces)) : undefined;
    pieces = [];
    length = 0;
    return { number: number++, bytes, endOffset: offset };
  };
  for await (const chunk of stream) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      add(chunk.subarray(start, end));
      offset++;
      yield finish();
      start = end + 1;
    }
    add(chunk.subarray(start));
  }
  if (length > 0) yield finish();
}

/** Nearly every line lies in one piece, which nobody has to copy: a stream never writes into what it has handed out. */
function joined(pieces: readonly Buffer[]): Buffer {
  return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
}

function withoutReturn(line: Buffer): Buffer {
  return line.at(-1) === CARRIAGE_RETURN ? line.subarray(0, -1) : line;
}
