import fc from "fast-check";
import { expect, test } from "vitest";
import { linesOf } from "../../src/cli/lines.ts";

async function* streamOf(chunks: readonly Uint8Array[]): AsyncGenerator<Buffer> {
  for (const chunk of chunks) yield Buffer.from(chunk);
}

test("lines are those of the whole text, however it is cut, and longer ones are told", async () => {
  const text = fc.string({ unit: fc.constantFrom("a", "é", "\n"), maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(text, fc.array(fc.nat({ max: 60 })), async (whole, cuts) => {
      const bytes = Buffer.from(whole);
      const places = [
        0,
        ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b),
        bytes.length,
      ];
      const chunks = places.slice(1).map((end, index) => bytes.subarray(places[index], end));
      const lines = [];
      let end = 0;
      for await (const line of linesOf(streamOf(chunks), 8)) {
        lines.push(line);
        expect(line.endOffset).toBeGreaterThan(end);
        end = line.endOffset;
      }
      const expected = whole.split("\n");
      if (expected.at(-1) === "") expected.pop();
      expect(lines.map(({ bytes: line }) => line?.toString())).toEqual(
        expected.map((line) => (Buffer.byteLength(line) <= 8 ? line : undefined)),
      );
      expect(lines.map(({ number }) => number)).toEqual(expected.map((_, index) => index + 1));
    }),
  );
});
