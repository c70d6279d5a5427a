/** Random deliveries, and one bit of them changed. */
import fc from "fast-check";

/** Bodies as text: JSON, any characters at all, none, and many. */
export const texts = fc.oneof(
  { weight: 4, arbitrary: fc.json() },
  { weight: 4, arbitrary: fc.string({ unit: "binary" }) },
  { weight: 1, arbitrary: fc.constant("") },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.string({ unit: "binary", minLength: 1 }), fc.integer({ min: 100, max: 1000 }))
      .map(([text, times]) => text.repeat(times)),
  },
);

/** Two different secrets, without the white space around them that a configuration refuses. */
export const secretPairs = fc
  .uniqueArray(fc.string({ unit: "grapheme", minLength: 1 }).filter(isTrimmed), {
    minLength: 2,
    maxLength: 2,
  })
  .map((pair) => pair as [string, string]);

function isTrimmed(text: string): boolean {
  return text !== "" && text.trim() === text;
}

/** Which bit is changed, wherever one is. */
export const bits = fc.record({ at: fc.nat(), bit: fc.nat(7) });
type Bit = typeof bits extends fc.Arbitrary<infer T> ? T : never;

export function flippedBytes(bytes: Uint8Array, { at, bit }: Bit): Buffer {
  const flipped = Buffer.from(bytes);
  flipped[at % flipped.length]! ^= 1 << bit;
  return flipped;
}

/** The same in a header, of which each byte is a character. */
export function flippedText(text: string, bit: Bit): string {
  return flippedBytes(Buffer.from(text, "latin1"), bit).toString("latin1");
}

/** A judge's verdict, for judges that throw where they refuse. Recording where took longer than all the rest. */
export function isAccepted(judge: () => unknown): boolean {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    judge();
    return true;
  } catch {
    return false;
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}
