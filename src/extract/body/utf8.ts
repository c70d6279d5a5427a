/** Bytes as text. Read loosely, two different people could meet in the sign for bytes that are no text. */

const utf8 = new TextDecoder("utf-8", { fatal: true });
const utf8WithMark = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The text of a whole body, without a byte order mark; undefined where the bytes are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  return decode(utf8, bytes);
}

/** The text of a piece of a body, to the last byte; undefined where the bytes are not UTF-8. */
export function decodePiece(bytes: Uint8Array): string | undefined {
  return decode(utf8WithMark, bytes);
}

function decode(decoder: typeof utf8, bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

const BYTES_PER_UNIT_MAX = 3;

/** Whether a text has more than so many bytes; most are so short that nobody has to count. */
export function isLongerInUtf8(text: string, bytesMax: number): boolean {
  return text.length * BYTES_PER_UNIT_MAX > bytesMax && Buffer.byteLength(text) > bytesMax;
}

const PERCENT = 0x25;

/**
 * The text that stands behind percent signs; a sign that no two hexadecimal digits follow stands for itself. Undefined
 * where the bytes it makes are not UTF-8.
 */
export function decodePercent(text: string): string | undefined {
  if (!text.includes("%")) return text;
  const bytes = Buffer.from(text);
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    const escaped = bytes[at] === PERCENT ? hexByte(bytes[at + 1], bytes[at + 2]) : undefined;
    // Never behind what is still to be read: an escape is longer than its byte.
    bytes[length++] = escaped ?? bytes[at]!;
    if (escaped !== undefined) at += 2;
  }
  return decodePiece(bytes.subarray(0, length));
}

function hexByte(high: number | undefined, low: number | undefined): number | undefined {
  const [first, second] = [hexDigit(high), hexDigit(low)];
  return first === undefined || second === undefined ? undefined : first * 16 + second;
}

function hexDigit(unit: number | undefined): number | undefined {
  if (unit === undefined) return undefined;
  if (unit >= 0x30 && unit <= 0x39) return unit - 0x30;
  const letter = unit | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : undefined;
}
