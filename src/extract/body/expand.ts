/** Compressed bodies, expanded within a limit: a bomb is refused with no more memory than the limit allows. */
import { gunzipSync, inflateRawSync, inflateSync, type ZlibOptions } from "node:zlib";
import { printable, unknownContent, unparseable, type Parsed } from "./content.ts";

/** The bytes behind the Content-Encoding. `bytesMax` holds for them as for a body that came as it is. */
export function expand(
  body: Uint8Array,
  encoding: string | undefined,
  bytesMax: number,
): Parsed<Uint8Array> {
  const name = encoding?.trim().toLowerCase() ?? "";
  switch (name) {
    case "":
    case "identity":
      return { value: body };
    case "gzip":
    case "x-gzip":
      return expandBy(gunzipSync, body, bytesMax, "gzip");
    case "deflate":
      // The name means zlib's format, and some send the bare stream all the same.
      return expandBy(isZlib(body) ? inflateSync : inflateRawSync, body, bytesMax, "deflate");
    default:
      return unknownContent(
        `Content-Encoding ${printable(name)} is not read; send the body as it is, or as gzip or deflate.`,
      );
  }
}

const DEFLATE_METHOD = 8;

/** Whether it begins like zlib's format (RFC 1950): the method, and two bytes that are a multiple of 31. */
function isZlib(body: Uint8Array): boolean {
  const [first = 0, second = 0] = body;
  return (first & 0x0f) === DEFLATE_METHOD && ((first << 8) | second) % 31 === 0;
}

function expandBy(
  inflate: (body: Uint8Array, options: ZlibOptions) => Uint8Array,
  body: Uint8Array,
  bytesMax: number,
  name: string,
): Parsed<Uint8Array> {
  try {
    return { value: inflate(body, { maxOutputLength: bytesMax }) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE")
      return {
        fault: {
          code: "body-too-large",
          detail: `The body expands to more than ${bytesMax} bytes; send fewer events at once, or have bodyBytesMax raised.`,
        },
      };
    return unparseable(`The body is not ${name}, or it is cut off.`);
  }
}
