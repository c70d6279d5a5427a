/** Compressed bodies, expanded: never to more than a body may have, however small what came was. */
import { gunzipSync, inflateRawSync, inflateSync } from "node:zlib";
import { printable, unknownType, unparseable, type BodyFault, type Read } from "./fault.ts";

/** The body as it was before its Content-Encoding. */
export function expandBody(
  body: Uint8Array,
  contentEncoding: string | undefined,
  bodyBytesMax: number,
): Read<Uint8Array> {
  const encoding = (contentEncoding ?? "").trim().toLowerCase();
  switch (encoding) {
    case "":
    case "identity":
      return { value: body };
    case "gzip":
    case "x-gzip":
      return expand([gunzipSync], body, encoding, bodyBytesMax);
    case "deflate":
      // RFC 9110 wraps it in zlib's format (8.4.1.2); some senders forget the wrapping.
      return expand([inflateSync, inflateRawSync], body, encoding, bodyBytesMax);
    default:
      return { fault: unknownEncoding(encoding) };
  }
}

function unknownEncoding(encoding: string): BodyFault {
  const what = encoding.includes(",")
    ? `A body with several encodings, ${printable(encoding)},`
    : `Content-Encoding ${printable(encoding)}`;
  return unknownType(`${what} is not read; send the body as it is, or with gzip or deflate.`);
}

type Expander = (body: Uint8Array, options: { readonly maxOutputLength: number }) => Buffer;

/** By the first way that leads to an end. */
function expand(
  ways: readonly Expander[],
  body: Uint8Array,
  encoding: string,
  bodyBytesMax: number,
): Read<Uint8Array> {
  for (const way of ways) {
    try {
      return { value: way(body, { maxOutputLength: bodyBytesMax }) };
    } catch (error) {
      if (isTooLarge(error)) {
        const detail = `The body is larger than ${bodyBytesMax} bytes once it is expanded; send fewer events at once, or have bodyBytesMax raised.`;
        return { fault: { code: "body-too-large", detail } };
      }
    }
  }
  const detail = `The body is not what its Content-Encoding ${encoding} says: it is corrupt or ends too early.`;
  return { fault: unparseable(detail) };
}

function isTooLarge(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE";
}
