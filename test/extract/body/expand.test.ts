import { deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { expandBody } from "../../../src/extract/body/expand.ts";

const MEBIBYTE = 2 ** 20;

const WAYS = [
  ["gzip", gzipSync],
  ["X-GZip ", gzipSync],
  ["deflate", deflateSync],
  ["deflate", deflateRawSync],
] as const;

function expanded(body: Uint8Array, encoding: string | undefined, bodyBytesMax = MEBIBYTE) {
  const read = expandBody(body, encoding, bodyBytesMax);
  return "fault" in read ? read.fault.code : read.value;
}

test("what was compressed is the same again, and as large as it may be", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1 }), fc.constantFrom(...WAYS), (body, [name, way]) => {
      const compressed = way(body);
      expect(expanded(compressed, name, body.length)).toEqual(Buffer.from(body));
      if (body.length > 1)
        expect(expanded(compressed, name, body.length - 1)).toBe("body-too-large");
    }),
  );
});

test("what ends too early or is no such thing is told, never thrown at", () => {
  fc.assert(
    fc.property(
      fc.uint8Array(),
      fc.constantFrom(...WAYS),
      fc.nat(),
      (body, [name, way], length) => {
        const compressed = way(body);
        const cut = compressed.subarray(0, length % compressed.length);
        expect(expanded(cut, name)).toBe("unparseable");
        expect(["unparseable", "object"]).toContain(
          typeof expanded(body, name) === "object" ? "object" : expanded(body, name),
        );
      },
    ),
  );
});

test.each([undefined, "", "identity", " Identity"])("%s is no encoding", (encoding) => {
  const body = Buffer.from("as it is");
  expect(expanded(body, encoding)).toBe(body);
});

test.each(["br", "zstd", "compress", "gzip, gzip", "deflate,gzip", "identity, gzip"])(
  "%s is not read",
  (encoding) => expect(expanded(gzipSync("x"), encoding)).toBe("unknown-content-type"),
);

describe("a body that expands to a gigabyte", () => {
  test.each([
    ["gzip", gzipSync],
    ["deflate", deflateSync],
    ["deflate", deflateRawSync],
  ] as const)("is refused in the memory that a body may take: %s %o", (name, way) => {
    // A bomb of bombs' worth: many members of the same zeros would also be read one after the other.
    const piece = way(Buffer.alloc(64 * MEBIBYTE));
    const bomb = name === "gzip" ? Buffer.concat(Array<Buffer>(16).fill(piece)) : piece;
    const before = process.memoryUsage().arrayBuffers;
    expect(expanded(bomb, name)).toBe("body-too-large");
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * MEBIBYTE);
  });
});
